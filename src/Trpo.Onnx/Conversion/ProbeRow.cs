using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Rows;

namespace Trpo.Onnx.Conversion;

/// <summary>A row with one number in all slots of all columns of numbers and keys. A transformer's result for it reveals its parameters.</summary>
internal sealed class ProbeRow : DataViewRow
{
    private readonly Dictionary<Type, Delegate> _getters = [];

    private ProbeRow(DataViewSchema schema, int length, double number)
    {
        Schema = schema;
        Add((float)number, length);
        Add(number, length);
        Add((byte)number, length);
        Add((ushort)number, length);
        Add((uint)number, length);
        Add((ulong)number, length);
    }

    public override DataViewSchema Schema { get; }

    public override long Position => 0;

    public override long Batch => 0;

    /// <summary>Applies the transformer of a step to a number in all slots of its source, and returns the slots of the output.</summary>
    public static double[] Run(ConversionStep step, double number)
    {
        var input = new ProbeRow(step.Before, step.Source.Length, number);
        using var output = step.Transformer.GetRowToRowMapper(step.Before).GetRow(input, [step.After[step.Output]]);
        return step.OutputType switch
        {
            VectorDataViewType { ItemType: KeyDataViewType } => [.. Read<VBuffer<uint>>(output, step.Output).DenseValues().Select(key => (double)key)],
            KeyDataViewType => [Read<uint>(output, step.Output)],
            VectorDataViewType vector when vector.ItemType == NumberDataViewType.Double => [.. Read<VBuffer<double>>(output, step.Output).DenseValues()],
            VectorDataViewType => [.. Read<VBuffer<float>>(output, step.Output).DenseValues().Select(value => (double)value)],
            var scalar when scalar == NumberDataViewType.Double => [Read<double>(output, step.Output)],
            _ => [Read<float>(output, step.Output)],
        };
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = default;

    public override bool IsColumnActive(DataViewSchema.Column column) => true;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
        DataViewColumns.CastGetter<TValue>(_getters.GetValueOrDefault(typeof(TValue), (ValueGetter<TValue>)((ref TValue value) => value = default!)), column);

    private static T Read<T>(DataViewRow row, string column)
    {
        T value = default!;
        row.GetGetter<T>(row.Schema[column])(ref value);
        return value;
    }

    private void Add<T>(T number, int length)
    {
        _getters[typeof(T)] = (ValueGetter<T>)((ref T value) => value = number);
        _getters[typeof(VBuffer<T>)] = (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => DataViewColumns.EditDense(ref value, length).Fill(number));
    }
}
