using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx.Graph.Conversion;

/// <summary>Numbers and switches of one type as those of another.</summary>
internal sealed class ConvertTypeConversion : IConversion
{
    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        var target = (step.OutputType as VectorDataViewType)?.ItemType ?? step.OutputType;
        if (!ElementTypes.IsNumber(step.Source.Item) || !ElementTypes.IsNumber(target))
            return step.Refuse<ChainColumn>($"is a conversion from {step.Source.Item} to {target}, but only numbers and booleans can be converted");
        return step.LikeSource(step.Graph.Cast(step.Source.Value, ElementTypes.Of(target)!.Value));
    }
}
