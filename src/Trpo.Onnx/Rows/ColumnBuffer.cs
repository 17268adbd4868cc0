using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx.Rows;

/// <summary>The values of one column in a number of rows.</summary>
internal abstract class ColumnBuffer
{
    private static readonly MethodInfo ScalarFactory = Factory(nameof(Scalar));
    private static readonly MethodInfo VectorFactory = Factory(nameof(Vector));

    /// <summary>Creates a buffer for a column of a cursor.</summary>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "ML.NET's data views make code at run time themselves: a program of native code uses PolicySession, which does not.")]
    public static ColumnBuffer For(DataViewRow source, DataViewSchema.Column column, int capacity)
    {
        var (factory, type) = column.Type is VectorDataViewType vector ? (VectorFactory, vector.ItemType.RawType) : (ScalarFactory, column.Type.RawType);
        return (ColumnBuffer)factory.MakeGenericMethod(type).Invoke(null, [source, column, capacity])!;
    }

    /// <summary>Copies the value of the source's current row.</summary>
    public abstract void Store(int index);

    /// <summary>Returns a getter of the value at the index that <paramref name="current"/> returns when the getter is called.</summary>
    public abstract Delegate Getter(Func<int> current);

    private static MethodInfo Factory(string name) => typeof(ColumnBuffer).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;

    private static ScalarBuffer<T> Scalar<T>(DataViewRow source, DataViewSchema.Column column, int capacity) => new(source.GetGetter<T>(column), capacity);

    private static VectorBuffer<T> Vector<T>(DataViewRow source, DataViewSchema.Column column, int capacity) => new(source.GetGetter<VBuffer<T>>(column), capacity);

    private sealed class ScalarBuffer<T>(ValueGetter<T> getter, int capacity) : ColumnBuffer
    {
        private readonly T[] _values = new T[capacity];

        // An object that was returned belongs to the caller: a source that writes into the object that it is given must not get it again.
        public override void Store(int index)
        {
            if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
                _values[index] = default!;
            getter(ref _values[index]);
        }

        public override Delegate Getter(Func<int> current) => (ValueGetter<T>)((ref T value) => value = _values[current()]);
    }

    private sealed class VectorBuffer<T>(ValueGetter<VBuffer<T>> getter, int capacity) : ColumnBuffer
    {
        private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];

        public override void Store(int index) => getter(ref _values[index]);

        public override Delegate Getter(Func<int> current) => (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => _values[current()].CopyTo(ref value));
    }
}
