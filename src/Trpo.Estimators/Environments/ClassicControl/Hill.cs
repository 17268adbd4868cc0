using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>The dynamics of the two mountain-car environments: a car in a valley, in Moore's units.</summary>
internal sealed class Hill
{
    private const double Left = -1.2;
    private const double Right = 0.6;
    private const double SpeedLimit = 0.07;
    private const double FirstStart = -0.6;
    private const double LastStart = -0.4;
    private const double Gravity = 0.0025;

    private readonly RandomSource _random = new((ulong)Random.Shared.NextInt64());

    /// <summary>The observations: position and velocity, <c>[2]</c>.</summary>
    public static ObservationSpace Observations { get; } = ObservationSpace.Box(
        [(float)Left, (float)-SpeedLimit], [(float)Right, (float)SpeedLimit], "position", "velocity");

    /// <summary>The state of the car.</summary>
    public (double Position, double Velocity) Car { get; set; }

    /// <summary>The number of steps in the current episode.</summary>
    public int Steps { get; private set; }

    /// <summary>Starts an episode with the car at rest near the bottom.</summary>
    public void Reset(int? seed)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        Car = (_random.NextDouble(FirstStart, LastStart), 0);
        Steps = 0;
    }

    /// <summary>Moves the car by one step under the acceleration <paramref name="push"/>; the left end stops it.</summary>
    public void Step(double push)
    {
        var velocity = Math.Clamp(Car.Velocity + push - (Gravity * Math.Cos(3 * Car.Position)), -SpeedLimit, SpeedLimit);
        var position = Math.Clamp(Car.Position + velocity, Left, Right);
        Car = (position, position == Left && velocity < 0 ? 0 : velocity);
        Steps++;
    }

    /// <summary>Returns true if the car is at or beyond the position <paramref name="flag"/> and does not roll back.</summary>
    public bool IsPast(double flag) => Car.Position >= flag && Car.Velocity >= 0;

    /// <summary>Writes the state of the car, the step count and the random generator.</summary>
    public void SaveState(BinaryWriter writer) => SimulatorState.Save(writer, _random, Steps, Car.Position, Car.Velocity);

    /// <summary>Restores a state that <see cref="SaveState"/> wrote.</summary>
    public void RestoreState(BinaryReader reader, int maxSteps)
    {
        (Steps, var numbers) = SimulatorState.Restore(reader, _random, maxSteps, -(float)Left, (float)SpeedLimit);
        Car = (numbers[0], numbers[1]);
    }

    /// <summary>Writes position and velocity, <c>[2]</c>.</summary>
    public void Observe(Span<float> observation)
    {
        observation[0] = (float)Car.Position;
        observation[1] = (float)Car.Velocity;
    }
}
