using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Cli.Environments;

/// <summary>The environments of the tool, by a short name and by Gymnasium's id; upper and lower case are equal.</summary>
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

    /// <summary>Gets the short names, for help and messages.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(environment => environment.Name));

    /// <summary>Returns a function that creates an environment; null if no environment has the name.</summary>
    public static Func<IEnvironment>? Find(string name) =>
        All.FirstOrDefault(environment => name.Equals(environment.Name, StringComparison.OrdinalIgnoreCase) || name.Equals(environment.Id, StringComparison.OrdinalIgnoreCase)).Create;

    /// <summary>Returns the message for an unknown name.</summary>
    public static string Unknown(string name) => $"There is no environment '{name}'. Those of the tool are {Names}; --assembly names a .dll with your own.";
}
