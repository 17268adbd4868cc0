using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Tests.Onnx;

/// <summary>Schemas as text: the names that annotations hold, and whole schemas and shapes, to be compared.</summary>
internal static class SchemaText
{
    public static string[] SlotNames(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return Text(names);
    }

    public static string[] KeyValues(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetKeyValues(ref names);
        return Text(names);
    }

    /// <summary>Each column with its place, type, annotations (types and values) and whether another one hides it.</summary>
    public static string[] Describe(DataViewSchema schema) =>
        [.. schema.Select(column => $"{column.Index} {column.Name}: {column.Type}{(column.IsHidden ? " (hidden)" : "")} {string.Join(", ", column.Annotations.Schema.Select(annotation => Describe(column.Annotations, annotation)))}")];

    /// <summary>Each column of a shape with its kind, type and annotations, in the order of the names.</summary>
    public static string[] Describe(SchemaShape shape) => [.. shape.Select(Describe).Order(StringComparer.Ordinal)];

    private static string Describe(SchemaShape.Column column) =>
        $"{column.Name}: {column.Kind} {column.ItemType} key={column.IsKey} [{string.Join(", ", Describe(column.Annotations))}]";

    private static string Describe(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation) =>
        $"{annotation.Name}: {annotation.Type} = {string.Join('|', Values(annotations, annotation))}";

    private static IEnumerable<string> Values(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation) => annotation.Type switch
    {
        VectorDataViewType { ItemType: TextDataViewType } => Text(Value<VBuffer<ReadOnlyMemory<char>>>(annotations, annotation)),
        VectorDataViewType when annotation.Type.RawType == typeof(VBuffer<int>) => Value<VBuffer<int>>(annotations, annotation).DenseValues().Select(value => $"{value}"),
        KeyDataViewType => [$"{Value<uint>(annotations, annotation)}"],
        BooleanDataViewType => [$"{Value<bool>(annotations, annotation)}"],
        TextDataViewType => [$"{Value<ReadOnlyMemory<char>>(annotations, annotation)}"],
        _ => throw new NotSupportedException($"An annotation of type {annotation.Type}."),
    };

    private static T Value<T>(DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        T value = default!;
        annotations.GetValue(annotation.Name, ref value);
        return value;
    }

    private static string[] Text(VBuffer<ReadOnlyMemory<char>> names) => [.. names.DenseValues().Select(name => name.ToString())];
}
