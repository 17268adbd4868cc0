namespace Trpo.Onnx.Runtime;

/// <summary>The exception for a policy that its owner has disposed.</summary>
internal static class DisposedPolicy
{
    /// <summary>Creates the exception.</summary>
    public static ObjectDisposedException Exception() =>
        new("policy", "The policy was disposed, by its session, its transformer or its model. A PredictionEngine disposes the model that it was made of, unless PredictionEngineOptions.OwnsTransformer is false.");
}
