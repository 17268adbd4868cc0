using Trpo.Runtime.Sampling;

namespace Trpo.Onnx;

/// <summary>The rule by which an action is chosen from the distribution that a policy computes for an observation.</summary>
public sealed record ActionSelection
{
    private ActionSelection(bool isSampled, int? seed, double floor)
    {
        IsSampled = isSampled;
        Seed = seed;
        Floor = floor;
    }

    /// <summary>Gets the rule for deterministic actions: the most probable choice (of each dimension or switch if there are several), or the mean.</summary>
    public static ActionSelection Mode { get; } = new(isSampled: false, seed: null, floor: 0);

    /// <summary>True if actions are drawn at random, with the policy's probabilities.</summary>
    public bool IsSampled { get; }

    /// <summary>The seed; null for a different one in every view, engine and batch.</summary>
    public int? Seed { get; }

    /// <summary>The share of the uniform distribution over the eligible actions that is mixed into the policy's when actions are drawn, from 0, the default, to 1.</summary>
    public double Floor { get; }

    /// <summary>
    /// Creates the rule for actions that are drawn at random, with the policy's probabilities: for exploration, and for logs that another policy learns
    /// from.
    /// </summary>
    /// <param name="seed">
    /// With a seed, the action of a row in a data view depends on the seed and the row's id only, in whatever order and by however many cursors the view
    /// is read. In a <see cref="PolicyBatch"/> it depends on the seed and the number of rows that ran before. In a PredictionEngine it depends on the
    /// seed, the number of engines created before from the transformer, and the number of rows predicted before. Null, the default, draws a different
    /// seed for every view, engine and batch.
    /// </param>
    /// <param name="floor">
    /// The share of the uniform distribution over the eligible choices of each dimension, from 0 to 1; 0, the default, for the policy's own probabilities, 1 for uniform ones
    /// (<see cref="ExplorationFloor"/>). The columns and members for the probability of an action give that of the mixture; the score stays the policy's own. Only choices and switches have a floor.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="floor"/> is not from 0 to 1.</exception>
    public static ActionSelection Sample(int? seed = null, double floor = 0)
    {
        ExplorationFloor.Check(floor, actions: null);
        return new(isSampled: true, seed, floor);
    }
}
