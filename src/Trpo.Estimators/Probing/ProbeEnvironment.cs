using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Probing;

/// <summary>The environment of a task. The observation is the state, one-hot.</summary>
/// <param name="task">The task.</param>
/// <param name="space">The actions.</param>
/// <param name="length">The number of values of an observation, without the mask.</param>
/// <param name="isScaled">True if the values are far from 0 and 1, so that a policy must normalize them.</param>
/// <param name="isMasked">True if a mask follows the observation.</param>
internal sealed class ProbeEnvironment(ProbeTask task, ProbeSpace space, int length, bool isScaled, bool isMasked) : IEnvironment
{
    /// <summary>The value of a slot of another state than the present one where values are scaled: beyond the bound of a normalizer that has seen nothing.</summary>
    public const float Center = 50;

    /// <summary>The distance from it of the slot of the present state.</summary>
    public const float Spread = 5;

    private readonly RandomSource _random = new(0);
    private int _state;
    private int _step;

    /// <inheritdoc/>
    public string Name => $"probe {task.Name}";

    /// <inheritdoc/>
    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(length + (isMasked ? space.Space.ScoreLength : 0));

    /// <inheritdoc/>
    public ActionSpace ActionSpace => space.Space;

    /// <inheritdoc/>
    public bool Allows(int choice)
    {
        if (!isMasked)
            return true;
        Span<float> mask = stackalloc float[space.Space.ScoreLength];
        ProbeSpace.WriteMask(mask);
        return mask[choice] == 1;
    }

    /// <inheritdoc/>
    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        _state = task.Starts[_random.NextInt(task.Starts.Length)];
        _step = 0;
        Observe(_state, observation);
    }

    /// <inheritdoc/>
    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var step = task.Step(_state, ++_step, space.Worth(action, _state, isMasked));
        _state = step.Next;
        Observe(_state, observation);
        return new StepResult(step.Reward, step.Terminated, step.Truncated);
    }

    /// <summary>Writes the observation of a state.</summary>
    public void Observe(int state, Span<float> observation)
    {
        observation[..length].Fill(isScaled ? Center : 0);
        observation[state] += isScaled ? Spread : 1;
        if (isMasked)
            ProbeSpace.WriteMask(observation[length..]);
    }
}
