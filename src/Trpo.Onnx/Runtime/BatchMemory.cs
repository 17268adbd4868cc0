using System.Collections.Immutable;
using Trpo.Onnx.Columns;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Runtime;

/// <summary>The memory of a number of rows that an engine reads and writes, row-major.</summary>
internal sealed class BatchMemory
{
    private readonly ImmutableArray<int> _choices;

    /// <param name="metadata">The metadata of the policy.</param>
    /// <param name="inputs">The inputs of its graph.</param>
    /// <param name="isRowWise">True if the columns of a row lie one behind another.</param>
    /// <param name="hasDeviations">True if the policy outputs standard deviations.</param>
    /// <param name="capacity">The maximum number of rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is less than 1, or the values of all rows are more than an array has.</exception>
    public BatchMemory(PolicyMetadata metadata, ImmutableArray<GraphInput> inputs, bool isRowWise, bool hasDeviations, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var longest = Math.Max(inputs.Sum(input => (long)input.Length), metadata.Actions.ScoreLength);
        if (capacity > Array.MaxLength / longest)
            throw new ArgumentOutOfRangeException(nameof(capacity), capacity, $"A row has {longest} values, so that {Array.MaxLength / longest} rows are the maximum.");
        isRowWise |= inputs is [{ IsObservation: true }];
        ObservationLength = isRowWise ? inputs.Sum(input => input.Length) : 0;
        _choices = metadata.Actions.ChoiceCounts;
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

    /// <summary>True if an action may be missing: a number of the first rows or of their scores is NaN.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="marksMissing">True if the scores alone decide.</param>
    public bool MayBeMissing(int rows, bool marksMissing)
    {
        if (MissingValues.Any(Scores.AsSpan(0, rows * ScoreLength)))
            return true;
        if (marksMissing)
            return false;
        return ObservationLength == 0 || MissingValues.Any(Observations.AsSpan(0, rows * ObservationLength));
    }

    /// <summary>Throws if a graph computed a choice that does not exist.</summary>
    /// <exception cref="InvalidDataException">A choice does not exist.</exception>
    public void CheckIndices(int rows)
    {
        if (Indices is null)
            return;
        for (var i = 0; i < rows * ActionLength; i++)
        {
            // -1 is a missing choice.
            var count = _choices.IsEmpty ? 2 : _choices[i % ActionLength];
            if (Indices[i] < -1 || Indices[i] >= count)
                throw new InvalidDataException($"The policy's graph computed the choice {Indices[i]} of {count}.");
        }
    }

    /// <summary>Makes the action of a row missing if its observation or its score has a NaN: the network and the argmax compute some action from it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="marksMissing">True if the score alone decides.</param>
    /// <returns>True if the action is missing.</returns>
    public bool SetMissing(int row, bool marksMissing)
    {
        if ((marksMissing || !Rows.HasNaN(row)) && !MissingValues.Any(Score(row)))
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
