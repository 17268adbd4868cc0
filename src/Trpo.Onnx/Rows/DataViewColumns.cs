using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Rows;

/// <summary>Helpers for code that implements <see cref="IDataView"/>: names of slots and keys, dense vectors, typed getters.</summary>
public static class DataViewColumns
{
    /// <summary>Returns the view that a transform of ML.NET's, or a policy, reads; null for every other view.</summary>
    /// <param name="view">The view.</param>
    public static IDataView? GetSource(IDataView view) => view is PolicyDataView policy ? policy.Source : MicrosoftMLInternals.SourceOf(view);

    /// <summary>Returns the transformer that a view of ML.NET's applies to each row of its source; null for every other view.</summary>
    /// <param name="view">The view.</param>
    /// <returns>The transformer itself; for a selection of columns, one that selects the same visible columns.</returns>
    public static ITransformer? GetTransformer(IDataView view)
    {
        ArgumentNullException.ThrowIfNull(view);

        // The view of a selection keeps its transformer to itself, but is defined by its schema.
        if (view.GetType().DeclaringType == typeof(ColumnSelectingTransformer) && MicrosoftMLInternals.SourceOf(view) is { } source)
            return new MLContext().Transforms.SelectColumns([.. view.Schema.Where(column => !column.IsHidden).Select(column => column.Name)]).Fit(source);
        return MicrosoftMLInternals.TransformerOf(view);
    }

    /// <summary>Creates the annotations that name the keys or the slots of a column.</summary>
    /// <param name="kind">The kind of annotation, "KeyValues" or "SlotNames".</param>
    /// <param name="names">The names in their order; empty for no annotations.</param>
    public static DataViewSchema.Annotations CreateNames(string kind, ImmutableArray<string> names)
    {
        if (names.IsEmpty)
            return DataViewSchema.Annotations.Empty;
        var text = names.Select(name => name.AsMemory()).ToArray();
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(kind, new VectorDataViewType(TextDataViewType.Instance, text.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => text.AsSpan().CopyTo(EditDense(ref value, text.Length)));
        return builder.ToAnnotations();
    }

    /// <summary>Returns the slot names of a column; empty if some slots have no name or share one, as after <c>Concatenate</c>.</summary>
    /// <param name="column">The column.</param>
    public static ImmutableArray<string> GetSlotNames(DataViewSchema.Column column)
    {
        if (!column.HasSlotNames())
            return [];
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        ImmutableArray<string> text = [.. names.DenseValues().Select(name => name.ToString())];
        return text.Contains("") || text.Distinct(StringComparer.Ordinal).Count() < text.Length ? [] : text;
    }

    /// <summary>Makes a buffer dense and returns its values, to be written.</summary>
    /// <param name="buffer">The buffer; its memory is used again where it is large enough.</param>
    /// <param name="length">The length that the buffer gets.</param>
    public static Span<T> EditDense<T>(ref VBuffer<T> buffer, int length)
    {
        var editor = VBufferEditor.Create(ref buffer, length);
        buffer = editor.Commit();
        return editor.Values;
    }

    /// <summary>Returns a getter with the type of values that the caller asks for.</summary>
    /// <param name="getter">A getter of the column's own type.</param>
    /// <param name="column">The column, for the message.</param>
    /// <exception cref="InvalidOperationException">The column's values have another type than <typeparamref name="TValue"/>.</exception>
    public static ValueGetter<TValue> CastGetter<TValue>(Delegate getter, DataViewSchema.Column column) =>
        getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"Invalid TValue in GetGetter for column '{column.Name}': '{typeof(TValue)}' was asked for, but the column is {column.Type}.");

    /// <summary>Copies a vector, and checks its length, which ML.NET does not: a row may have another length than its column declares.</summary>
    /// <param name="buffer">The vector.</param>
    /// <param name="destination">Receives the values; as long as the column declares.</param>
    /// <param name="column">The name of the column, for the message.</param>
    /// <param name="position">The position of the row, for the message.</param>
    /// <exception cref="InvalidDataException">The vector has another length.</exception>
    public static void CopyChecked(in VBuffer<float> buffer, Span<float> destination, string column, long position)
    {
        if (buffer.Length != destination.Length)
            throw new InvalidDataException($"Column '{column}' has {buffer.Length} values in the row at position {position}, but its type says Vector<Single, {destination.Length}>.");
        buffer.CopyTo(destination);
    }
}
