using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Spaces;

namespace Trpo.Onnx.Rows;

/// <summary>The columns of a policy as ML.NET describes columns: what it demands of its input and adds to its output.</summary>
internal static class PolicySchema
{
    /// <summary>The observation column of <paramref name="schema"/>, checked.</summary>
    /// <param name="schema">The schema of the rows to act on.</param>
    /// <param name="name">The name of the observation column.</param>
    /// <param name="length">The length that the policy was trained on, or null before training.</param>
    /// <param name="advice">What to do where the column is missing, or null where nothing is known of that.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or is not a <c>Vector&lt;Single&gt;</c> of known and right length.</exception>
    public static DataViewSchema.Column Observation(DataViewSchema schema, string name, int? length, string? advice = null)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw Missing(name, "inputSchema", advice);
        if (column.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single || (length ?? vector.Size) != vector.Size)
            throw Mismatch(name, Describe(column.Type), length, "inputSchema");
        return column;
    }

    /// <summary>
    /// The input columns and, behind them, the outputs. A discrete action is a key; that of every other space is a
    /// <c>Vector&lt;Single, k&gt;</c>, also where it is made of indices: ML.NET's vectors of keys have one set of values for all slots, which
    /// the dimensions of a multi-discrete space do not have.
    /// </summary>
    public static DataViewSchema Output(DataViewSchema input, PolicyColumns columns, ActionSpace actions)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        AddOutputs(builder, columns, actions);
        return builder.ToSchema();
    }

    /// <summary>The outputs alone.</summary>
    public static DataViewSchema Outputs(PolicyColumns columns, ActionSpace actions)
    {
        var builder = new DataViewSchema.Builder();
        AddOutputs(builder, columns, actions);
        return builder.ToSchema();
    }

    public static ArgumentOutOfRangeException Missing(string name, string parameter, string? advice = null) =>
        new(parameter, $"Could not find feature column '{name}'{(advice is null ? "" : $". {advice}")}");

    public static ArgumentOutOfRangeException Mismatch(string name, string found, int? length, string parameter) =>
        new(parameter, $"Schema mismatch for feature column '{name}': expected {(length is { } size ? $"Vector<Single, {size}>" : "known-size Vector<Single>")}, got {found}");

    // ML.NET's own text of a vector without a size has no size either, which is also that of a vector of any size.
    private static string Describe(DataViewType type) => type is VectorDataViewType { IsKnownSize: false } vector ? $"VarVector<{vector.ItemType}>" : type.ToString()!;

    private static void AddOutputs(DataViewSchema.Builder builder, PolicyColumns columns, ActionSpace actions)
    {
        foreach (var (name, output) in columns.Outputs)
        {
            switch (output)
            {
                case PolicyOutput.Action when actions is DiscreteActionSpace discrete:
                    builder.AddColumn(name, new KeyDataViewType(typeof(uint), (ulong)discrete.Count), Names("KeyValues", discrete.Names));
                    break;
                case PolicyOutput.Action or PolicyOutput.UnclippedAction:
                    builder.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single, actions.Length), Names("SlotNames", actions.Names));
                    break;
                case PolicyOutput.Score:
                    builder.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single, actions.ScoreLength), Names("SlotNames", actions.ScoreNames));
                    break;
                case PolicyOutput.Probability or PolicyOutput.LogProbability:
                    builder.AddColumn(name, NumberDataViewType.Single);
                    break;
                default:
                    throw new InvalidOperationException($"The policy's output {output} has no column.");
            }
        }
    }

    /// <summary>Annotations that name keys or slots, or none where there are no names.</summary>
    public static DataViewSchema.Annotations Names(string kind, ImmutableArray<string> names)
    {
        if (names.IsEmpty)
            return DataViewSchema.Annotations.Empty;
        var text = names.Select(name => name.AsMemory()).ToArray();
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(kind, new VectorDataViewType(TextDataViewType.Instance, text.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => text.AsSpan().CopyTo(Dense(ref value, text.Length)));
        return builder.ToAnnotations();
    }

    /// <summary>The slot names of a column; none where ML.NET leaves some out or repeats them, as Concatenate does.</summary>
    public static ImmutableArray<string> SlotNames(DataViewSchema.Column column)
    {
        if (!column.HasSlotNames())
            return [];
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        ImmutableArray<string> text = [.. names.DenseValues().Select(name => name.ToString())];
        return text.Contains("") || text.Distinct(StringComparer.Ordinal).Count() < text.Length ? [] : text;
    }

    /// <summary>Makes a buffer dense and of the given length, for its values to be written.</summary>
    public static Span<T> Dense<T>(ref VBuffer<T> buffer, int length)
    {
        var editor = VBufferEditor.Create(ref buffer, length);
        buffer = editor.Commit();
        return editor.Values;
    }
}
