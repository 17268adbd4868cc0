using Trpo.Estimators.Display;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>Ready receivers for <see cref="TrpoFromLogOptions.Progress"/>. They may be used by several trainings at once, and change nothing in what is learned.</summary>
public static class TrpoFromLogProgress
{
    /// <summary>
    /// Gets the receiver that writes progress to standard output: steps, the estimated value on the held-out rows (on those of the step, if none are held out), KL divergence, speed and the time that is left. On an
    /// interactive terminal it rewrites one line, five times a second at most, which trainings that run at once share. Elsewhere, or where the environment variable NO_COLOR is set or TERM is <c>dumb</c>, it writes a
    /// line for each tenth of the steps, and one for the last. It does not throw: if the console cannot be written to, the log of the context has a warning, and nothing is shown any more in this process.
    /// </summary>
    public static IProgress<TrpoFromLogIteration> Console { get; } = new ConsoleProgress<TrpoFromLogIteration>(ConsoleDisplay.OfProcess, "reading the log and fitting the model of the rewards ...", Read);

    /// <summary>Gets the receiver that does nothing: <c>Fit</c> shows no progress, on no terminal.</summary>
    public static IProgress<TrpoFromLogIteration> None { get; } = new SilentProgress<TrpoFromLogIteration>();

    /// <summary>Gets the receiver where the options name none; null for none.</summary>
    internal static IProgress<TrpoFromLogIteration>? Default => OutputFacts.Current().ShowsByDefault ? Console : null;

    /// <summary>Returns a receiver that passes every iteration to others, one after the other, on the thread that reports it. An exception of one is thrown, and the rest do not get the iteration.</summary>
    /// <param name="receivers">The others; none for none.</param>
    /// <exception cref="ArgumentNullException">The array or a receiver in it is null.</exception>
    public static IProgress<TrpoFromLogIteration> Combine(params IProgress<TrpoFromLogIteration>[] receivers) => new CombinedProgress<TrpoFromLogIteration>(receivers);

    /// <summary>Returns the numbers of an iteration that a console shows.</summary>
    internal static ProgressFigures Read(TrpoFromLogIteration iteration) => new()
    {
        Run = iteration.Run,
        Done = iteration.Iteration,
        Total = iteration.Iterations,
        Measure = iteration.HeldOutValue is null ? "value" : "held out",
        Value = iteration.HeldOutValue ?? iteration.Value,
        Kl = iteration.Update.MeanKl,
        IsLast = iteration.Outcome is not null,
    };
}
