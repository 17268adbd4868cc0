using Microsoft.ML;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Conversion;

/// <summary>The columns of transformers that compute each of their columns from one column.</summary>
internal static class OneToOne
{
    /// <summary>Returns the columns that a transformer writes, each with its input.</summary>
    public static IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) =>
        MicrosoftMLInternals.ColumnsOf(transformer)!.Select(pair => (pair.Output, (IReadOnlyList<string>)[pair.Input]));

    /// <summary>Returns the index of a column among those that the transformer writes, which is the index of its parameters.</summary>
    public static int IndexOf(ConversionStep step) =>
        MicrosoftMLInternals.ColumnsOf(step.Transformer)!.Select(pair => pair.Output).ToList().IndexOf(step.Output);
}
