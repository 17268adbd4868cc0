using Microsoft.ML;
using Microsoft.ML.Data;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>Numbers and switches of one type as those of another.</summary>
internal sealed class ConvertTypeConversion : IConversion
{
    // The greatest values of the unsigned integers that are narrower than others.
    private static readonly Dictionary<DataType, double> Greatest = new()
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
        return step.LikeSource(Greatest.TryGetValue(type, out var greatest) && IsUnsigned(step.Source.Item)
            ? graph.Cast(ZeroAbove(graph, step.Source.Value, greatest), type)
            : graph.Cast(step.Source.Value, type));
    }

    private static bool IsUnsigned(DataViewType item) => item.RawType == typeof(ushort) || item.RawType == typeof(uint) || item.RawType == typeof(ulong);

    // What does not fit becomes 0 in ML.NET, and something else in ONNX. Doubles tell every value that fits from all that do not.
    private static string ZeroAbove(ChainGraph graph, string value, double greatest)
    {
        var number = graph.Cast(value, DataType.Double);
        var tooLarge = graph.Node("Greater", [number, graph.Constant([greatest], DataType.Double)]);
        return graph.Node("Where", [tooLarge, graph.Constant([0.0], DataType.Double), number]);
    }
}
