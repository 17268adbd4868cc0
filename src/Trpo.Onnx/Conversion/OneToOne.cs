using Microsoft.ML;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Conversion;

/// <summary>The columns of transformers that compute each of their columns from one other.</summary>
internal static class OneToOne
{
    public static IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) =>
        MicrosoftMLInternals.ColumnsOf(transformer)!.Select(pair => (pair.Output, (IReadOnlyList<string>)[pair.Input]));

    /// <summary>The place of a column among those that the transformer writes, which is that of its parameters.</summary>
    public static int PlaceOf(ConversionStep step) =>
        MicrosoftMLInternals.ColumnsOf(step.Transformer)!.Select(pair => pair.Output).ToList().IndexOf(step.Output);
}
