using System.Globalization;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Graph;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of MapValueToKey: the index of a value in the list of those seen in training, from 1; 0 for an unseen value.</summary>
internal sealed class ValueToKeyConversion : IConversion
{
    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        var item = step.Source.Item;
        if (ElementTypes.Of(item) is null)
            return step.Refuse<ChainColumn>($"maps {item} to keys, but only text, numbers, booleans and keys can be mapped");
        if (item is KeyDataViewType)
            return step.Sparse(OfKeys(step));
        var values = KeyValues(step);
        if (values.Count == 0)
            return step.Refuse<ChainColumn>("has no keys");
        if (values.FirstOrDefault(value => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(value)) != value) is { } broken)
            return step.Refuse<ChainColumn>($"has the key value '{broken}', which has half a surrogate pair, which UTF-8, the encoding of ONNX's texts, cannot express");
        return step.Sparse(item switch
        {
            TextDataViewType => step.Graph.LabelEncoder(step.Source.Value, "keys_strings", OnnxAttribute.Strings(values), Indices(values.Count)),
            _ when ElementTypes.IsReal(item) => Compare(step, [.. values.Select(value => double.Parse(value, CultureInfo.InvariantCulture))]),
            _ => step.Graph.LabelEncoder(step.Graph.Cast(step.Source.Value, DataType.Int64), "keys_int64s", values.Select(Integer).ToArray(), Indices(values.Count)),
        });
    }

    // LabelEncoder does not take doubles, and compares floats by their bits.
    private static string Compare(ConversionStep step, double[] values)
    {
        var graph = step.Graph;
        var indices = Indices(values.Length);
        var equal = graph.Node("Equal", [graph.Node("Unsqueeze", [step.Source.Value], ("axes", new[] { 2L })), graph.Constant(values, step.SourceType, values.Length)]);
        var found = graph.Node("Mul", [graph.Cast(equal, DataType.Int64), graph.Constant(indices, indices.Length)]);
        return graph.Node("ReduceSum", [found], ("axes", new[] { 2L }), ("keepdims", 0));
    }

    // The new keys are annotated with the values of the old ones, which need not have any: the transformer is applied to each key instead.
    private static string OfKeys(ConversionStep step)
    {
        var keys = Indices(Keys.CountOf(step));
        long[] results = [.. keys.Select(key => (long)ProbeRow.Run(step, key)[0])];
        return step.Graph.LabelEncoder(step.Source.Value, "keys_int64s", keys, results);
    }

    private static long[] Indices(int count) => [.. Enumerable.Range(1, count)];

    private static long Integer(string value) =>
        bool.TryParse(value, out var flag) ? (flag ? 1 : 0)
        : ulong.TryParse(value, CultureInfo.InvariantCulture, out var large) ? unchecked((long)large)
        : long.Parse(value, CultureInfo.InvariantCulture);

    // As text, whatever type they have, because ML.NET can store them as text.
    private static List<string> KeyValues(ConversionStep step)
    {
        var column = step.After[step.Output];
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type is not VectorDataViewType { ItemType: var item })
            return step.Refuse<List<string>>("has no annotation with the value of each key");
        return item.RawType switch
        {
            var type when type == typeof(float) => Read<float>(column, value => value.ToString("R", CultureInfo.InvariantCulture)),
            var type when type == typeof(double) => Read<double>(column, value => value.ToString("R", CultureInfo.InvariantCulture)),
            var type when type == typeof(ReadOnlyMemory<char>) => Read<ReadOnlyMemory<char>>(column, value => value.ToString()),
            var type when type == typeof(bool) => Read<bool>(column, value => value.ToString()),
            var type when type == typeof(sbyte) => Read<sbyte>(column, Text),
            var type when type == typeof(byte) => Read<byte>(column, Text),
            var type when type == typeof(short) => Read<short>(column, Text),
            var type when type == typeof(ushort) => Read<ushort>(column, Text),
            var type when type == typeof(int) => Read<int>(column, Text),
            var type when type == typeof(uint) => Read<uint>(column, Text),
            var type when type == typeof(long) => Read<long>(column, Text),
            var type when type == typeof(ulong) => Read<ulong>(column, Text),
            _ => step.Refuse<List<string>>($"has keys for values of {item}"),
        };
    }

    private static string Text<T>(T value) where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static List<string> Read<T>(DataViewSchema.Column column, Func<T, string> text)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(text)];
    }
}
