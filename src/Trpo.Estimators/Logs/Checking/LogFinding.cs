using Trpo.Estimators.Environments.Checking;

namespace Trpo.Estimators.Logs.Checking;

/// <summary>A fault of a log, with its message.</summary>
/// <param name="Fault">The kind of fault.</param>
/// <param name="Message">The place of the fault, an example, and the remedy.</param>
/// <param name="Row">The first row that has the fault, from 0 in the order of the view; null for a fault of the log as a whole.</param>
public sealed record LogFinding(LogFault Fault, string Message, long? Row)
{
    /// <summary>The severity of the fault.</summary>
    public FindingSeverity Severity => Fault switch
    {
        LogFault.ProbabilitiesEqual or LogFault.ActionNeverTaken or LogFault.RewardsEqual or LogFault.DuplicateRows => FindingSeverity.Warning,
        _ => FindingSeverity.Error,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Severity} {Fault}: {Message}";
}
