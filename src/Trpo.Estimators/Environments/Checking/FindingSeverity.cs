namespace Trpo.Estimators.Environments.Checking;

/// <summary>The severity of a finding.</summary>
public enum FindingSeverity
{
    /// <summary>The environment may be correct, but learning in it is hard or slow; the log may be, but tells less than it seems.</summary>
    Warning,

    /// <summary>The contract of <see cref="IEnvironment"/> is violated: training fails, or learns something else than intended. A log cannot be evaluated, or estimates from it are wrong.</summary>
    Error,
}
