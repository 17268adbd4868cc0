using Microsoft.ML;
using Trpo.Onnx;

namespace Trpo.Cli.Runs;

/// <summary>The column of observations that a model reads.</summary>
internal static class ModelColumns
{
    /// <summary>The raw column that the policy was trained on, where there was one; otherwise what the policy itself reads.</summary>
    public static string Observation(ITransformer model)
    {
        var policy = PolicyChain.FromModel(model).Policy;
        return policy.Metadata.InputColumns is [var only] ? only.Name : policy.Columns.Observation;
    }
}
