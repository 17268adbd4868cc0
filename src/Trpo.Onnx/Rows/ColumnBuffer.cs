using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx.Rows;

/// <summary>The values that one column has in a number of rows.</summary>
internal abstract class ColumnBuffer
{
    private static readonly MethodInfo ScalarFactory = Factory(nameof(Scalar));
    private static readonly MethodInfo VectorFactory = Factory(nameof(Vector));

    /// <summary>A buffer for a column of a cursor.</summary>
    public static ColumnBuffer For(DataViewRow source, DataViewSchema.Column column, int capacity)
    {
        var (factory, type) = column.Type is VectorDataViewType vector ? (VectorFactory, vector.ItemType.RawType) : (ScalarFactory, column.Type.RawType);
        return (ColumnBuffer)factory.MakeGenericMethod(type).Invoke(null, [source, column, capacity])!;
    }

    /// <summary>Copies the value of the source's current row to a place.</summary>
    public abstract void Store(int place);

    /// <summary>A getter of the value at the place that is current when it is called.</summary>
    public abstract Delegate Getter(Func<int> current);

    private static MethodInfo Factory(string name) => typeof(ColumnBuffer).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static ScalarBuffer<T> Scalar<T>(DataViewRow source, DataViewSchema.Column column, int capacity) => new(source.GetGetter<T>(column), capacity);

    private static VectorBuffer<T> Vector<T>(DataViewRow source, DataViewSchema.Column column, int capacity) => new(source.GetGetter<VBuffer<T>>(column), capacity);

    private sealed class ScalarBuffer<T>(ValueGetter<T> getter, int capacity) : ColumnBuffer
    {
        private readonly T[] _values = new T[capacity];

        // An object that was handed on belongs to whoever has it: a source that writes into what it is given must not be given it again.
        public override void Store(int place)
        {
            if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
                _values[place] = default!;
            getter(ref _values[place]);
        }

        public override Delegate Getter(Func<int> current) => (ValueGetter<T>)((ref T value) => value = _values[current()]);
    }

    private sealed class VectorBuffer<T>(ValueGetter<VBuffer<T>> getter, int capacity) : ColumnBuffer
    {
        private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];

        public override void Store(int place) => getter(ref _values[place]);

        public override Delegate Getter(Func<int> current) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[current()].CopyTo(ref value));
    }
}
