using Trpo.Estimators.Foundation;

namespace Trpo.Estimators;

/// <summary>
/// The settings of evaluations during a training: the deterministic policy plays episodes in environments of its own, so that the training is the same, bit for bit, with and without them. Each
/// is in <see cref="TrpoIteration.Evaluation"/> of the iteration that it follows.
/// </summary>
public sealed record EvaluationOptions
{
    private const int MaxEpisodes = 1_000_000;

    /// <summary>
    /// The number of environment steps of the training between two evaluations. The policy is evaluated after the first iteration that passes a multiple of it, and at the end of training. At least 1, and
    /// at most <see cref="TrpoOptions.TotalSteps"/>; 10,000 by default.
    /// </summary>
    public int Every { get; init; } = 10_000;

    /// <summary>The number of episodes of an evaluation. Their steps do not count as steps of the training. From 1 to 1,000,000; 20 by default.</summary>
    public int Episodes { get; init; } = 20;

    /// <summary>The seed of the episodes, which are the same in every evaluation, so that policies are compared on the same ones. Null, the default, takes one from the seed of the training.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// True if <c>Fit</c> returns the policy with the best mean return of all evaluations instead of the last one. At the end of training it is evaluated once more, over as many
    /// episodes of other seeds, because the best of many measurements is better than the truth. That mean return is logged, and written into the policy's metadata. The policy of a
    /// training that ends by a <see cref="TrainingException"/> is in <see cref="TrainingException.BestPolicy"/>. False by default.
    /// </summary>
    public bool KeepBest { get; init; }

    /// <summary>The number of evaluations in a row without a better mean return after which training ends. At least 1; null, the default, for never.</summary>
    public int? Patience { get; init; }

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names the setting.</exception>
    public void Validate()
    {
        Check.AtLeast(Every, 1, Name(nameof(Every)));
        Check.Between(Episodes, 1, MaxEpisodes, Name(nameof(Episodes)));
        if (Patience is { } patience)
            Check.AtLeast(patience, 1, Name(nameof(Patience)));
    }

    // Names such as Every say nothing alone.
    private static string Name(string setting) => $"{nameof(TrpoOptions.Evaluation)}.{setting}";
}
