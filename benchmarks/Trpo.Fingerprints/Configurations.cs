using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Fingerprints;

/// <summary>The training runs whose results are compared between two commits.</summary>
internal static class Configurations
{
    /// <summary>The runs whose policies and metrics are compared: each uses another part of the library.</summary>
    public static IReadOnlyList<Configuration> Policies { get; } =
    [
        new("cartpole", () => new CartPole(), new() { TotalSteps = 20_000 }, NormalizeBefore: true),
        new("pendulum", () => new Pendulum(), Pendulum(20_000)),
        new("normalized", () => new MountainCarContinuous(), new() { TotalSteps = 20_000, NormalizeObservations = true, RewardScale = 0.1 }),
        new("reuse", () => new CartPole(), TrpoOptions.SampleEfficient with { TotalSteps = 20_000 }),
        new("reuse-bonus", () => new Pendulum(), Pendulum(20_000) with { ReusedIterations = 3, EntropyBonus = 0.01, NormalizeObservations = true }),
        new("network-reuse", () => new Pendulum(), WithNetwork(Pendulum(4_000) with { ReusedIterations = 2, EntropyBonus = 0.01 })),
        new("network", () => new Acrobot(), WithNetwork(new() { TotalSteps = 10_000, StepsPerIteration = 1_024 })),
    ];

    /// <summary>The runs whose speed is compared: on one thread, so that the parts of an iteration do not overlap.</summary>
    public static IReadOnlyList<Configuration> Speed { get; } =
    [
        new("cartpole", () => new CartPole(), new() { TotalSteps = 100_000, Threads = 1 }),
        new("pendulum", () => new Pendulum(), Pendulum(100_000) with { Threads = 1 }),
    ];

    private static TrpoOptions Pendulum(int steps) => new()
    {
        TotalSteps = steps,
        Discount = 0.95,
        GaeLambda = 0.9,
        TrustRegion = new() { MaxKl = 0.02, Damping = 0.01 },
    };

    private static TrpoOptions WithNetwork(TrpoOptions options) => options with
    {
#if FACTORIES_WITHOUT_ARGUMENT_RECORDS
        Network = (inputs, outputs, random) => new SkipNetwork(inputs, outputs, random),
#else
        Network = arguments => new SkipNetwork(arguments.Inputs, arguments.Outputs, arguments.Random),
#endif
    };
}
