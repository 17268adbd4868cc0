namespace Trpo.Runtime.Decisions;

/// <summary>Decisions of a log, each with its reward. Every reward is either joined or in one of the counts.</summary>
public sealed class DecisionJoin
{
    private DecisionJoin(IReadOnlyList<JoinedDecision> decisions) => Decisions = decisions;

    /// <summary>The decisions in the order of the log, each event once.</summary>
    public IReadOnlyList<JoinedDecision> Decisions { get; }

    /// <summary>The number of rewards that are joined or belong to a decision that is pending.</summary>
    public int JoinedRewards { get; private init; }

    /// <summary>The number of rewards that came after their deadlines.</summary>
    public int LateRewards { get; private init; }

    /// <summary>The number of further rewards of an event, the same or others: the first one received counts.</summary>
    public int RepeatedRewards { get; private init; }

    /// <summary>The number of rewards of events without a decision.</summary>
    public int UnknownRewards { get; private init; }

    /// <summary>Joins the rows of two logs, as of files.</summary>
    /// <param name="decisions">The decisions; one that is there twice counts once.</param>
    /// <param name="rewards">The rewards, in any order.</param>
    /// <param name="rules">The rules for rewards.</param>
    /// <param name="now">The present time: younger decisions than the deadline are pending.</param>
    /// <exception cref="EventConflictException">An event has two decisions that differ.</exception>
    public static DecisionJoin Of(IEnumerable<Decision> decisions, IEnumerable<Reward> rewards, RewardRules rules, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(rules);
        var byEvent = new Dictionary<string, Decision>(StringComparer.Ordinal);
        var order = new List<Decision>();
        foreach (var decision in decisions)
        {
            if (byEvent.TryAdd(decision.Event, decision))
                order.Add(decision);
            else if (!byEvent[decision.Event].AsksTheSameAs(decision) || byEvent[decision.Event].Action != decision.Action)
                throw new EventConflictException($"The event '{decision.Event}' has two decisions that differ.");
        }

        var first = new Dictionary<string, Reward>(StringComparer.Ordinal);
        var (late, repeated, unknown) = (0, 0, 0);
        foreach (var reward in rewards.OrderBy(reward => reward.Time))
        {
            if (!byEvent.TryGetValue(reward.Event, out var decision))
                unknown++;
            else if (!first.TryAdd(reward.Event, reward))
                repeated++;
            else if (rules.IsLate(decision.Time, reward.Time))
                late++;
        }

        return new DecisionJoin([.. order.Select(Join)]) { JoinedRewards = first.Count - late, LateRewards = late, RepeatedRewards = repeated, UnknownRewards = unknown };

        JoinedDecision Join(Decision decision)
        {
            Reward? reward = first.TryGetValue(decision.Event, out var received) ? received : null;
            var state = rules.StateOf(decision.Time, reward?.Time, now);
            return new JoinedDecision(decision, state, state switch { DecisionState.Rewarded => reward!.Value.Value, DecisionState.Defaulted => rules.DefaultReward, _ => null });
        }
    }
}
