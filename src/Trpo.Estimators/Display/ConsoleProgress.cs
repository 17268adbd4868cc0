namespace Trpo.Estimators.Display;

/// <summary>A receiver of progress that shows it on a console.</summary>
/// <typeparam name="T">The type of the iterations.</typeparam>
/// <param name="display">The console.</param>
/// <param name="opening">The text before the first iteration.</param>
/// <param name="read">Returns the numbers of an iteration.</param>
internal sealed class ConsoleProgress<T>(ConsoleDisplay display, string opening, Func<T, ProgressFigures> read) : IProgress<T>, IRunListener
{
    /// <inheritdoc/>
    public void Begin(TrainingRun run) => display.Begin(run, opening);

    /// <inheritdoc/>
    public void Report(T value)
    {
        ArgumentNullException.ThrowIfNull(value);
        display.Report(read(value));
    }
}
