using Microsoft.ML;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Conversion;

/// <summary>The transformers of a chain that the policy's column depends on, found backwards by the names of the columns.</summary>
internal sealed class ChainPlan
{
    private ChainPlan(IReadOnlyList<ChainStage> all, IReadOnlyList<string> rawColumns)
    {
        All = all;
        Stages = [.. all.Where(stage => stage.Columns.Count > 0)];
        RawColumns = rawColumns;
    }

    /// <summary>All transformers, in the order in which they are applied.</summary>
    public IReadOnlyList<ChainStage> All { get; }

    /// <summary>The transformers that the policy depends on, in the order in which they are applied.</summary>
    public IReadOnlyList<ChainStage> Stages { get; }

    /// <summary>The columns that the chain reads from outside, in the order of their names.</summary>
    public IReadOnlyList<string> RawColumns { get; }

    /// <summary>True if the policy's column is computed from one raw column of its own type and length.</summary>
    public bool KeepsType => RawColumns.Count == 1 && Stages.All(stage => stage.Conversion is { KeepsType: true });

    /// <summary>True if a transformer that cannot be expressed may write the column, so that it may not be a raw one.</summary>
    public bool MayBeWritten(string rawColumn) => Stages.Any(stage => stage.Conversion is null && stage.Columns.Contains(rawColumn));

    /// <summary>Plans the conversion of a chain.</summary>
    /// <param name="before">The transformers in front of the policy.</param>
    /// <param name="column">The column that the policy reads.</param>
    /// <exception cref="NotSupportedException">The column depends on a transformer that cannot be expressed.</exception>
    public static ChainPlan Of(IEnumerable<ITransformer> before, string column)
    {
        var needed = new SortedSet<string>(StringComparer.Ordinal) { column };
        var stages = new List<ChainStage>();
        foreach (var transformer in before.SelectMany(Parts).Reverse())
        {
            if (transformer is ColumnSelectingTransformer selection)
            {
                stages.Add(new ChainStage(transformer, null, []));
                if (needed.FirstOrDefault(name => !MicrosoftMLInternals.Keeps(selection, name)) is { } dropped)
                    throw Refusal.Of(transformer, dropped, "is dropped, but the policy depends on it");
            }
            else if (Conversions.For(transformer) is { } conversion)
            {
                var written = conversion.Columns(transformer).Where(pair => needed.Contains(pair.Output)).ToList();
                stages.Add(new ChainStage(transformer, conversion, [.. written.Select(pair => pair.Output)]));
                needed.ExceptWith(written.Select(pair => pair.Output));
                needed.UnionWith(written.SelectMany(pair => pair.Inputs));
            }
            else if (MicrosoftMLInternals.ColumnsOf(transformer) is not { } pairs)
            {
                // Only the schemas tell which columns it writes, and only a row mapper keeps all other values.
                if (!transformer.IsRowToRowMapper)
                    throw Refusal.Of(transformer, needed.First(), "may be changed, or its rows: the transformer does not map row to row");
                stages.Add(new ChainStage(transformer, null, [.. needed]));
            }
            else if (pairs.Any(pair => needed.Contains(pair.Output)))
            {
                throw Refusal.Of(transformer, pairs.First(pair => needed.Contains(pair.Output)).Output, "is computed in a way that has no conversion");
            }
            else
            {
                stages.Add(new ChainStage(transformer, null, []));
            }
        }

        stages.Reverse();
        return new ChainPlan(stages, [.. needed]);
    }

    /// <summary>Returns the transformers that one consists of: a one-hot encoding of several, any other of itself.</summary>
    public static IEnumerable<ITransformer> Parts(ITransformer transformer) =>
        transformer is OneHotEncodingTransformer encoding ? MicrosoftMLInternals.PartsOf(encoding) : [transformer];
}
