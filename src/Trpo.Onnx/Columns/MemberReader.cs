using System.Buffers;
using System.Reflection;
using Microsoft.ML.Data;

namespace Trpo.Onnx.Columns;

/// <summary>Copies one property or field of a row to the memory of its column.</summary>
/// <typeparam name="TRow">The type of the row.</typeparam>
internal abstract class MemberReader<TRow>
{
    /// <summary>Creates the reader of a member; null if it has a type that no column has.</summary>
    public static MemberReader<TRow>? TryCreate(MemberInfo member) =>
        Of<float>(member) ?? Of<double>(member) ?? Of<bool>(member) ?? Of<string>(member) ?? Of<ReadOnlyMemory<char>>(member)
        ?? Of<int>(member) ?? Of<uint>(member) ?? Of<long>(member) ?? Of<ulong>(member)
        ?? Of<short>(member) ?? Of<ushort>(member) ?? Of<sbyte>(member) ?? Of<byte>(member);

    /// <summary>Returns the type of a property or field.</summary>
    public static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    /// <summary>Copies the member.</summary>
    public abstract void Read(ref TRow row, RowMemory memory, int index, int column);

    private static MemberReader<TRow>? Of<T>(MemberInfo member)
    {
        var type = TypeOf(member);
        if (type == typeof(T))
            return member.IsDefined(typeof(KeyTypeAttribute), inherit: true) ? new Key<T>(Getter<T>(member)) : new Scalar<T>(Getter<T>(member));
        if (type == typeof(T[]))
            return new Values<T>(Getter<T[]?>(member));
        return type == typeof(VBuffer<T>) ? new Buffer<T>(Getter<VBuffer<T>>(member)) : null;
    }

    private delegate T ReferenceGetter<T>(ref TRow row);

    // A delegate reads a property without boxing, and of a struct without copying it; a field has none.
    private static ReferenceGetter<T> Getter<T>(MemberInfo member)
    {
        if (member is FieldInfo field)
            return (ref TRow row) => (T)field.GetValue(row)!;
        var method = ((PropertyInfo)member).GetMethod!;
        if (typeof(TRow).IsValueType)
            return method.CreateDelegate<ReferenceGetter<T>>();
        var get = method.CreateDelegate<Func<TRow, T>>();
        return (ref TRow row) => get(row);
    }

    private sealed class Scalar<T>(ReferenceGetter<T> get) : MemberReader<TRow>
    {
        public override void Read(ref TRow row, RowMemory memory, int index, int column)
        {
            var value = get(ref row);
            memory.Set(index, column, new ReadOnlySpan<T>(in value));
        }
    }

    // ML.NET counts such keys from 0 in objects that it reads, unless they are in a vector; what is above the count is missing.
    private sealed class Key<T>(ReferenceGetter<T> get) : MemberReader<TRow>
    {
        public override void Read(ref TRow row, RowMemory memory, int index, int column)
        {
            if (!KeyValues.TryRead(get(ref row), out var key))
                throw new ArgumentException($"The column '{memory.Columns[column].Input.Column.Name}' of the row is a {typeof(T).Name}, and keys are integers.");
            if (memory.Columns[column].Input.Column is { KeyCount: null } plain)
                throw new ArgumentException($"The column {plain} of this policy is no key: the attribute KeyType does not apply to it.");
            key = key >= 0 && key < memory.Columns[column].Input.Column.KeyCount ? key + 1 : 0;
            memory.Set(index, column, new ReadOnlySpan<long>(in key));
        }
    }

    private sealed class Values<T>(ReferenceGetter<T[]?> get) : MemberReader<TRow>
    {
        public override void Read(ref TRow row, RowMemory memory, int index, int column) =>
            memory.Set(index, column, (ReadOnlySpan<T>)(get(ref row) ?? throw new ArgumentException($"The column '{memory.Columns[column].Input.Column.Name}' of the row is null.")));
    }

    private sealed class Buffer<T>(ReferenceGetter<VBuffer<T>> get) : MemberReader<TRow>
    {
        public override void Read(ref TRow row, RowMemory memory, int index, int column)
        {
            var values = get(ref row);
            var dense = ArrayPool<T>.Shared.Rent(values.Length);
            values.CopyTo(dense);
            memory.Set<T>(index, column, dense.AsSpan(0, values.Length));
            ArrayPool<T>.Shared.Return(dense);
        }
    }
}
