namespace Trpo.Onnx.Graph;

/// <summary>The names of the values that every exported policy has.</summary>
public static class PolicyValues
{
    /// <summary>The input, <c>float[N, d]</c>.</summary>
    public const string Observation = "observation";

    /// <summary>The deterministic action: <c>int64[N]</c>, 0-based, or <c>float[N, k]</c> within the bounds.</summary>
    public const string Action = "action";

    /// <summary>The probabilities of the choices, or the mean before it is clipped to the bounds: <c>float[N, k]</c>.</summary>
    public const string Score = "score";
}
