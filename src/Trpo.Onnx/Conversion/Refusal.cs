using Microsoft.ML;

namespace Trpo.Onnx.Conversion;

/// <summary>The exception for a transform that cannot be expressed.</summary>
internal static class Refusal
{
    /// <summary>Creates the exception.</summary>
    public static NotSupportedException Of(ITransformer transformer, string column, string why) => new(
        $"{transformer.GetType().Name}, in front of the policy, cannot be expressed in ONNX: its column '{column}' {why}. Export the policy alone with PolicyTransformer.SaveOnnx, and feed it transformed observations.");
}
