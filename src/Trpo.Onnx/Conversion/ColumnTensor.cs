using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Trpo.Onnx.Conversion;

/// <summary>The rows of a raw column, collected as a tensor for an input of a graph.</summary>
internal abstract class ColumnTensor
{
    private readonly int _length;
    private readonly string _column;

    private ColumnTensor(DataViewSchema.Column column)
    {
        _length = (column.Type as VectorDataViewType)?.Size ?? 1;
        _column = column.Name;
    }

    /// <summary>Creates a collector of a column.</summary>
    /// <param name="row">The cursor that has the column.</param>
    /// <param name="column">The column.</param>
    /// <param name="type">The type of the graph's input.</param>
    /// <exception cref="ArgumentException">The column has a type or a length that the input does not take.</exception>
    public static ColumnTensor Of(DataViewRow row, DataViewSchema.Column column, NodeMetadata type)
    {
        var (vector, element) = (column.Type as VectorDataViewType, type.ElementDataType);
        var raw = (vector?.ItemType ?? column.Type).RawType;
        var length = type.Dimensions.Skip(1).Aggregate(1L, (product, size) => size < 0 ? -1 : product * size);
        if (vector is { IsKnownSize: false } || (length >= 0 && length != (vector?.Size ?? 1)) || (raw == typeof(ReadOnlyMemory<char>)) != (element == TensorElementType.String) || (raw == typeof(bool)) != (element == TensorElementType.Bool))
            throw Unsuitable(column, type);
        return raw switch
        {
            _ when raw == typeof(ReadOnlyMemory<char>) => new Texts(row, column),
            _ when raw == typeof(bool) => new Booleans(row, column),
            _ when raw == typeof(float) => new Numbers<float>(row, column, element),
            _ when raw == typeof(double) => new Numbers<double>(row, column, element),
            _ when raw == typeof(sbyte) => new Numbers<sbyte>(row, column, element),
            _ when raw == typeof(byte) => new Numbers<byte>(row, column, element),
            _ when raw == typeof(short) => new Numbers<short>(row, column, element),
            _ when raw == typeof(ushort) => new Numbers<ushort>(row, column, element),
            _ when raw == typeof(int) => new Numbers<int>(row, column, element),
            _ when raw == typeof(uint) => new Numbers<uint>(row, column, element),
            _ when raw == typeof(long) => new Numbers<long>(row, column, element),
            _ when raw == typeof(ulong) => new Numbers<ulong>(row, column, element),
            _ => throw Unsuitable(column, type),
        };
    }

    /// <summary>Adds the value of the cursor's current row.</summary>
    /// <exception cref="InvalidDataException">The vector has another length than its column declares.</exception>
    public abstract void Add();

    /// <summary>Returns the collected rows, <c>[N, length]</c>, to be disposed, and begins anew.</summary>
    public abstract OrtValue Take();

    private static ArgumentException Unsuitable(DataViewSchema.Column column, NodeMetadata type) =>
        RawColumns.Unsuitable($"The column '{column.Name}' of the rows to compare on is {column.Type}, but the graph takes {type.ElementDataType}[{string.Join(", ", type.Dimensions.Select(size => size < 0 ? "N" : $"{size}"))}].", parameter: "compareOn");

    private abstract class Values<T>(DataViewRow row, DataViewSchema.Column column) : ColumnTensor(column)
    {
        private readonly ValueGetter<T>? _scalar = column.Type is VectorDataViewType ? null : row.GetGetter<T>(column);
        private readonly ValueGetter<VBuffer<T>>? _vector = column.Type is VectorDataViewType ? row.GetGetter<VBuffer<T>>(column) : null;
        private readonly List<T> _values = [];
        private VBuffer<T> _buffer;

        public override void Add()
        {
            if (_vector is null)
            {
                T value = default!;
                _scalar!(ref value);
                _values.Add(value);
                return;
            }

            _vector(ref _buffer);
            if (_buffer.Length != _length)
                throw new InvalidDataException($"Column '{_column}' of the rows to compare on has {_buffer.Length} values in a row, but its type says {_length}.");
            _values.AddRange(_buffer.DenseValues());
        }

        public override OrtValue Take()
        {
            var tensor = Create([.. _values], [_values.Count / Math.Max(1, _length), _length]);
            _values.Clear();
            return tensor;
        }

        protected abstract OrtValue Create(T[] values, long[] shape);
    }

    private sealed class Texts(DataViewRow row, DataViewSchema.Column column) : Values<ReadOnlyMemory<char>>(row, column)
    {
        protected override OrtValue Create(ReadOnlyMemory<char>[] values, long[] shape)
        {
            var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, shape);
            for (var i = 0; i < values.Length; i++)
                tensor.StringTensorSetElementAt(values[i].Span, i);
            return tensor;
        }
    }

    private sealed class Booleans(DataViewRow row, DataViewSchema.Column column) : Values<bool>(row, column)
    {
        protected override OrtValue Create(bool[] values, long[] shape) => OrtValue.CreateTensorValueFromMemory(values, shape);
    }

    // Keys are numbers from 1, and 0 where one is missing, in rows and in graphs; the types may differ.
    private sealed class Numbers<T>(DataViewRow row, DataViewSchema.Column column, TensorElementType element) : Values<T>(row, column)
        where T : unmanaged, INumber<T>
    {
        protected override OrtValue Create(T[] values, long[] shape) => element switch
        {
            TensorElementType.Float => As<float>(values, shape),
            TensorElementType.Double => As<double>(values, shape),
            TensorElementType.Int8 => As<sbyte>(values, shape),
            TensorElementType.UInt8 => As<byte>(values, shape),
            TensorElementType.Int16 => As<short>(values, shape),
            TensorElementType.UInt16 => As<ushort>(values, shape),
            TensorElementType.Int32 => As<int>(values, shape),
            TensorElementType.UInt32 => As<uint>(values, shape),
            TensorElementType.Int64 => As<long>(values, shape),
            TensorElementType.UInt64 => As<ulong>(values, shape),
            _ => throw RawColumns.Unsuitable($"The graph takes the column '{_column}' as {element}, which no column of numbers has.", parameter: "compareOn"),
        };

        private static OrtValue As<TElement>(T[] values, long[] shape) where TElement : unmanaged, INumber<TElement> =>
            OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, TElement.CreateTruncating), shape);
    }
}
