namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// The direct method, DM: the mean of what a model of the rewards expects of the policy, <c>z = sum_a pi(a | x) q(x, a)</c>. It varies least and is as wrong as the model
/// (Dudík, Langford and Li, "Doubly Robust Policy Evaluation and Learning" (2011)).
/// </summary>
internal static class DirectMethod
{
    /// <summary>Computes the term of each row, whose mean is the estimate.</summary>
    public static double[] Terms(OffPolicyRows rows) => rows.Expected;
}
