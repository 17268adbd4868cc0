using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Results.Studies;

/// <summary>The studies and their settings. Change this file to measure others.</summary>
internal static class Catalog
{
    // With a reward only at the end of an episode, learning depends more on the value function: it gets more conjugate gradient steps.
    private static readonly ValueFunctionOptions Careful = TrpoOptions.SampleEfficient.ValueFunction with
    {
        TrustRegion = TrpoOptions.SampleEfficient.ValueFunction.TrustRegion with { ConjugateGradientSteps = 10 },
    };

    private static readonly TrpoOptions Common = TrpoOptions.SampleEfficient with { TotalSteps = 100_000 };

    public static IReadOnlyList<Study> All { get; } =
    [
        new()
        {
            Name = "cartpole",
            Title = "CartPole-v1",
            Environment = () => new CartPole(),
            Options = Common,
            Reference = new(500, 0, 100_000),
            Solved = new(475, 100),
            Goal = new(500, SolvedBefore: 56_000, EverySeedSolves: true),
        },
        new()
        {
            Name = "acrobot",
            Title = "Acrobot-v1",
            Environment = () => new Acrobot(),
            Options = Common with { GaeLambda = 0.9, ReusedIterations = 7, ValueFunction = Careful },
            Reference = new(-83.1, 18.6, 100_000),
            Solved = new(-100, 100),
            Goal = new(-80),
        },
        new()
        {
            Name = "mountain-car",
            Title = "MountainCar-v0",
            Environment = () => new MountainCar(),
            Options = Common with { ValueFunction = Careful },
            Reference = new(-107.3, 13.2, 100_000),
            Solved = new(-110, 100),
            Goal = new(-105),
        },
        new()
        {
            Name = "mountain-car-continuous",
            Title = "MountainCarContinuous-v0",
            Environment = () => new MountainCarContinuous(),
            Options = Common with { TotalSteps = 50_000, StepsPerIteration = 1_024, InitialLogStandardDeviation = 1 },
            Reference = new(92.5, 0.4, 50_000),
            Solved = new(90, 100),
            Goal = new(93),
        },
        new()
        {
            Name = "pendulum",
            Title = "Pendulum-v1",
            Environment = () => new Pendulum(),
            Options = Common with { Discount = 0.95, GaeLambda = 0.9, TrustRegion = Common.TrustRegion with { Damping = 0.01 } },
            Reference = new(-174.6, 127.6, 100_000),
            Solved = new(-200, 20),
            Goal = new(-155, SolvedBefore: 25_000),
        },
    ];
}
