using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx.Graph.Conversion;

/// <summary>Whether values are missing: NaN, or the key 0.</summary>
internal sealed class IndicateMissingConversion : IConversion
{
    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step) => step.Source.Item switch
    {
        KeyDataViewType => step.Sparse(step.Graph.Node("Equal", [step.Source.Value, step.Graph.Constant([0L])])),
        var item when ElementTypes.IsReal(item) => step.Sparse(step.Graph.Node("IsNaN", [step.Source.Value])),
        var item => step.Refuse<ChainColumn>($"is of {item}, but only numbers and keys can be missing"),
    };
}
