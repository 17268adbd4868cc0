using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>
/// Gymnasium's MountainCarContinuous-v0: a car that is too weak for the slope and has to rock itself out of a valley, with a continuous force. The reward
/// of a step is minus a tenth of the squared force, plus 100 at the flag; an episode terminates at the flag, and is truncated after 999 steps.
/// </summary>
/// <remarks>
/// Source: Moore, "Efficient memory-based learning for robot control" (1990), with the constants of Gymnasium 0.29.
/// </remarks>
public sealed class MountainCarContinuous : IEnvironment, ICheckpointable
{
    private const double Power = 0.0015;
    private const double Flag = 0.45;
    private const double Prize = 100;
    private const double Cost = 0.1;
    private const int StepLimit = 999;

    private static readonly ActionSpace Actions = ActionSpace.Box([-1], [1], "force");

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
        double force = action.Values[0];
        _hill.Step(Math.Clamp(force, -1, 1) * Power);
        var terminated = _hill.IsPast(Flag);

        // The reference keeps its state in single precision.
        _hill.Car = ((float)_hill.Car.Position, (float)_hill.Car.Velocity);
        _hill.Observe(observation);
        return new StepResult((terminated ? Prize : 0) - (Cost * force * force), terminated, Truncated: _hill.Steps >= StepLimit);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer) => _hill.SaveState(writer);

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader) => _hill.RestoreState(reader, StepLimit);
}
