using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// The check of a graph that passes one of its inputs through as the observation. ML.NET's converter leaves out a transform that it cannot express, and all in
/// front of it, and takes the raw column of the same name: the policy would act on raw values, without an exception.
/// </summary>
internal static class PassThrough
{
    /// <summary>Refuses a graph that passes its observation through, if the model computes it.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="before">The transformers that the graph stands for.</param>
    /// <param name="column">The column that the policy reads.</param>
    /// <exception cref="NotSupportedException">The graph passes an input through, which a transformer of the model computes; the message names both.</exception>
    public static void Refuse(PreprocessingGraph graph, IReadOnlyList<ITransformer> before, string column)
    {
        if (InputOf(graph) is not { } input || Computing(before, column) is not [_, ..] computing)
            return;
        throw new NotSupportedException(
            $"The preprocessing graph passes its input '{input}' through as the observation '{column}', which {string.Join(", ", computing)} of the model computes: ML.NET's converter leaves out a transform that it cannot express, and all in front of it. "
            + $"Use transforms that can be converted, or apply these to the data before they reach the model. If the graph is right as it is, pass {nameof(PolicyChain)}.{nameof(PolicyChain.FromModel)}(model).{nameof(PolicyChain.Policy)} as the model.");
    }

    private static string? InputOf(PreprocessingGraph graph)
    {
        var copies = graph.Model.Graph.Node.Where(node => node.OpType == "Identity" && node.Domain is "" or "ai.onnx")
            .ToDictionary(node => node.Output[0], node => node.Input[0], StringComparer.Ordinal);
        var value = graph.Observation;
        while (copies.TryGetValue(value, out var source))
            value = source;
        return graph.Model.Graph.Input.Any(input => input.Name == value) ? value : null;
    }

    // A copy, and a concatenation of one column, leave the values as they are. Of other transformers that do not name their columns, any may be computed.
    private static List<string> Computing(IReadOnlyList<ITransformer> before, string column)
    {
        var names = new List<string>();
        foreach (var transformer in before.SelectMany(ChainPlan.Parts).Reverse())
        {
            if (transformer is ColumnSelectingTransformer)
                continue;
            var columns = transformer is ColumnConcatenatingTransformer concatenation
                ? MicrosoftMLInternals.ColumnsOf(concatenation)
                : MicrosoftMLInternals.ColumnsOf(transformer)?.Select(pair => ((IReadOnlyList<string>)[pair.Input], pair.Output));
            var isCopy = transformer is ColumnCopyingTransformer or ColumnConcatenatingTransformer;
            if (columns is null)
            {
                names.Add(NameOf(transformer));
                continue;
            }

            var written = columns.Where(pair => pair.Item2 == column).ToList();
            if (written.Count == 0)
                continue;
            if (isCopy && written[^1].Item1 is [var source])
                column = source;
            else
                names.Add(NameOf(transformer));
        }

        names.Reverse();
        return names;
    }

    private static string NameOf(ITransformer transformer) => transformer.GetType().Name.Split('`')[0];
}
