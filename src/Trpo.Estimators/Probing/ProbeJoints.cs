using Trpo.Estimators.Environments;

namespace Trpo.Estimators.Probing;

/// <summary>The places at which the tests of the probes put faults: behind the settings of a probe, and around its environment. Both pass on what they get.</summary>
internal sealed record ProbeJoints
{
    /// <summary>Changes the options that a task is trained with.</summary>
    public Func<TrpoOptions, TrpoOptions> Options { get; init; } = options => options;

    /// <summary>Wraps the environment of a task.</summary>
    public Func<IEnvironment, IEnvironment> Environment { get; init; } = environment => environment;
}
