using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>
/// Gymnasium's CartPole-v1: a pole to be balanced on a cart by pushing the cart left or right. The reward of a step is 1; an episode
/// terminates when the pole leans by more than 12 degrees or the cart leaves the track, and is truncated after 500 steps.
/// </summary>
/// <remarks>
/// Source: Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems"
/// (1983), with the constants of Gymnasium 0.29. Units: metres, radians, seconds, kilograms, newtons.
/// </remarks>
public sealed class CartPole : IEnvironment, ICheckpointable
{
    private const double Gravity = 9.8;
    private const double PoleMass = 0.1;
    private const double TotalMass = 1.0 + PoleMass;
    private const double HalfPoleLength = 0.5;
    private const double PoleMoment = PoleMass * HalfPoleLength;
    private const double Force = 10.0;
    private const double TimeStep = 0.02;
    private const double PositionLimit = 2.4;
    private const double AngleLimit = 12 * 2 * Math.PI / 360;
    private const double InitialRange = 0.05;
    private const int StepLimit = 500;

    // Far above what any episode reaches.
    private const double ReachableSpeed = 1_000;

    private static readonly ObservationSpace Observations = ObservationSpace.Box(
        [(float)(-2 * PositionLimit), float.NegativeInfinity, (float)(-2 * AngleLimit), float.NegativeInfinity],
        [(float)(2 * PositionLimit), float.PositiveInfinity, (float)(2 * AngleLimit), float.PositiveInfinity],
        "position", "velocity", "angle", "angular velocity");

    private static readonly ActionSpace Actions = ActionSpace.Discrete("left", "right");

    private readonly RandomSource _random = new((ulong)Random.Shared.NextInt64());
    private int _steps;

    /// <inheritdoc/>
    public ObservationSpace ObservationSpace => Observations;

    /// <inheritdoc/>
    public ActionSpace ActionSpace => Actions;

    /// <summary>Position, velocity, angle and angular velocity.</summary>
    internal (double Position, double Velocity, double Angle, double AngularVelocity) State { get; set; }

    /// <inheritdoc/>
    public int? MaxEpisodeSteps => StepLimit;

    /// <inheritdoc/>
    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        State = (Initial(), Initial(), Initial(), Initial());
        _steps = 0;
        Observe(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var (position, velocity, angle, angularVelocity) = State;
        var force = action.Index == 1 ? Force : -Force;
        var (sine, cosine) = Math.SinCos(angle);
        var push = (force + (PoleMoment * angularVelocity * angularVelocity * sine)) / TotalMass;
        var angularAcceleration = ((Gravity * sine) - (cosine * push)) / (HalfPoleLength * ((4.0 / 3.0) - (PoleMass * cosine * cosine / TotalMass)));
        var acceleration = push - (PoleMoment * angularAcceleration * cosine / TotalMass);

        // Explicit Euler, as the reference integrates: positions move by the velocities before the step.
        State = (position + (TimeStep * velocity), velocity + (TimeStep * acceleration), angle + (TimeStep * angularVelocity), angularVelocity + (TimeStep * angularAcceleration));
        Observe(observation);
        var terminated = Math.Abs(State.Position) > PositionLimit || Math.Abs(State.Angle) > AngleLimit;
        return new StepResult(1, terminated, Truncated: ++_steps >= StepLimit);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer) => SimulatorState.Save(writer, _random, _steps, State.Position, State.Velocity, State.Angle, State.AngularVelocity);

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        (_steps, var numbers) = SimulatorState.Restore(reader, _random, StepLimit, ReachableSpeed, ReachableSpeed, ReachableSpeed, ReachableSpeed);
        State = (numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    private double Initial() => _random.NextDouble(-InitialRange, InitialRange);

    private void Observe(Span<float> observation)
    {
        observation[0] = (float)State.Position;
        observation[1] = (float)State.Velocity;
        observation[2] = (float)State.Angle;
        observation[3] = (float)State.AngularVelocity;
    }
}
