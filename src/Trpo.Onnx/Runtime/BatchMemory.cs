using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Runtime;

/// <summary>The memory of a number of rows that an engine reads and writes, row-major.</summary>
internal sealed class BatchMemory
{
    /// <param name="metadata">The metadata of the policy.</param>
    /// <param name="hasDeviations">True if the policy outputs standard deviations.</param>
    /// <param name="capacity">The maximum number of rows.</param>
    public BatchMemory(PolicyMetadata metadata, bool hasDeviations, int capacity)
    {
        ObservationLength = metadata.Observations.Length;
        ActionLength = metadata.Actions.Length;
        ScoreLength = metadata.Actions.ScoreLength;
        Observations = new float[checked(capacity * ObservationLength)];
        Scores = new float[checked(capacity * ScoreLength)];
        if (metadata.Actions is not BoxActionSpace)
            Indices = new long[checked(capacity * ActionLength)];
        if (metadata.Actions is not DiscreteActionSpace)
            Actions = new float[checked(capacity * ActionLength)];
        if (hasDeviations)
            LogStandardDeviations = new float[checked(capacity * ActionLength)];
    }

    /// <summary>The length of an observation.</summary>
    public int ObservationLength { get; }

    /// <summary>The length of an action.</summary>
    public int ActionLength { get; }

    /// <summary>The length of a score.</summary>
    public int ScoreLength { get; }

    /// <summary>The observations.</summary>
    public float[] Observations { get; }

    /// <summary>The scores.</summary>
    public float[] Scores { get; }

    /// <summary>The actions as indices; null in a box.</summary>
    public long[]? Indices { get; }

    /// <summary>The actions as vectors; null in a discrete space.</summary>
    public float[]? Actions { get; }

    /// <summary>The logarithms of the standard deviations; null where the policy has none.</summary>
    public float[]? LogStandardDeviations { get; }

    /// <summary>Copies the indices of a number of rows to the vectors, where the space has both.</summary>
    public void CopyIndicesToActions(int rows)
    {
        if (Indices is null || Actions is null)
            return;
        for (var i = 0; i < rows * ActionLength; i++)
            Actions[i] = Indices[i];
    }
}
