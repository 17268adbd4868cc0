namespace Trpo.Estimators.Environments.Checking;

/// <summary>A fault of an environment, with its message.</summary>
/// <param name="Fault">The kind of fault.</param>
/// <param name="Message">The place of the fault, an example, and the remedy.</param>
public sealed record EnvironmentFinding(EnvironmentFault Fault, string Message)
{
    /// <summary>The severity of the fault.</summary>
    public FindingSeverity Severity => Fault switch
    {
        EnvironmentFault.EpisodeEndNotSeen or EnvironmentFault.EpisodeEndless or EnvironmentFault.SeedWithoutEffect or EnvironmentFault.UnseededResetRepeats
            or EnvironmentFault.RewardHuge or EnvironmentFault.RewardConstant or EnvironmentFault.ActionsOutOfReach
            or EnvironmentFault.ObservationsUnscaled or EnvironmentFault.StepAllocates or EnvironmentFault.ObservationConstant => FindingSeverity.Warning,
        _ => FindingSeverity.Error,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Severity} {Fault}: {Message}";
}
