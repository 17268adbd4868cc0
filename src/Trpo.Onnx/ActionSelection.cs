namespace Trpo.Onnx;

/// <summary>How a policy's action is chosen from the distribution that it gives for an observation.</summary>
public sealed record ActionSelection
{
    private ActionSelection(bool isSampled, int? seed)
    {
        IsSampled = isSampled;
        Seed = seed;
    }

    /// <summary>The deterministic action: the most probable choice, of each dimension or switch where there are several, or the mean.</summary>
    public static ActionSelection Mode { get; } = new(isSampled: false, seed: null);

    /// <summary>Whether actions are drawn at random, with the probabilities that the policy gives them.</summary>
    public bool IsSampled { get; }

    /// <summary>Where the randomness starts; null where every view, engine and batch starts somewhere else.</summary>
    public int? Seed { get; }

    /// <summary>
    /// Actions are drawn at random, with the probabilities that the policy gives them: for exploration, and for logs that another policy is to learn from.
    /// </summary>
    /// <param name="seed">
    /// With a seed, what is drawn for a row of a data view depends on the seed and the row's id alone, however and by how many the view is read;
    /// what is drawn in a <see cref="PolicyBatch"/> on the number of rows that it ran before; and in a PredictionEngine on how many engines
    /// were made of the transformer, and how many rows it predicted, before. Null, the default, starts somewhere else for every view, engine and batch.
    /// </param>
    public static ActionSelection Sample(int? seed = null) => new(isSampled: true, seed);
}
