using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Spaces;

namespace Trpo.Onnx;

/// <summary>A policy bound to an input schema. The output schema is the input's with the action and the score behind it.</summary>
internal sealed class PolicyRowMapper : IRowToRowMapper
{
    private readonly PolicySession _session;

    public PolicyRowMapper(PolicySession session, PolicyColumns columns, DataViewSchema input)
    {
        _session = session;
        InputSchema = input;
        Observation = PolicySchema.Observation(input, columns.Observation, session.Metadata.Observations.Length);
        OutputSchema = PolicySchema.Output(input, columns, session.Metadata.Actions);
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    /// <summary>The input column that the policy reads.</summary>
    public DataViewSchema.Column Observation { get; }

    public PolicyBatch CreateBatch(int capacity) => _session.CreateBatch(capacity);

    /// <summary>Whether a column of the output schema is one that the policy computes.</summary>
    public bool IsComputed(DataViewSchema.Column column) => column.Index >= InputSchema.Count;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var depending = dependingColumns.ToList();
        var needed = PassedThrough(depending);
        return depending.Any(IsComputed) ? needed.Append(Observation).DistinctBy(column => column.Index) : needed;
    }

    /// <summary>The input columns behind those columns of the output schema that the policy only passes on.</summary>
    public IEnumerable<DataViewSchema.Column> PassedThrough(IEnumerable<DataViewSchema.Column> output) =>
        output.Where(column => !IsComputed(column)).Select(column => InputSchema[column.Index]).DistinctBy(column => column.Index);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        if (!ReferenceEquals(input.Schema, InputSchema))
            throw new ArgumentException("The row has another schema than the one that this mapper was made for.", nameof(input));
        return new PolicyRow(this, input, activeColumns);
    }

    /// <summary>A getter of the action or of the score.</summary>
    /// <param name="column">One of the two computed columns of the output schema.</param>
    /// <param name="batch">Where the policy's results are.</param>
    /// <param name="locate">Makes the current row's results available and returns its place in the batch.</param>
    public Delegate ComputedGetter(DataViewSchema.Column column, PolicyBatch batch, Func<int> locate)
    {
        if (column.Index == InputSchema.Count + 1)
            return VectorGetter(() => batch.Score(locate()));
        if (_session.Metadata.Actions is DiscreteActionSpace)
            return (ValueGetter<uint>)((ref uint key) => key = (uint)(batch.Choice(locate()) + 1));
        return VectorGetter(() => batch.Action(locate()));
    }

    private delegate ReadOnlySpan<float> SpanSource();

    private static ValueGetter<VBuffer<float>> VectorGetter(SpanSource source) => (ref VBuffer<float> value) =>
    {
        var values = source();
        values.CopyTo(PolicySchema.Dense(ref value, values.Length));
    };
}
