using System.Collections.Immutable;

namespace Trpo.Runtime.Decisions;

/// <summary>A decision as it is put on record before anybody acts on it: what was known, what could be done, what was drawn, and the probability with which it was drawn.</summary>
public sealed record Decision
{
    /// <summary>The identifier of the event, unique among all decisions, by which its reward comes.</summary>
    public required string Event { get; init; }

    /// <summary>The one whom the decision is about, so that what is known of them can be deleted; null, the default, if nobody.</summary>
    public string? Subject { get; init; }

    /// <summary>The time of the decision, from which the reward's deadline counts.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The context that the policy saw, <c>[d]</c>, without a mask.</summary>
    public ImmutableArray<float> Context { get; init; } = [];

    /// <summary>True for each action that could be taken, <c>[n]</c>; empty, the default, if all could.</summary>
    public ImmutableArray<bool> Eligible { get; init; } = [];

    /// <summary>The index of the action that was drawn, from 0.</summary>
    public required int Action { get; init; }

    /// <summary>The probability with which the action was drawn, above 0 and at most 1, exploration included.</summary>
    public required double Probability { get; init; }

    /// <summary>The version of the policy that drew the action.</summary>
    public required string Version { get; init; }

    /// <summary>Throws if the decision is one that nobody could learn from.</summary>
    /// <exception cref="ArgumentException">The event or the version is empty, the probability is not above 0 and at most 1, a number of the context is not finite, or the action is not one of the eligible ones.</exception>
    public void Check()
    {
        if (string.IsNullOrEmpty(Event))
            throw new ArgumentException("A decision needs the identifier of its event: without it, no reward finds it.");
        if (string.IsNullOrEmpty(Version))
            throw new ArgumentException($"The decision '{Event}' has no version of a policy.");
        if (!(Probability > 0 && Probability <= 1))
            throw new ArgumentException(FormattableString.Invariant($"The decision '{Event}' has the probability {Probability:G6}: it must be above 0 and at most 1."));
        for (var i = 0; i < Context.Length; i++)
        {
            if (!float.IsFinite(Context[i]))
                throw new ArgumentException(FormattableString.Invariant($"The context of the decision '{Event}' has {Context[i]} at place {i}: it must be finite."));
        }

        if (Action < 0 || (!Eligible.IsEmpty && (Action >= Eligible.Length || !Eligible[Action])))
            throw new ArgumentException(FormattableString.Invariant($"The decision '{Event}' has the action {Action}, which is none of the eligible ones."));
    }

    /// <summary>True if another decision was asked for by the same subject, in the same context, with the same eligible actions: the same question, whatever the answer.</summary>
    /// <param name="other">The other decision.</param>
    public bool AsksTheSameAs(Decision other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Subject == other.Subject && Context.AsSpan().SequenceEqual(other.Context.AsSpan()) && Eligible.AsSpan().SequenceEqual(other.Eligible.AsSpan());
    }
}
