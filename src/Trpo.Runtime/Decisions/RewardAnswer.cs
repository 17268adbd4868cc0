namespace Trpo.Runtime.Decisions;

/// <summary>The answer to a reward that was received.</summary>
public enum RewardAnswer
{
    /// <summary>The reward came in time, and is that of its decision.</summary>
    Joined,

    /// <summary>The reward came after the deadline: it is on record, and counted, but the decision keeps what it had without it.</summary>
    Late,

    /// <summary>An equal reward was on record before: nothing changed.</summary>
    Repeated,

    /// <summary>Another reward was on record before, and stays: this one is refused.</summary>
    Contradicted,

    /// <summary>No decision has this event: the reward is refused.</summary>
    Unknown,
}
