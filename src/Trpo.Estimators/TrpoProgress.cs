using Trpo.Estimators.Display;

namespace Trpo.Estimators;

/// <summary>Ready receivers for <see cref="TrpoOptions.Progress"/>. They may be used by several trainings at once, and change nothing in what is learned.</summary>
public static class TrpoProgress
{
    /// <summary>
    /// Gets the receiver that writes progress to standard output: steps, mean return of the last 100 episodes, KL divergence, speed and the time that is left. On an interactive terminal it rewrites one line, five times
    /// a second at most, within the terminal's width; trainings that run at once share it. Between two iterations the line shows, each second, how long the present one takes. The first five warnings of a training stand below its last line. Elsewhere, or where the environment variable NO_COLOR is set or TERM is <c>dumb</c>, it writes a line for each tenth of the
    /// steps. The last iteration is a line of its own when <c>Fit</c> returns or throws. The receiver does not throw: if the console cannot be written to, an <see cref="IOException"/> of a closed pipe included, the
    /// training warns in the log of its context, and nothing is shown any more in this process.
    /// </summary>
    public static IProgress<TrpoIteration> Console { get; } = new ConsoleProgress<TrpoIteration>(ConsoleDisplay.OfProcess, "collecting the first steps ...", Read);

    /// <summary>Gets the receiver that does nothing: <c>Fit</c> shows no progress, on no terminal.</summary>
    public static IProgress<TrpoIteration> None { get; } = new SilentProgress<TrpoIteration>();

    /// <summary>Gets the receiver where the options name none; null for none.</summary>
    internal static IProgress<TrpoIteration>? Default => OutputFacts.Current().ShowsByDefault ? Console : null;

    /// <summary>Returns a receiver that passes every iteration to others, one after the other, on the thread that reports it. An exception of one is thrown, and the rest do not get the iteration.</summary>
    /// <param name="receivers">The others, such as <see cref="Console"/> and a recorder of reports; none for none.</param>
    /// <exception cref="ArgumentNullException">The array or a receiver in it is null.</exception>
    public static IProgress<TrpoIteration> Combine(params IProgress<TrpoIteration>[] receivers) => new CombinedProgress<TrpoIteration>(receivers);

    /// <summary>Returns the numbers of an iteration that a console shows.</summary>
    internal static ProgressFigures Read(TrpoIteration iteration) => new()
    {
        Run = iteration.Run,
        Done = iteration.Steps,
        Total = iteration.TotalSteps,
        Measure = "return",
        Value = iteration.MeanReturnOfLast100,
        Kl = iteration.Update.MeanKl,
        Rate = iteration.StepsPerSecond,
        Elapsed = iteration.Elapsed,
        IsLast = iteration.TotalSteps > 0 && iteration.Steps >= iteration.TotalSteps,
    };
}
