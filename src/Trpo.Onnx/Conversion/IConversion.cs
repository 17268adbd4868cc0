using Microsoft.ML;

namespace Trpo.Onnx.Conversion;

/// <summary>How transformers of one kind are expressed in a graph.</summary>
internal interface IConversion
{
    /// <summary>Whether an output is always as long as its input, and of the same type.</summary>
    bool KeepsType { get; }

    /// <summary>The columns that a transformer writes, each with those that it is computed from.</summary>
    IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer);

    /// <summary>Expresses one of the columns that the transformer writes.</summary>
    /// <exception cref="NotSupportedException">It cannot be expressed.</exception>
    ChainColumn Convert(ConversionStep step);
}
