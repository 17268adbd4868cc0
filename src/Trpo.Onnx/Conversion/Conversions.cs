using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversions, by type of transformer.</summary>
internal static class Conversions
{
    private static readonly Dictionary<Type, IConversion> Known = new()
    {
        [typeof(ColumnConcatenatingTransformer)] = new ConcatenateConversion(),
        [typeof(ColumnCopyingTransformer)] = new CopyConversion(),
        [typeof(KeyToBinaryVectorMappingTransformer)] = new KeyToBinaryVectorConversion(),
        [typeof(KeyToVectorMappingTransformer)] = new KeyToVectorConversion(),
        [typeof(LpNormNormalizingTransformer)] = new LpNormConversion(),
        [typeof(MissingValueIndicatorTransformer)] = new IndicateMissingConversion(),
        [typeof(MissingValueReplacingTransformer)] = new ReplaceMissingConversion(),
        [typeof(NormalizingTransformer)] = new NormalizerConversion(),
        [typeof(TypeConvertingTransformer)] = new ConvertTypeConversion(),
        [typeof(ValueToKeyMappingTransformer)] = new ValueToKeyConversion(),
    };

    public static IConversion? For(ITransformer transformer) => Known.GetValueOrDefault(transformer.GetType());
}
