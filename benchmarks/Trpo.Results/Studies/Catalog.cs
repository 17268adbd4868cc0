using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Results.Studies;

/// <summary>The studies, with their settings: this is the file to change for other ones.</summary>
internal static class Catalog
{
    public static IReadOnlyList<Study> All { get; } =
    [
        new()
        {
            Name = "cartpole",
            Title = "CartPole-v1",
            Environment = () => new CartPole(),
            Options = new() { TotalSteps = 100_000 },
            Reference = new(500, 0, 100_000),
            Solved = new(475, 100),
            Goal = new(500, SolvedBefore: 56_000, EverySeedSolves: true),
        },
        new()
        {
            Name = "acrobot",
            Title = "Acrobot-v1",
            Environment = () => new Acrobot(),
            Options = new() { TotalSteps = 100_000, GaeLambda = 0.98 },
            Reference = new(-83.1, 18.6, 100_000),
            Solved = new(-100, 100),
            Goal = new(-80),
        },
        new()
        {
            Name = "mountain-car",
            Title = "MountainCar-v0",
            Environment = () => new MountainCar(),
            Options = new() { TotalSteps = 100_000 },
            Reference = new(-107.3, 13.2, 100_000),
            Solved = new(-110, 100),
            Goal = new(-105),
        },
        new()
        {
            Name = "mountain-car-continuous",
            Title = "MountainCarContinuous-v0",
            Environment = () => new MountainCarContinuous(),
            Options = new() { TotalSteps = 50_000, StepsPerIteration = 1_024, InitialLogStandardDeviation = 0.5, TrustRegion = new() { MaxKl = 0.02 } },
            Reference = new(92.5, 0.4, 50_000),
            Solved = new(90, 100),
            Goal = new(93),
        },
        new()
        {
            Name = "pendulum",
            Title = "Pendulum-v1",
            Environment = () => new Pendulum(),
            Options = new() { TotalSteps = 100_000, StepsPerIteration = 1_024, Discount = 0.9, TrustRegion = new() { MaxKl = 0.02 } },
            Reference = new(-174.6, 127.6, 100_000),
            Solved = new(-200, 20),
            Goal = new(-155, SolvedBefore: 25_000),
        },
    ];
}
