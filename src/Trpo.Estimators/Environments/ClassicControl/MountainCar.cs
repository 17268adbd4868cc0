using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>
/// Gymnasium's MountainCar-v0: a car that is too weak for the slope and has to rock itself out of a valley. The reward of a step is -1; an
/// episode terminates at the flag on the right, and is truncated after 200 steps.
/// </summary>
/// <remarks>
/// Source: Moore, "Efficient memory-based learning for robot control" (1990), with the constants of Gymnasium 0.29.
/// </remarks>
public sealed class MountainCar : IEnvironment, ICheckpointable
{
    private const double Push = 0.001;
    private const double Flag = 0.5;
    private const int StepLimit = 200;

    private static readonly ActionSpace Actions = ActionSpace.Discrete("left", "none", "right");

    private readonly Hill _hill = new();

    /// <inheritdoc/>
    public ObservationSpace ObservationSpace => Hill.Observations;

    /// <inheritdoc/>
    public ActionSpace ActionSpace => Actions;

    /// <summary>Position and velocity.</summary>
    internal (double Position, double Velocity) State
    {
        get => _hill.Car;
        set => _hill.Car = value;
    }

    /// <inheritdoc/>
    public int? MaxEpisodeSteps => StepLimit;

    /// <inheritdoc/>
    public void Reset(int? seed, Span<float> observation)
    {
        _hill.Reset(seed);
        _hill.Observe(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        _hill.Step((action.Index - 1) * Push);
        _hill.Observe(observation);
        return new StepResult(-1, _hill.IsPast(Flag), Truncated: _hill.Steps >= StepLimit);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer) => _hill.SaveState(writer);

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader) => _hill.RestoreState(reader, StepLimit);
}
