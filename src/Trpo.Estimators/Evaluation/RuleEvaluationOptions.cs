using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Evaluation;

/// <summary>The options of the evaluation of a rule.</summary>
public sealed record RuleEvaluationOptions
{
    /// <summary>Gets the number of episodes, at least 1; 100 by default.</summary>
    public int Episodes { get; init; } = 100;

    /// <summary>Gets the seed of the episodes' seeds; 0 by default, as for trained policies.</summary>
    public int Seed { get; init; }

    /// <summary>Gets the name of the rule in messages; "rule" by default.</summary>
    public string Name { get; init; } = "rule";

    /// <summary>Gets the receiver of every episode when it ends, on the calling thread, not in the order of the index; null, the default, for none.</summary>
    public IProgress<EpisodeResult>? Progress { get; init; }

    /// <summary>Gets the token that ends the evaluation between two steps.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Throws if an option is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="Episodes"/> is less than 1.</exception>
    /// <exception cref="ArgumentException"><see cref="Name"/> is empty.</exception>
    public void Validate()
    {
        Check.AtLeast(Episodes, 1);
        ArgumentException.ThrowIfNullOrEmpty(Name);
    }
}
