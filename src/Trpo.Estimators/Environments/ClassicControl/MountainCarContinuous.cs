using Trpo.Onnx.Randomness;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>
/// Rock a car that is too weak for the slope out of a valley, with a force of one's choice: Gymnasium's MountainCarContinuous-v0. A step costs a tenth of
/// the square of the force, and reaching the flag is worth 100; an episode terminates there, and is truncated after 999 steps.
/// </summary>
/// <remarks>
/// Source: Moore, "Efficient memory-based learning for robot control" (1990), with the constants of Gymnasium 0.29.
/// </remarks>
public sealed class MountainCarContinuous : IEnvironment
{
    private const double Power = 0.0015;
    private const double Flag = 0.45;
    private const double Prize = 100;
    private const double Cost = 0.1;
    private const int MaxEpisodeSteps = 999;

    private static readonly ObservationSpace Observations = ObservationSpace.Box(
        [(float)Hill.Left, (float)-Hill.SpeedLimit], [(float)Hill.Right, (float)Hill.SpeedLimit], "position", "velocity");

    private static readonly ActionSpace Actions = ActionSpace.Box([-1], [1], "force");

    private readonly RandomSource _random = new((ulong)Random.Shared.NextInt64());
    private int _steps;

    /// <inheritdoc/>
    public ObservationSpace ObservationSpace => Observations;

    /// <inheritdoc/>
    public ActionSpace ActionSpace => Actions;

    /// <summary>Position and velocity.</summary>
    internal (double Position, double Velocity) State { get; set; }

    /// <inheritdoc/>
    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        State = (_random.NextDouble(Hill.FirstStart, Hill.LastStart), 0);
        _steps = 0;
        Observe(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        double force = action.Values[0];
        var (position, velocity) = Hill.Roll(State.Position, State.Velocity, Math.Clamp(force, -1, 1) * Power);
        var terminated = position >= Flag && velocity >= 0;

        // The reference keeps its state in single precision.
        State = ((float)position, (float)velocity);
        Observe(observation);
        return new StepResult((terminated ? Prize : 0) - (Cost * force * force), terminated, Truncated: ++_steps >= MaxEpisodeSteps);
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = (float)State.Position;
        observation[1] = (float)State.Velocity;
    }
}
