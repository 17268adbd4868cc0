using Trpo.Estimators.Environments.Checking;

namespace Trpo.Estimators.Logs.Checking;

/// <summary>A fault of a log, with its message.</summary>
public sealed record LogFinding
{
    /// <summary>The kind of fault.</summary>
    public required LogFault Fault { get; init; }

    /// <summary>The place of the fault, an example, and the remedy.</summary>
    public required string Message { get; init; }

    /// <summary>The first row that has the fault, from 0 in the order of the view; null for a fault of the log as a whole.</summary>
    public required long? Row { get; init; }

    /// <summary>The severity of the fault.</summary>
    public FindingSeverity Severity => Fault switch
    {
        LogFault.ProbabilitiesEqual or LogFault.ActionNeverTaken or LogFault.RewardsEqual or LogFault.DuplicateRows => FindingSeverity.Warning,
        _ => FindingSeverity.Error,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Severity} {Fault}: {Message}";
}
