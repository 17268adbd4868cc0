using Microsoft.ML;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of IndicateMissingValues: true for a missing value, which is NaN.</summary>
internal sealed class IndicateMissingConversion : IConversion
{
    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step) => ElementTypes.IsReal(step.Source.Item)
        ? step.Sparse(step.Graph.Node("IsNaN", [step.Source.Value]))
        : step.Refuse<ChainColumn>($"tells which values of {step.Source.Item} are missing, but only numbers can be");
}
