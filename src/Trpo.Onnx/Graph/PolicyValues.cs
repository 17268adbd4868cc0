namespace Trpo.Onnx.Graph;

/// <summary>The names of the values that every exported policy has.</summary>
public static class PolicyValues
{
    /// <summary>The input, <c>float[N, d]</c>.</summary>
    public const string Observation = "observation";

    /// <summary>
    /// The deterministic action. Of a discrete space <c>int64[N]</c>, 0-based; of a multi-discrete one <c>int64[N, k]</c>, 0-based in each
    /// dimension; of a multi-binary one <c>int64[N, k]</c>, 0 or 1; of a box <c>float[N, k]</c> within the bounds.
    /// </summary>
    public const string Action = "action";

    /// <summary>
    /// What the action was decided by, <c>float[N, ScoreLength]</c>: the probabilities of the choices, those of all dimensions of a
    /// multi-discrete space one behind the other; the probability that each switch is on; or the mean before it is clipped to the bounds.
    /// </summary>
    public const string Score = "score";

    /// <summary>
    /// The logarithm of the standard deviation of each dimension, <c>float[N, k]</c>: what a policy over a box has if its actions are normally
    /// distributed around <see cref="Score"/>. Without it, actions can be neither drawn nor given a probability.
    /// </summary>
    public const string LogStandardDeviation = "log_standard_deviation";
}
