using System.Collections.Immutable;
using Trpo.Onnx.Columns;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Runtime;

/// <summary>The memory of a number of rows that an engine reads and writes, row-major.</summary>
internal sealed class BatchMemory
{
    /// <param name="metadata">The metadata of the policy.</param>
    /// <param name="inputs">The inputs of its graph.</param>
    /// <param name="isRowWise">True if the columns of a row lie one behind another.</param>
    /// <param name="hasDeviations">True if the policy outputs standard deviations.</param>
    /// <param name="capacity">The maximum number of rows.</param>
    public BatchMemory(PolicyMetadata metadata, ImmutableArray<GraphInput> inputs, bool isRowWise, bool hasDeviations, int capacity)
    {
        isRowWise |= inputs is [{ IsObservation: true }];
        ObservationLength = isRowWise ? inputs.Sum(input => input.Length) : 0;
        ActionLength = metadata.Actions.Length;
        ScoreLength = metadata.Actions.ScoreLength;
        Observations = new float[checked(capacity * ObservationLength)];
        Rows = new RowMemory(isRowWise ? RowWise(inputs) : inputs.Select(input => ColumnMemory.Create(input, capacity)), capacity);
        Scores = new float[checked(capacity * ScoreLength)];
        if (metadata.Actions is not BoxActionSpace)
            Indices = new long[checked(capacity * ActionLength)];
        if (metadata.Actions is not DiscreteActionSpace)
            Actions = new float[checked(capacity * ActionLength)];
        if (hasDeviations)
            LogStandardDeviations = new float[checked(capacity * ActionLength)];
    }

    /// <summary>The number of values of a row in <see cref="Observations"/>; 0 if each column has memory of its own.</summary>
    public int ObservationLength { get; }

    /// <summary>The length of an action.</summary>
    public int ActionLength { get; }

    /// <summary>The length of a score.</summary>
    public int ScoreLength { get; }

    /// <summary>The raw columns of the rows.</summary>
    public RowMemory Rows { get; }

    /// <summary>The observations, or the columns of each row one behind another.</summary>
    public float[] Observations { get; }

    /// <summary>The scores.</summary>
    public float[] Scores { get; }

    /// <summary>The actions as indices; null in a box.</summary>
    public long[]? Indices { get; }

    /// <summary>The actions as vectors; null in a discrete space.</summary>
    public float[]? Actions { get; }

    /// <summary>The logarithms of the standard deviations; null where the policy has none.</summary>
    public float[]? LogStandardDeviations { get; }

    /// <summary>Returns a row of the observations.</summary>
    public Span<float> Observation(int row) => Observations.AsSpan(row * ObservationLength, ObservationLength);

    /// <summary>Returns a row of the scores.</summary>
    public Span<float> Score(int row) => Scores.AsSpan(row * ScoreLength, ScoreLength);

    /// <summary>Returns a row of the action vectors.</summary>
    public Span<float> Action(int row) => Actions.AsSpan(row * ActionLength, ActionLength);

    /// <summary>Returns a row of the standard deviations' logarithms; empty where the policy has none.</summary>
    public ReadOnlySpan<float> LogStandardDeviation(int row) => LogStandardDeviations is null ? [] : LogStandardDeviations.AsSpan(row * ActionLength, ActionLength);

    /// <summary>Makes the action of a row missing if its observation or its score has a NaN: the network and the argmax compute some action from it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="marksMissing">True if the score alone decides.</param>
    /// <returns>True if the action is missing.</returns>
    public bool SetMissing(int row, bool marksMissing)
    {
        if ((marksMissing || !MissingValues.Any(Observation(row))) && !MissingValues.Any(Score(row)))
            return false;
        Score(row).Fill(float.NaN);
        if (Actions is not null)
            Action(row).Fill(float.NaN);
        else
            Indices![row] = -1;
        return true;
    }

    /// <summary>Copies the indices of a number of rows to the vectors, where the space has both.</summary>
    public void CopyIndicesToActions(int rows)
    {
        if (Indices is null || Actions is null)
            return;
        for (var i = 0; i < rows * ActionLength; i++)
            Actions[i] = Indices[i];
    }

    private List<ColumnMemory> RowWise(ImmutableArray<GraphInput> inputs)
    {
        var columns = new List<ColumnMemory>();
        var offset = 0;
        foreach (var input in inputs)
        {
            columns.Add(new ColumnMemory<float>(input, Observations, ObservationLength, offset));
            offset += input.Length;
        }

        return columns;
    }
}
