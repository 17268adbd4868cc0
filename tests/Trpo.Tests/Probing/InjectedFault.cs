using System.Numerics.Tensors;
using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Probing;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Probing;

/// <summary>A fault of a trainer, put into the joints of a healthy one.</summary>
/// <param name="Name">The fault.</param>
/// <param name="Options">The options that are probed.</param>
/// <param name="Joints">The faults behind them.</param>
internal sealed record InjectedFault(string Name, TrpoOptions Options, ProbeJoints Joints)
{
    /// <summary>The kind of actions.</summary>
    public ProbedActions Actions { get; init; } = ProbedActions.Discrete;

    private const double Damping = 0.1;

    private static readonly TrpoOptions Healthy = new() { HiddenLayers = [32, 32] };

    /// <summary>All faults.</summary>
    public static IReadOnlyList<InjectedFault> All { get; } =
    [
        Problem("sign of the advantages", problem => new DistortedProblem(problem) { Objective = value => -value, GradientChange = gradient => TensorPrimitives.Negate(gradient, gradient) }),
        Setting("no bootstrap at a truncation", Healthy, options => options with { BootstrapTruncated = false }),
        World("bootstrap at a termination", environment => new EnvironmentFault(environment) { Result = result => result with { Terminated = false, Truncated = result.Ended } }),
        Setting("mask ignored", Healthy with { ActionMask = true }, options => options with { ActionMask = false }),
        new("normalizer frozen", Healthy with { NormalizeObservations = true }, new ProbeJoints { Options = options => options with { NormalizeObservations = false }, Environment = environment => new EnvironmentFault(environment) { Bound = 10 } }),
        Setting("normalizer applied twice", Healthy with { NormalizeObservations = true }, options => options with { Network = arguments => new NetworkFault(arguments, ProbeEnvironment.Center, 1 / ProbeEnvironment.Spread) }),
        Family("direction of the divergence (discrete)", ProbedActions.Discrete, (family, _) => new ReversedDivergence(family)),
        Family("direction of the divergence (box)", ProbedActions.Box, (family, _) => new ReversedDivergence(family)),
        Problem("divergence of 0", problem => new DistortedProblem(problem) { Divergence = _ => 0 }),
        World("rewards a step late in the estimation", environment => new EnvironmentFault(environment) { IsLate = true }),
        Own("values off by one row", Healthy with { Baseline = arguments => new BaselineFault(arguments) { IsShifted = true } }),
        Setting("discount missing", Healthy, options => options with { Discount = 1 }),
        Own("sign of the damping", Healthy with { Optimizer = new ProblemFault(new TrustRegionOptimizer(), problem => new DistortedProblem(problem) { FisherChange = (vector, product) => TensorPrimitives.MultiplyAdd(vector, -2 * Damping, product, product) }) }),
        Own("line search accepts all", Healthy with { Optimizer = new Unsearched() }),
        Own("rejected step not restored", Healthy with { Optimizer = new Unrestored() }),
        Family("gradient of the wrong sample", ProbedActions.Discrete, (family, _) => new LateGradient(family)),
        Family("log-probability of a clipped action", ProbedActions.Box, (family, space) => new ClippedDensity(family, (BoxActionSpace)space)),
        Family("divergence averaged over dimensions", ProbedActions.Box, (family, space) => new MeanDivergence(family, space.Length)),
        Family("no exploration", ProbedActions.Discrete, (family, _) => new NoExploration(family)),
        Own("value function never fitted", Healthy with { Baseline = arguments => new BaselineFault(arguments) { IsUnfitted = true } }),
        Own("value targets of other rows", Healthy with { Baseline = arguments => new BaselineFault(arguments) { IsReversed = true } }),
        Own("network without the observation", Healthy with { Network = arguments => new NetworkFault(arguments, 0, 0) }),
        Problem("Fisher products as sums", problem => new DistortedProblem(problem) { FisherChange = (_, product) => TensorPrimitives.Multiply(product, 512, product) }),
        World("observations of the step before", environment => new EnvironmentFault(environment) { IsStale = true }),
        World("sign of the rewards", environment => new EnvironmentFault(environment) { Result = result => result with { Reward = -result.Reward } }),
        Setting("rewards scaled twice", Healthy with { RewardScale = 2 }, options => options with { RewardScale = 4 }),
    ];

    private static InjectedFault Own(string name, TrpoOptions options) => new(name, options, new ProbeJoints());

    private static InjectedFault Setting(string name, TrpoOptions options, Func<TrpoOptions, TrpoOptions> change) => new(name, options, new ProbeJoints { Options = change });

    private static InjectedFault World(string name, Func<IEnvironment, IEnvironment> wrap) => new(name, Healthy, new ProbeJoints { Environment = wrap });

    // Around the audit: it sees the faulty problem, as it would see one of the library.
    private static InjectedFault Problem(string name, Func<ITrustRegionProblem, ITrustRegionProblem> distort) =>
        Setting(name, Healthy, options => options with { Optimizer = new ProblemFault(options.Optimizer!, distort) });

    private static InjectedFault Family(string name, ProbedActions kind, Func<IActionDistribution, ActionSpace, IActionDistribution> distort)
    {
        return Own(name, Healthy with { Distribution = Create }) with { Actions = kind };

        IActionDistribution Create(DistributionArguments arguments) => kind == ProbedActions.Discrete == arguments.Actions is DiscreteActionSpace
            ? distort(ActionDistribution.For(arguments.Actions, initialLogStandardDeviation: 0), arguments.Actions)
            : throw new NotSupportedException($"There is no distribution over {arguments.Actions}.");
    }
}
