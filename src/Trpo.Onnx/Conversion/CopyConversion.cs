using Microsoft.ML;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of CopyColumns: a column with another name.</summary>
internal sealed class CopyConversion : IConversion
{
    public bool KeepsType => true;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step) => step.Source;
}
