using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Probing;

/// <summary>The settings of a probe of training options.</summary>
public sealed record ProbeOptions
{
    /// <summary>The number of values of an observation, without a mask, for networks that take one length only. From 4 to 1,000,000; 4 by default. The values behind the first four never change.</summary>
    public int ObservationLength { get; init; } = 4;

    /// <summary>The kinds of actions. Automatic by default.</summary>
    public ProbedActions Actions { get; init; }

    /// <summary>The seed of all randomness; 0 by default.</summary>
    public int Seed { get; init; }

    /// <summary>The token that ends the probes between two steps. None by default.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names the setting.</exception>
    public void Validate()
    {
        Check.Between(ObservationLength, ProbeTask.States, 1_000_000);
        if (!Enum.IsDefined(Actions))
            throw new ArgumentOutOfRangeException(nameof(Actions), Actions, $"{nameof(Actions)} must be one of {string.Join(", ", Enum.GetNames<ProbedActions>())}.");
    }
}
