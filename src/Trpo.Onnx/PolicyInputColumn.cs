using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx;

/// <summary>A raw column of the data that a policy was trained on, before any transform.</summary>
/// <param name="Name">The name of the column.</param>
/// <param name="Type">The type of its values.</param>
/// <param name="Length">The length of its vectors, at least 1; null where it is a scalar.</param>
/// <param name="KeyCount">The number of different keys, at least 1; null where the values are no keys.</param>
public sealed record PolicyInputColumn(string Name, PolicyInputType Type, int? Length = null, int? KeyCount = null)
{
    private static readonly Dictionary<PolicyInputType, PrimitiveDataViewType> Items = new()
    {
        [PolicyInputType.Single] = NumberDataViewType.Single,
        [PolicyInputType.Double] = NumberDataViewType.Double,
        [PolicyInputType.Text] = TextDataViewType.Instance,
        [PolicyInputType.Boolean] = BooleanDataViewType.Instance,
        [PolicyInputType.SByte] = NumberDataViewType.SByte,
        [PolicyInputType.Byte] = NumberDataViewType.Byte,
        [PolicyInputType.Int16] = NumberDataViewType.Int16,
        [PolicyInputType.UInt16] = NumberDataViewType.UInt16,
        [PolicyInputType.Int32] = NumberDataViewType.Int32,
        [PolicyInputType.UInt32] = NumberDataViewType.UInt32,
        [PolicyInputType.Int64] = NumberDataViewType.Int64,
        [PolicyInputType.UInt64] = NumberDataViewType.UInt64,
    };

    /// <summary>The visible columns of a schema, without those of types that are not listed here and of vectors of no known size.</summary>
    internal static IEnumerable<PolicyInputColumn> Of(DataViewSchema schema) =>
        schema.Where(column => !column.IsHidden).Select(Of).OfType<PolicyInputColumn>();

    internal static PolicyInputColumn? Of(DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType { IsKnownSize: false })
            return null;
        var vector = column.Type as VectorDataViewType;
        var item = vector?.ItemType ?? column.Type;
        if (item is KeyDataViewType key)
            return key.Count is > 0 and <= int.MaxValue ? new PolicyInputColumn(column.Name, PolicyInputType.Key, vector?.Size, (int)key.Count) : null;
        return Items.Where(pair => pair.Value.Equals(item)).Select(pair => new PolicyInputColumn(column.Name, pair.Key, vector?.Size)).FirstOrDefault();
    }

    /// <summary>A schema of such columns.</summary>
    internal static DataViewSchema Schema(IEnumerable<PolicyInputColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
        {
            var item = column.KeyCount is { } count ? new KeyDataViewType(typeof(uint), count) : Items[column.Type];
            builder.AddColumn(column.Name, column.Length is { } length ? new VectorDataViewType(item, length) : item);
        }

        return builder.ToSchema();
    }

    /// <exception cref="ArgumentException">A part of the description is wrong; the message says which.</exception>
    internal void Check()
    {
        if (string.IsNullOrEmpty(Name))
            throw new ArgumentException("An input column has no name.");
        if (!Enum.IsDefined(Type))
            throw new ArgumentException($"The input column '{Name}' has no known type.");
        if (Length < 1)
            throw new ArgumentException($"The input column '{Name}' has the length {Length}: it must be at least 1.");
        if (KeyCount is < 1 || (KeyCount is null) == (Type == PolicyInputType.Key))
            throw new ArgumentException($"The input column '{Name}' is of {Type}, with a count of keys of {KeyCount?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"}: keys have a count of at least 1, and other values none.");
    }
}
