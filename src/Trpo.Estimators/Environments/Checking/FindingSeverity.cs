namespace Trpo.Estimators.Environments.Checking;

/// <summary>The severity of a finding.</summary>
public enum FindingSeverity
{
    /// <summary>The environment may be correct, but learning in it is hard or slow.</summary>
    Warning,

    /// <summary>The contract of <see cref="IEnvironment"/> is violated: training fails, or learns something else than intended.</summary>
    Error,
}
