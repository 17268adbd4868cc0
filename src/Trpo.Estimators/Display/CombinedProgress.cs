namespace Trpo.Estimators.Display;

/// <summary>A receiver of progress that passes it to others, one after the other.</summary>
/// <typeparam name="T">The type of the iterations.</typeparam>
internal sealed class CombinedProgress<T> : IProgress<T>, IRunListener
{
    private readonly IProgress<T>[] _receivers;

    /// <summary>Creates the receiver.</summary>
    /// <param name="receivers">The others.</param>
    /// <exception cref="ArgumentNullException">The array or a receiver in it is null.</exception>
    public CombinedProgress(IProgress<T>[] receivers)
    {
        ArgumentNullException.ThrowIfNull(receivers);
        _receivers = [.. receivers];
        foreach (var receiver in _receivers)
            ArgumentNullException.ThrowIfNull(receiver, nameof(receivers));
    }

    /// <inheritdoc/>
    public void Begin(TrainingRun run)
    {
        foreach (var receiver in _receivers)
            (receiver as IRunListener)?.Begin(run);
    }

    /// <inheritdoc/>
    public void Report(T value)
    {
        foreach (var receiver in _receivers)
            receiver.Report(value);
    }
}
