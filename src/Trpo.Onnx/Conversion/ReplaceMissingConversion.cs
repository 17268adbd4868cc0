using Microsoft.ML;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of ReplaceMissingValues: a constant per slot instead of NaN. The constants are the transformer's results for a row of NaN.</summary>
internal sealed class ReplaceMissingConversion : IConversion
{
    public bool KeepsType => true;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        if (!ElementTypes.IsReal(step.Source.Item))
            return step.Refuse<ChainColumn>($"is of {step.Source.Item}, but only missing numbers can be replaced");
        var replacements = ProbeRow.Run(step, double.NaN);
        var constant = step.Graph.Constant(replacements, step.SourceType, replacements.Length);
        return step.LikeSource(step.Graph.Node("Where", [step.Graph.Node("IsNaN", [step.Source.Value]), constant, step.Source.Value]));
    }
}
