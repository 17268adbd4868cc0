using System.Globalization;

namespace Trpo.Estimators;

/// <summary>The origin of a trained policy, as entries of its metadata.</summary>
internal static class PolicyProvenance
{
    /// <summary>Creates the entries.</summary>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="seed">The seed of the training.</param>
    /// <param name="steps">The environment steps that the policy was trained with.</param>
    /// <param name="initial">The policy that training began with; null for an untrained one.</param>
    /// <param name="evaluation">The evaluation of a policy that was kept as the best, over episodes that it was not chosen by; null for none.</param>
    public static IReadOnlyDictionary<string, string> Of(string environment, int seed, int steps, InitialPolicy? initial, TrpoEvaluation? evaluation)
    {
        var entries = new Dictionary<string, string>
        {
            ["trainer"] = "Trpo.MLNet TRPO",
            ["environment"] = environment,
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["steps"] = steps.ToString(CultureInfo.InvariantCulture),
        };
        if (initial is not null)
            entries["initial_policy"] = initial.Digest;
        if (evaluation is not null)
        {
            entries["evaluated_return"] = evaluation.MeanReturn.ToString("R", CultureInfo.InvariantCulture);
            entries["evaluated_episodes"] = evaluation.Returns.Count.ToString(CultureInfo.InvariantCulture);
            entries["evaluated_seed"] = evaluation.Seed.ToString(CultureInfo.InvariantCulture);
        }

        return entries;
    }
}
