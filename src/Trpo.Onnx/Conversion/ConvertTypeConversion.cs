using Microsoft.ML;
using Microsoft.ML.Data;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of ConvertType: numbers and booleans of one type to another.</summary>
internal sealed class ConvertTypeConversion : IConversion
{
    // The maxima of the unsigned integers that are narrower than others.
    private static readonly Dictionary<DataType, double> Maxima = new()
    {
        [DataType.Uint8] = byte.MaxValue,
        [DataType.Uint16] = ushort.MaxValue,
        [DataType.Uint32] = uint.MaxValue,
    };

    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        var target = (step.OutputType as VectorDataViewType)?.ItemType ?? step.OutputType;
        if (!ElementTypes.IsNumberOrBoolean(step.Source.Item) || !ElementTypes.IsNumberOrBoolean(target))
            return step.Refuse<ChainColumn>($"is a conversion from {step.Source.Item} to {target}, but only numbers and booleans can be converted");
        var (graph, type) = (step.Graph, ElementTypes.Of(target)!.Value);
        return step.LikeSource(Maxima.TryGetValue(type, out var max) && IsUnsigned(step.Source.Item)
            ? graph.Cast(ZeroAbove(graph, step.Source.Value, max), type)
            : graph.Cast(step.Source.Value, type));
    }

    private static bool IsUnsigned(DataViewType item) => item.RawType == typeof(ushort) || item.RawType == typeof(uint) || item.RawType == typeof(ulong);

    // A value that does not fit becomes 0 in ML.NET, and another value in ONNX. Doubles separate the values that fit from all others.
    private static string ZeroAbove(ChainGraph graph, string value, double max)
    {
        var number = graph.Cast(value, DataType.Double);
        var tooLarge = graph.Node("Greater", [number, graph.Constant([max], DataType.Double)]);
        return graph.Node("Where", [tooLarge, graph.Constant([0.0], DataType.Double), number]);
    }
}
