namespace Trpo.Estimators.Environments.Checking;

/// <summary>How bad a finding is.</summary>
public enum FindingSeverity
{
    /// <summary>The environment may be what it should be, but learning in it is hard or slow.</summary>
    Warning,

    /// <summary>The contract of <see cref="IEnvironment"/> is broken: training fails, or learns something else than it should.</summary>
    Error,
}
