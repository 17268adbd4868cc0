namespace Trpo.Runtime.Decisions;

/// <summary>The rules by which rewards that are late, or never come, are joined with their decisions.</summary>
public sealed record RewardRules
{
    /// <summary>The time within which a reward counts, from the time of its decision; positive, one hour by default.</summary>
    public TimeSpan Deadline
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Deadline)} must be above 0.");
    } = TimeSpan.FromHours(1);

    /// <summary>
    /// The time for which a decision stays pending behind its deadline, so that rewards that came in time are on record before anybody reads them, though clocks of instances differ and writes
    /// take time; not negative, 5 seconds by default.
    /// </summary>
    public TimeSpan Grace
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Grace)} must not be negative.");
    } = TimeSpan.FromSeconds(5);

    /// <summary>The reward of a decision whose reward did not come in time, a finite number; 0 by default, null to leave such decisions out.</summary>
    public double? DefaultReward
    {
        get;
        init => field = value is null || double.IsFinite(value.Value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(DefaultReward)} must be finite, or null.");
    } = 0;

    /// <summary>True if a reward came after the deadline.</summary>
    /// <param name="decided">The time of the decision.</param>
    /// <param name="received">The time at which the reward was received.</param>
    public bool IsLate(DateTimeOffset decided, DateTimeOffset received) => received - decided > Deadline;

    /// <summary>Returns the time before which decisions are settled: older ones can be learned from and judged on, younger ones are pending.</summary>
    /// <param name="now">The present time.</param>
    public DateTimeOffset SettledBefore(DateTimeOffset now) => now - Deadline - Grace;

    /// <summary>Returns the state of a decision's reward.</summary>
    /// <param name="decided">The time of the decision.</param>
    /// <param name="received">The time at which the first reward was received; null if none was.</param>
    /// <param name="now">The present time.</param>
    public DecisionState StateOf(DateTimeOffset decided, DateTimeOffset? received, DateTimeOffset now)
    {
        if (decided >= SettledBefore(now))
            return DecisionState.Pending;
        if (received is { } time && !IsLate(decided, time))
            return DecisionState.Rewarded;
        return DefaultReward is null ? DecisionState.LeftOut : DecisionState.Defaulted;
    }
}
