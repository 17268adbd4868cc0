using System.Numerics.Tensors;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;

namespace Trpo.Estimators.Shards;

/// <summary>The rows of a policy's update: those of the current rollout and, behind them, those of the earlier rollouts that are reused, the latest first.</summary>
internal sealed class UpdateBatch
{
    private readonly int _currentRows;

    private UpdateBatch(ReadOnlyMemory<float> observations, double[] actions, double[] advantages, double[] weights, int currentRows)
    {
        (Observations, Actions, Advantages, Weights) = (observations, actions, advantages, weights);
        _currentRows = currentRows;
    }

    /// <summary>The observations as the pipeline transformed them, <c>[N, d]</c>.</summary>
    public ReadOnlyMemory<float> Observations { get; }

    /// <summary>The actions, <c>[N, k]</c>.</summary>
    public double[] Actions { get; }

    /// <summary>The advantages, <c>[N]</c>; 0 for earlier rollouts until they are estimated.</summary>
    public double[] Advantages { get; }

    /// <summary>The importance weights, <c>[N]</c>, 1 for the current rollout; empty where there is no earlier one.</summary>
    public double[] Weights { get; }

    /// <summary>Gathers the rows.</summary>
    /// <param name="current">The current rollout.</param>
    /// <param name="earlier">The earlier rollouts, the latest first.</param>
    /// <param name="advantages">The advantages of the current rollout; used as they are, not copied, where there is no earlier rollout.</param>
    public static UpdateBatch Of(Rollout current, IReadOnlyList<Rollout> earlier, double[] advantages)
    {
        if (earlier.Count == 0)
            return new UpdateBatch(current.ObservationMemory, ActionsOf([current]), advantages, [], current.Rows);
        Rollout[] all = [current, .. earlier];
        var rows = all.Sum(rollout => rollout.Rows);
        var weights = new double[rows];
        weights.AsSpan(0, current.Rows).Fill(1);
        Array.Resize(ref advantages, rows);
        return new UpdateBatch(ObservationsOf(all), ActionsOf(all), advantages, weights, current.Rows);
    }

    /// <summary>Computes the log-probabilities of the earlier rollouts' actions under a policy, in nats.</summary>
    public double[] EarlierLogProbabilities(StochasticPolicy policy)
    {
        var rows = Advantages.Length - _currentRows;
        var (observationLength, actionLength) = (Observations.Length / Advantages.Length, Actions.Length / Advantages.Length);
        var parameters = new double[checked(rows * policy.ParameterLength)];
        policy.Evaluate(Observations.Span[(_currentRows * observationLength)..], parameters);
        var actions = Actions.AsSpan(_currentRows * actionLength);
        var logProbabilities = new double[rows];
        for (var row = 0; row < rows; row++)
            logProbabilities[row] = policy.Distribution.LogProbability(parameters.AsSpan(row * policy.ParameterLength, policy.ParameterLength), actions.Slice(row * actionLength, actionLength), []);
        return logProbabilities;
    }

    /// <summary>Describes why the log-probability of an earlier rollout's action is not finite, as the end of a sentence and advice.</summary>
    /// <param name="policy">The policy, whose parameters are finite.</param>
    /// <param name="row">The row among those of the earlier rollouts.</param>
    /// <param name="logProbability">The log-probability.</param>
    public string FindEarlierNonFinite(StochasticPolicy policy, int row, double logProbability)
    {
        var (observationLength, actionLength) = (Observations.Length / Advantages.Length, Actions.Length / Advantages.Length);
        var parameters = new double[policy.ParameterLength];
        policy.Evaluate(Observations.Span.Slice((_currentRows + row) * observationLength, observationLength), parameters);
        return PolicyFault.FindInRow(policy, parameters, Actions.AsSpan((_currentRows + row) * actionLength, actionLength), logProbability, $"in row {row} of the earlier iterations")!;
    }

    private static float[] ObservationsOf(Rollout[] rollouts)
    {
        var observations = new float[rollouts.Sum(rollout => rollout.Observations.Length)];
        var start = 0;
        foreach (var rollout in rollouts)
        {
            rollout.Observations.CopyTo(observations.AsSpan(start));
            start += rollout.Observations.Length;
        }

        return observations;
    }

    private static double[] ActionsOf(Rollout[] rollouts)
    {
        var actions = new double[rollouts.Sum(rollout => rollout.Actions.Length)];
        var start = 0;
        foreach (var rollout in rollouts)
        {
            TensorPrimitives.ConvertChecked<float, double>(rollout.Actions, actions.AsSpan(start));
            start += rollout.Actions.Length;
        }

        return actions;
    }
}
