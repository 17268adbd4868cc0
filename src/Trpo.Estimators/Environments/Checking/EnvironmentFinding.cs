namespace Trpo.Estimators.Environments.Checking;

/// <summary>One thing that is wrong with an environment.</summary>
/// <param name="Fault">What it is.</param>
/// <param name="Message">Where it showed, and the way out.</param>
public sealed record EnvironmentFinding(EnvironmentFault Fault, string Message)
{
    /// <summary>How bad it is.</summary>
    public FindingSeverity Severity => Fault < EnvironmentFault.EpisodeEndNotSeen ? FindingSeverity.Error : FindingSeverity.Warning;

    /// <inheritdoc/>
    public override string ToString() => $"{Severity} {Fault}: {Message}";
}
