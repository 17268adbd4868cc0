using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Cli.Environments;

/// <summary>The environments that the tool has itself, by a friendly name and by Gymnasium's; in any case.</summary>
internal static class ClassicEnvironments
{
    private static readonly (string Name, string Id, Func<IEnvironment> Create)[] All =
    [
        ("cartpole", "CartPole-v1", () => new CartPole()),
        ("acrobot", "Acrobot-v1", () => new Acrobot()),
        ("mountain-car", "MountainCar-v0", () => new MountainCar()),
        ("mountain-car-continuous", "MountainCarContinuous-v0", () => new MountainCarContinuous()),
        ("pendulum", "Pendulum-v1", () => new Pendulum()),
    ];

    /// <summary>The friendly names, for help and messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(environment => environment.Name));

    /// <summary>What creates an environment; null where there is none of this name.</summary>
    public static Func<IEnvironment>? Find(string name) =>
        All.FirstOrDefault(environment => name.Equals(environment.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(environment.Id, StringComparison.OrdinalIgnoreCase)).Create;

    /// <summary>What is said of a name that is none of these.</summary>
    public static string Unknown(string name) => $"There is no environment '{name}'. Those of the tool are {Names}; --assembly names a .dll with your own.";
}
