using Microsoft.ML;

namespace Trpo.Onnx.Rows;

internal static class GetterExtensions
{
    /// <summary>The getter with the type that the caller asked for.</summary>
    /// <exception cref="InvalidOperationException">The column's values have another type.</exception>
    public static ValueGetter<TValue> As<TValue>(this Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Invalid TValue in GetGetter for column '{column.Name}': '{typeof(TValue)}' was asked for, but the column is {column.Type}.");
}
