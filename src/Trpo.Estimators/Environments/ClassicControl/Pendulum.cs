using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>
/// Gymnasium's Pendulum-v1: a pendulum to be swung up and kept upright by a torque that is too weak to lift it at once. The reward of a step is minus the
/// squared angle from upright, minus smaller costs of speed and torque; an episode is truncated after 200 steps and never terminates.
/// </summary>
/// <remarks>With the constants of Gymnasium 0.29. Units: metres, radians, seconds, kilograms, newton metres.</remarks>
public sealed class Pendulum : IEnvironment, ICheckpointable
{
    private const double Gravity = 10;
    private const double Mass = 1;
    private const double Length = 1;
    private const double TimeStep = 0.05;
    private const double SpeedLimit = 8;
    private const double TorqueLimit = 2;
    private const double SpeedCost = 0.1;
    private const double TorqueCost = 0.001;
    private const double InitialSpeed = 1;
    private const int StepLimit = 200;

    private static readonly ObservationSpace Observations = ObservationSpace.Box(
        [-1, -1, (float)-SpeedLimit], [1, 1, (float)SpeedLimit], "cosine", "sine", "angular velocity");

    private static readonly ActionSpace Actions = ActionSpace.Box([(float)-TorqueLimit], [(float)TorqueLimit], "torque");

    private readonly RandomSource _random = new((ulong)Random.Shared.NextInt64());
    private int _steps;

    /// <inheritdoc/>
    public ObservationSpace ObservationSpace => Observations;

    /// <inheritdoc/>
    public ActionSpace ActionSpace => Actions;

    /// <summary>The angle from upright, and the angular velocity.</summary>
    internal (double Angle, double AngularVelocity) State { get; set; }

    /// <inheritdoc/>
    public int? MaxEpisodeSteps => StepLimit;

    /// <inheritdoc/>
    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        State = (_random.NextDouble(-Math.PI, Math.PI), _random.NextDouble(-InitialSpeed, InitialSpeed));
        _steps = 0;
        Observe(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var (angle, velocity) = State;
        var torque = Math.Clamp(action.Values[0], -TorqueLimit, TorqueLimit);
        var upright = Math.IEEERemainder(angle, 2 * Math.PI);
        var cost = (upright * upright) + (SpeedCost * velocity * velocity) + (TorqueCost * torque * torque);

        var acceleration = (3 * Gravity / (2 * Length) * Math.Sin(angle)) + (3 / (Mass * Length * Length) * torque);
        velocity = Math.Clamp(velocity + (acceleration * TimeStep), -SpeedLimit, SpeedLimit);
        State = (angle + (velocity * TimeStep), velocity);
        Observe(observation);
        return new StepResult(-cost, Terminated: false, Truncated: ++_steps >= StepLimit);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer) => SimulatorState.Save(writer, _random, _steps, State.Angle, State.AngularVelocity);

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        (_steps, var numbers) = SimulatorState.Restore(reader, _random, StepLimit, Math.PI + (StepLimit * TimeStep * SpeedLimit), SpeedLimit);
        State = (numbers[0], numbers[1]);
    }

    private void Observe(Span<float> observation)
    {
        var (sine, cosine) = Math.SinCos(State.Angle);
        observation[0] = (float)cosine;
        observation[1] = (float)sine;
        observation[2] = (float)State.AngularVelocity;
    }
}
