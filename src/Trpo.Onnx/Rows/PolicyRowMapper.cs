using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Rows;

/// <summary>A policy bound to an input schema. The output schema is the input's, followed by the policy's outputs.</summary>
internal sealed class PolicyRowMapper : IRowToRowMapper
{
    private readonly RowPolicy _policy;

    public PolicyRowMapper(RowPolicy policy, DataViewSchema input)
    {
        _policy = policy;
        InputSchema = input;
        Observation = PolicySchema.FindObservation(input, policy.ObservationColumn, policy.ObservationLength);
        OutputSchema = PolicySchema.Append(input, policy.Outputs, policy.Actions);
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    /// <summary>The input column that the policy reads.</summary>
    public DataViewSchema.Column Observation { get; }

    /// <summary>Reads the observation of the current row of a source.</summary>
    /// <param name="getter">The source's getter of the column.</param>
    /// <param name="buffer">Memory of the getter.</param>
    /// <param name="observation">Receives the values, <c>[d]</c>.</param>
    /// <param name="position">The position of the row, for messages.</param>
    /// <exception cref="InvalidDataException">The vector has another length than its column declares.</exception>
    /// <exception cref="InvalidOperationException">A transform in front of the policy failed.</exception>
    public void Read(ValueGetter<VBuffer<float>> getter, ref VBuffer<float> buffer, Span<float> observation, long position)
    {
        try
        {
            getter(ref buffer);
        }
        catch (InvalidOperationException exception) when (IsBare(exception) && _policy.InputColumns.Count > 0)
        {
            throw Failed($"column '{Observation.Name}' of the row at position {position}", exception);
        }

        DataViewColumns.CopyChecked(in buffer, observation, Observation.Name, position);
    }

    /// <summary>Returns the exception to throw in place of one that a source of rows threw: one that names the columns, if they are others than those that the policy was trained on.</summary>
    /// <param name="exception">The exception.</param>
    public Exception Explain(Exception exception) =>
        exception is InvalidOperationException && IsBare(exception) && PresentColumns() is { Count: > 0 } present && !present.All(_policy.InputColumns.Contains) ? Failed("a row", exception) : exception;

    /// <summary>Creates the memory for the rows of a cursor.</summary>
    public IPolicyBatch CreateBatch(int capacity) => _policy.CreateBatch(capacity);

    /// <summary>True if the policy computes a column of the output schema.</summary>
    public bool IsComputed(DataViewSchema.Column column) => column.Index >= InputSchema.Count;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var depending = dependingColumns.ToList();
        var needed = PassedThrough(depending);
        return depending.Any(IsComputed) ? needed.Append(Observation).DistinctBy(column => column.Index) : needed;
    }

    /// <summary>Returns the input columns of those columns of the output schema that are passed through.</summary>
    public IEnumerable<DataViewSchema.Column> PassedThrough(IEnumerable<DataViewSchema.Column> output) =>
        output.Where(column => !IsComputed(column)).Select(column => InputSchema[column.Index]).DistinctBy(column => column.Index);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(activeColumns);
        if (!ReferenceEquals(input.Schema, InputSchema))
            throw new ArgumentException("The row's schema is not the one that this mapper was created for.", nameof(input));
        return new PolicyRow(this, _policy.NextEngine(), input, activeColumns);
    }

    /// <summary>Returns a getter of one of the policy's outputs.</summary>
    /// <param name="column">A computed column of the output schema.</param>
    /// <param name="batch">The memory of the policy's results.</param>
    /// <param name="locate">Computes the current row's results if necessary and returns its index in the batch.</param>
    public Delegate ComputedGetter(DataViewSchema.Column column, IPolicyBatch batch, Func<int> locate) => _policy.Outputs[column.Index - InputSchema.Count].Output switch
    {
        PolicyOutput.Action when batch.IsDiscrete => (ValueGetter<uint>)((ref uint key) => key = (uint)(batch.Choice(locate()) + 1)),
        PolicyOutput.Action => VectorGetter(() => batch.Action(locate())),
        PolicyOutput.Score => VectorGetter(() => batch.Score(locate())),
        PolicyOutput.UnclippedAction => VectorGetter(() => batch.UnclippedAction(locate())),
        PolicyOutput.Probability => (ValueGetter<float>)((ref float value) => value = (float)Math.Exp(batch.LogProbability(locate()))),
        PolicyOutput.LogProbability => (ValueGetter<float>)((ref float value) => value = (float)batch.LogProbability(locate())),
        var output => throw new InvalidOperationException($"The policy's output {output} has no values."),
    };

    private const string Explanation = "The transforms in front of the policy failed to compute";

    private delegate ReadOnlySpan<float> SpanSource();

    private static ValueGetter<VBuffer<float>> VectorGetter(SpanSource source) => (ref VBuffer<float> value) =>
    {
        var values = source();
        values.CopyTo(DataViewColumns.EditDense(ref value, values.Length));
    };

    // ML.NET's normalizers do not compare their length with that of the data before they fail, and then do not name it. Derived exceptions have a meaning of their own.
    // One that has been explained is not explained again.
    private static bool IsBare(Exception exception) => exception.GetType() == typeof(InvalidOperationException) && !exception.Message.StartsWith(Explanation, StringComparison.Ordinal);

    private InvalidOperationException Failed(string what, Exception exception)
    {
        var present = PresentColumns();
        return new InvalidOperationException(
            $"{Explanation} {what}: {exception.Message} The policy was trained on {string.Join(", ", _policy.InputColumns)}; the data have {(present.Count == 0 ? "none of these" : string.Join(", ", present))}. Each vector must have the length that its column declares.",
            exception);
    }

    // Returns the raw columns that the policy was trained on as the data declare them. A transform hides a raw column if its output has the same name, so the first column of a name is the raw one.
    private List<PolicyInputColumn> PresentColumns() =>
        [.. _policy.InputColumns.Select(trained => InputSchema.Where(column => column.Name == trained.Name).Select(PolicySchema.GetInputColumn).FirstOrDefault()).OfType<PolicyInputColumn>()];
}
