using Microsoft.ML;
using Trpo.Onnx;

namespace Trpo.Cli.Runs;

/// <summary>The columns that a model reads.</summary>
internal static class ModelColumns
{
    /// <summary>Returns the name of the column of observations: the raw column that the policy was trained on, if there was only one; otherwise the column that the policy itself reads.</summary>
    public static string Observation(ITransformer model)
    {
        var policy = PolicyChain.FromModel(model).Policy;
        return policy.Metadata.InputColumns is [var only] ? only.Name : policy.Columns.Observation;
    }
}
