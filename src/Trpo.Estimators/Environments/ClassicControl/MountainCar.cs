using Trpo.Onnx.Randomness;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>
/// Rock a car that is too weak for the slope out of a valley: Gymnasium's MountainCar-v0. A step costs 1; an episode terminates at the flag
/// on the right, and is truncated after 200 steps.
/// </summary>
/// <remarks>
/// Source: Moore, "Efficient memory-based learning for robot control" (1990), with the constants of Gymnasium 0.29.
/// </remarks>
public sealed class MountainCar : IEnvironment
{
    private const double Push = 0.001;
    private const double Flag = 0.5;
    private const int MaxEpisodeSteps = 200;

    private static readonly ObservationSpace Observations = ObservationSpace.Box(
        [(float)Hill.Left, (float)-Hill.SpeedLimit], [(float)Hill.Right, (float)Hill.SpeedLimit], "position", "velocity");

    private static readonly ActionSpace Actions = ActionSpace.Discrete("left", "none", "right");

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
        State = Hill.Roll(State.Position, State.Velocity, (action.Index - 1) * Push);
        Observe(observation);
        return new StepResult(-1, Terminated: State.Position >= Flag && State.Velocity >= 0, Truncated: ++_steps >= MaxEpisodeSteps);
    }

    private void Observe(Span<float> observation)
    {
        observation[0] = (float)State.Position;
        observation[1] = (float)State.Velocity;
    }
}
