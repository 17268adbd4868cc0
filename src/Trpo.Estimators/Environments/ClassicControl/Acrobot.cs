using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>
/// Gymnasium's Acrobot-v1: two hanging links, whose tip is to be swung above a line by a torque at the joint between them. The reward of a step
/// is -1, and 0 for the last; an episode terminates when the tip is above the line, and is truncated after 500 steps.
/// </summary>
/// <remarks>
/// Source: Sutton, "Generalization in reinforcement learning: Successful examples using sparse coarse coding" (1996), with the equations of Sutton
/// and Barto, "Reinforcement Learning" (1998), section 11.3, and the constants of Gymnasium 0.29. Units: metres, radians, seconds, kilograms, newton metres.
/// </remarks>
public sealed class Acrobot : IEnvironment, ICheckpointable
{
    // Both links have the same properties.
    private const double LinkMass = 1;
    private const double LinkLength = 1;
    private const double CentreOfMass = 0.5;
    private const double MomentOfInertia = 1;
    private const double Gravity = 9.8;
    private const double TimeStep = 0.2;
    private const double SpeedLimit1 = 4 * Math.PI;
    private const double SpeedLimit2 = 9 * Math.PI;
    private const double InitialRange = 0.1;
    private const int StepLimit = 500;

    private static readonly ObservationSpace Observations = ObservationSpace.Box(
        [-1, -1, -1, -1, (float)-SpeedLimit1, (float)-SpeedLimit2],
        [1, 1, 1, 1, (float)SpeedLimit1, (float)SpeedLimit2],
        "cosine 1", "sine 1", "cosine 2", "sine 2", "speed 1", "speed 2");

    private static readonly ActionSpace Actions = ActionSpace.Discrete("negative torque", "no torque", "positive torque");

    private readonly RandomSource _random = new((ulong)Random.Shared.NextInt64());
    private int _steps;

    /// <inheritdoc/>
    public ObservationSpace ObservationSpace => Observations;

    /// <inheritdoc/>
    public ActionSpace ActionSpace => Actions;

    /// <summary>The angle of the first link from hanging down, the angle of the second link relative to the first, and their angular velocities.</summary>
    internal Links State { get; set; }

    /// <inheritdoc/>
    public int? MaxEpisodeSteps => StepLimit;

    /// <inheritdoc/>
    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        State = new Links(Initial(), Initial(), Initial(), Initial());
        _steps = 0;
        Observe(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var next = RungeKutta(State, action.Index - 1);
        State = new Links(
            Wrap(next.Angle1), Wrap(next.Angle2), Math.Clamp(next.Speed1, -SpeedLimit1, SpeedLimit1), Math.Clamp(next.Speed2, -SpeedLimit2, SpeedLimit2));
        Observe(observation);
        var terminated = -Math.Cos(State.Angle1) - Math.Cos(State.Angle2 + State.Angle1) > 1;
        return new StepResult(terminated ? 0 : -1, terminated, Truncated: ++_steps >= StepLimit);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer) => SimulatorState.Save(writer, _random, _steps, State.Angle1, State.Angle2, State.Speed1, State.Speed2);

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        (_steps, var numbers) = SimulatorState.Restore(reader, _random, StepLimit, Math.PI, Math.PI, SpeedLimit1, SpeedLimit2);
        State = new Links(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    // One step of the classical fourth-order Runge-Kutta method with a constant torque.
    private static Links RungeKutta(Links start, double torque)
    {
        var k1 = Derivative(start, torque);
        var k2 = Derivative(start.Plus(k1, TimeStep / 2), torque);
        var k3 = Derivative(start.Plus(k2, TimeStep / 2), torque);
        var k4 = Derivative(start.Plus(k3, TimeStep), torque);
        return start.Plus(k1, TimeStep / 6).Plus(k2, TimeStep / 3).Plus(k3, TimeStep / 3).Plus(k4, TimeStep / 6);
    }

    private static Links Derivative(Links links, double torque)
    {
        const double Coupling = LinkMass * LinkLength * CentreOfMass;
        var (sine2, cosine2) = Math.SinCos(links.Angle2);
        var (speed1, speed2) = (links.Speed1, links.Speed2);
        var inertia1 = (LinkMass * CentreOfMass * CentreOfMass)
            + (LinkMass * ((LinkLength * LinkLength) + (CentreOfMass * CentreOfMass) + (2 * LinkLength * CentreOfMass * cosine2)))
            + (2 * MomentOfInertia);
        var inertia2 = (LinkMass * ((CentreOfMass * CentreOfMass) + (LinkLength * CentreOfMass * cosine2))) + MomentOfInertia;
        var gravity2 = LinkMass * CentreOfMass * Gravity * Math.Sin(links.Angle1 + links.Angle2);
        var force1 = (-Coupling * speed2 * speed2 * sine2) - (2 * Coupling * speed2 * speed1 * sine2)
            + (((LinkMass * CentreOfMass) + (LinkMass * LinkLength)) * Gravity * Math.Sin(links.Angle1)) + gravity2;
        var acceleration2 = (torque + (inertia2 / inertia1 * force1) - (Coupling * speed1 * speed1 * sine2) - gravity2)
            / ((LinkMass * CentreOfMass * CentreOfMass) + MomentOfInertia - (inertia2 * inertia2 / inertia1));
        var acceleration1 = -((inertia2 * acceleration2) + force1) / inertia1;
        return new Links(speed1, speed2, acceleration1, acceleration2);
    }

    private static double Wrap(double angle)
    {
        while (angle > Math.PI)
            angle -= 2 * Math.PI;
        while (angle < -Math.PI)
            angle += 2 * Math.PI;
        return angle;
    }

    // The reference rounds its first state to single precision.
    private double Initial() => (float)_random.NextDouble(-InitialRange, InitialRange);

    private void Observe(Span<float> observation)
    {
        var ((sine1, cosine1), (sine2, cosine2)) = (Math.SinCos(State.Angle1), Math.SinCos(State.Angle2));
        observation[0] = (float)cosine1;
        observation[1] = (float)sine1;
        observation[2] = (float)cosine2;
        observation[3] = (float)sine2;
        observation[4] = (float)State.Speed1;
        observation[5] = (float)State.Speed2;
    }

    /// <summary>The angles and angular velocities of the two links, or their derivatives.</summary>
    internal readonly record struct Links(double Angle1, double Angle2, double Speed1, double Speed2)
    {
        public Links Plus(Links derivative, double time) => new(
            Angle1 + (time * derivative.Angle1), Angle2 + (time * derivative.Angle2), Speed1 + (time * derivative.Speed1), Speed2 + (time * derivative.Speed2));
    }
}
