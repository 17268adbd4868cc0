namespace Trpo.Runtime.Decisions;

/// <summary>
/// A log of decisions and of their rewards, whatever they are stored in. Decisions and rewards can be sent again after a failure: each counts once. Any number of threads may use one at once.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="rules">The rules for rewards.</param>
/// <param name="clock">The clock; null, the default, for the system's.</param>
public sealed class DecisionLog(IDecisionStore store, RewardRules rules, TimeProvider? clock = null)
{
    private readonly IDecisionStore _store = store ?? throw new ArgumentNullException(nameof(store));
    private readonly TimeProvider _clock = clock ?? TimeProvider.System;

    /// <summary>The rules for rewards.</summary>
    public RewardRules Rules { get; } = rules ?? throw new ArgumentNullException(nameof(rules));

    /// <summary>Puts a decision on record. Act on what is returned, and only once it is: then its probability is on record, and one that is asked for again gets the same action.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="cancellation">Ends the operation; the decision may be on record or not then.</param>
    /// <returns>The decision on record: the given one, or the one that the same event got before.</returns>
    /// <exception cref="ArgumentException">The decision is one that nobody could learn from (<see cref="Decision.Check"/>).</exception>
    /// <exception cref="EventConflictException">The event is on record with another subject, context or choice of actions.</exception>
    public async Task<Decision> RecordAsync(Decision decision, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(decision);
        decision.Check();
        var recorded = await _store.AddAsync(decision, cancellation).ConfigureAwait(false);
        return recorded.AsksTheSameAs(decision)
            ? recorded
            : throw new EventConflictException($"The event '{decision.Event}' is on record with another subject, context or choice of actions: events need identifiers of their own.");
    }

    /// <summary>Puts the reward of a decision on record.</summary>
    /// <param name="eventId">The identifier of the decision's event.</param>
    /// <param name="value">The reward, a finite number.</param>
    /// <param name="cancellation">Ends the operation; the reward may be on record or not then.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is not finite.</exception>
    public async Task<RewardAnswer> RewardAsync(string eventId, double value, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(eventId);
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, $"The reward of the event '{eventId}' is not finite.");
        if (await _store.FindAsync(eventId, cancellation).ConfigureAwait(false) is not { } decision)
            return RewardAnswer.Unknown;
        var now = _clock.GetUtcNow();
        var recorded = await _store.AddAsync(new Reward(eventId, value, now), Rules.IsLate(decision.Time, now), cancellation).ConfigureAwait(false);
        if (!recorded.IsNew)
            return recorded.Reward.Value.Equals(value) ? RewardAnswer.Repeated : RewardAnswer.Contradicted;
        return recorded.IsLate ? RewardAnswer.Late : RewardAnswer.Joined;
    }
}
