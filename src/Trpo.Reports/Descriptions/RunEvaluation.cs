using Trpo.Estimators.Evaluation;

namespace Trpo.Reports.Descriptions;

/// <summary>An evaluation of a policy or a rule in the environment of a run, which the report draws as a line in the learning curve.</summary>
/// <param name="Policy">The name of the policy or the rule: <see cref="Trained"/>, <see cref="Random"/>, or another.</param>
/// <param name="Seed">The seed of the episodes.</param>
/// <param name="Episodes">The number of episodes; at least 1.</param>
/// <param name="MeanReturn">The mean return.</param>
/// <param name="MeanReturnLow">The lower end of the 95 % confidence interval of the mean return.</param>
/// <param name="MeanReturnHigh">The upper end of the 95 % confidence interval of the mean return.</param>
/// <param name="StandardDeviation">The standard deviation of the returns.</param>
public sealed record RunEvaluation(string Policy, int Seed, int Episodes, double MeanReturn, double MeanReturnLow, double MeanReturnHigh, double StandardDeviation)
{
    /// <summary>Gets the name of the policy that the run trained.</summary>
    public static string Trained => "trained policy";

    /// <summary>Gets the name of the random policy.</summary>
    public static string Random => "random policy";

    /// <summary>Creates the record of an evaluation.</summary>
    /// <param name="policy">The name of the policy or the rule.</param>
    /// <param name="evaluation">The evaluation.</param>
    public static RunEvaluation Of(string policy, PolicyEvaluation evaluation)
    {
        ArgumentException.ThrowIfNullOrEmpty(policy);
        ArgumentNullException.ThrowIfNull(evaluation);
        var interval = evaluation.MeanReturnInterval();
        return new RunEvaluation(policy, evaluation.Seed, evaluation.Episodes.Count, evaluation.MeanReturn, interval.Low, interval.High, evaluation.StandardDeviation);
    }
}
