using System.Globalization;
using System.Numerics.Tensors;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Shards;

/// <summary>The check of the rows of a rollout that was restored: actions are choices that there are and that the mask allows, probabilities are such, and rewards can be learned from.</summary>
/// <param name="actions">The actions.</param>
/// <param name="mask">The policy's mask, or null where all choices are allowed.</param>
/// <param name="maxRewardRange">The largest difference of two rewards.</param>
internal sealed class RestoredRows(ActionSpace actions, ActionMask? mask, double maxRewardRange)
{
    // The logarithm of a probability that was rounded.
    private const double MaxLogProbability = 1e-3;

    // Deviations of single precision, squared, give none so large.
    private const double MaxLogDensity = 1e100;

    /// <summary>Throws if a collected row is none that a training collects.</summary>
    /// <exception cref="InvalidDataException">A row is none; the message names the value.</exception>
    public void Check(Rollout rollout)
    {
        double min = double.PositiveInfinity, max = double.NegativeInfinity;
        for (var e = 0; e < rollout.EnvironmentCount && rollout.CollectedSteps > 0; e++)
        {
            for (var step = 0; step < rollout.CollectedSteps; step++)
                CheckAction(rollout, rollout.Row(e, step), e, step);
            var rewards = rollout.Rewards.Slice(rollout.Row(e, 0), rollout.CollectedSteps);
            (min, max) = (Math.Min(min, TensorPrimitives.Min(rewards)), Math.Max(max, TensorPrimitives.Max(rewards)));
        }

        if (max - min > maxRewardRange)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The rewards of a rollout are from {min:G6} to {max:G6}; their squares overflow."));
    }

    private void CheckAction(Rollout rollout, int row, int environment, int step)
    {
        var observation = rollout.Observation(row);
        var action = rollout.Action(row);
        for (var i = 0; i < action.Length; i++)
        {
            if (CountOf(i) is var count and > 0 && !(action[i] >= 0 && action[i] < count && float.IsInteger(action[i])))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The action at step {step + 1} of a rollout in environment {environment} is {action[i]:G6}; it must be an index from 0 to {count - 1}."));
        }

        if (mask?.FindFault(observation, step + 1) is { } fault)
            throw new InvalidDataException(FormattableString.Invariant($"An observation of environment {environment} in a rollout {fault}"));
        if (mask?.Allows(observation, action) == false)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The action at step {step + 1} of a rollout in environment {environment} is one that the mask forbids."));
        var (logProbability, most) = (rollout.LogProbabilities[row], actions is BoxActionSpace ? MaxLogDensity : MaxLogProbability);
        if (!(logProbability <= most && logProbability >= -MaxLogDensity))
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The log-probability of the action at step {step + 1} of a rollout in environment {environment} is {logProbability:G6}."));
    }

    // 0 for a dimension of a box, whose values may be any.
    private int CountOf(int dimension) => actions switch
    {
        BoxActionSpace => 0,
        MultiBinaryActionSpace => 2,
        _ => actions.ChoiceCounts[dimension],
    };
}
