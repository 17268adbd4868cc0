using Microsoft.ML;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of one type of transformer to nodes of a graph.</summary>
internal interface IConversion
{
    /// <summary>True if an output always has the length and the type of its input.</summary>
    bool KeepsType { get; }

    /// <summary>Returns the columns that a transformer writes, each with its inputs.</summary>
    IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer);

    /// <summary>Converts one of the columns that the transformer writes.</summary>
    /// <exception cref="NotSupportedException">The column cannot be expressed in ONNX.</exception>
    ChainColumn Convert(ConversionStep step);
}
