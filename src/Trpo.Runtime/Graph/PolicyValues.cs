namespace Trpo.Runtime.Graph;

/// <summary>The names of the inputs and outputs of exported policies.</summary>
public static class PolicyValues
{
    /// <summary>The input, <c>float[N, d]</c>.</summary>
    public const string Observation = "observation";

    /// <summary>
    /// The deterministic action: in a discrete space <c>int64[N]</c>, 0-based; in a multi-discrete one <c>int64[N, k]</c>, 0-based in each
    /// dimension; in a multi-binary one <c>int64[N, k]</c>, 0 or 1; in a box <c>float[N, k]</c> within the bounds.
    /// </summary>
    public const string Action = "action";

    /// <summary>
    /// The basis of the action, <c>float[N, ScoreLength]</c>: the probabilities of the choices (in a multi-discrete space those of the first dimension,
    /// then of the second, and so on); the probability that each switch is on; or the mean before it is clipped to the bounds.
    /// </summary>
    public const string Score = "score";

    /// <summary>
    /// The logarithm of the standard deviation of each dimension, <c>float[N, k]</c>: an output of policies over a box whose actions are normally
    /// distributed around <see cref="Score"/>. Without it, actions can be neither drawn nor given a probability.
    /// </summary>
    public const string LogStandardDeviation = "log_standard_deviation";
}
