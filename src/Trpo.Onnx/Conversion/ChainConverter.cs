using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Rows;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>Converts the stages of a plan in order, from the raw columns to the one that the policy reads.</summary>
internal sealed class ChainConverter
{
    private readonly ChainGraph _graph;
    private readonly Dictionary<string, ChainColumn> _columns = new(StringComparer.Ordinal);
    private readonly List<string> _passed = [];
    private DataViewSchema _schema;

    /// <param name="graph">The graph that nodes and inputs are added to.</param>
    /// <param name="schema">The raw columns.</param>
    public ChainConverter(ChainGraph graph, DataViewSchema schema)
    {
        _graph = graph;
        _schema = schema;
    }

    /// <summary>Adds a graph input for a raw column, if the schema has it.</summary>
    /// <exception cref="NotSupportedException">ONNX has no type for the column.</exception>
    public void AddInput(string column, string name)
    {
        if (_schema.GetColumnOrNull(column)?.Type is not { } type)
            return;
        var item = Item(type, $"The raw column '{column}'");
        var length = (type as VectorDataViewType)?.Size ?? 1;
        var isKey = item is KeyDataViewType;

        // Keys are 32-bit integers in ML.NET, whose own transformer of ONNX models takes no others.
        _graph.Input(name, isKey ? DataType.Uint32 : ElementTypes.Of(item)!.Value, length, $"The column '{column}', {type}{(isKey ? ", from 1; 0 is a missing key" : "")}.");
        _columns[column] = new ChainColumn(isKey ? _graph.Cast(name, DataType.Int64) : name, type, IsDense: true);
    }

    /// <summary>Converts the columns that a transformer writes and the policy depends on.</summary>
    /// <exception cref="NotSupportedException">The transformer cannot be expressed in ONNX.</exception>
    /// <exception cref="ArgumentException">The transformer does not take the raw columns.</exception>
    public void Add(ChainStage stage)
    {
        if (stage.Columns.Count == 0)
        {
            Pass(stage.Transformer);
            return;
        }

        var inputs = stage.Conversion?.Columns(stage.Transformer).Where(pair => stage.Columns.Contains(pair.Output)).ToDictionary(pair => pair.Output, pair => pair.Inputs);
        if (inputs?.Values.SelectMany(names => names).FirstOrDefault(name => !_columns.ContainsKey(name)) is { } missing)
            throw RawColumns.Unsuitable($"{stage.Transformer.GetType().Name}, in front of the policy, reads the column '{missing}', which the raw rows do not have: pass a schema with it as inputSchema.");
        var after = OutputSchema(stage.Transformer);
        if (inputs is null)
            CheckUntouched(stage, after);
        else
            Convert(stage, inputs, after);
        _schema = after;
    }

    /// <summary>Returns the column that the policy reads, checked.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or has a type that the policy does not take.</exception>
    public ChainColumn Observation(string column, int length)
    {
        PolicySchema.FindObservation(_schema, column, length);
        return _columns[column];
    }

    // The policy depends on none of its columns: if they are unknown, at most transformers that do not matter either read them.
    private void Pass(ITransformer transformer)
    {
        try
        {
            _schema = transformer.GetOutputSchema(_schema);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            _passed.Add(transformer.GetType().Name);
        }
    }

    private DataViewSchema OutputSchema(ITransformer transformer)
    {
        try
        {
            return transformer.GetOutputSchema(_schema);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw RawColumns.Unsuitable(
                $"{transformer.GetType().Name}, in front of the policy, does not take the raw columns as far as they are known{(_passed.Count == 0 ? "" : $", and neither did {string.Join(", ", _passed)}")}: {exception.Message} Pass the schema of the rows that the model is used on as inputSchema.", exception);
        }
    }

    private void Convert(ChainStage stage, Dictionary<string, IReadOnlyList<string>> inputs, DataViewSchema after)
    {
        var converted = stage.Columns.ToDictionary(output => output, output =>
        {
            Item(after[output].Type, $"{stage.Transformer.GetType().Name}, in front of the policy, cannot be expressed in ONNX: its column '{output}'");
            return stage.Conversion!.Convert(new ConversionStep(stage.Transformer, _graph, output, [.. inputs[output].Select(input => _columns[input])], _schema, after));
        });
        foreach (var (output, column) in converted)
            _columns[output] = column;
    }

    // A column that is overwritten hides the earlier one of its name, which stays in the schema.
    private void CheckUntouched(ChainStage stage, DataViewSchema after)
    {
        foreach (var name in stage.Columns)
        {
            if (!IsSame(_schema.GetColumnOrNull(name), after.GetColumnOrNull(name)) || Count(after, name) > Count(_schema, name) || IndexOf(after, name) > IndexOf(_schema, name))
                throw Refusal.Of(stage.Transformer, name, "is computed in a way that has no conversion");
        }
    }

    // Some transformers copy the annotations of columns that they pass through.
    private static bool IsSame(DataViewSchema.Column? before, DataViewSchema.Column? after) =>
        Equals(before?.Type, after?.Type) && AnnotationsOf(before).SequenceEqual(AnnotationsOf(after));

    // The number of earlier columns in front of it: some transformers move a column that they overwrite behind all others.
    private int IndexOf(DataViewSchema schema, string name) => schema.GetColumnOrNull(name) is not { } column
        ? 0
        : schema.Take(column.Index).Count(other => !other.IsHidden && _schema.GetColumnOrNull(other.Name) is not null);

    private static IEnumerable<string> AnnotationsOf(DataViewSchema.Column? column) =>
        column?.Annotations.Schema.Select(annotation => $"{annotation.Name} {annotation.Type}").Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();

    private static int Count(DataViewSchema schema, string name) => schema.Count(column => column.Name == name);

    private static DataViewType Item(DataViewType type, string what)
    {
        if (type is VectorDataViewType { IsKnownSize: false })
            throw new NotSupportedException($"{what} is a vector of no known size ({type}), which no graph can take.");
        var item = (type as VectorDataViewType)?.ItemType ?? type;
        return ElementTypes.Of(item) is null ? throw new NotSupportedException($"{what} is {type}, which ONNX has no type for.") : item;
    }
}
