namespace Trpo.Runtime.Decisions;

/// <summary>The reward that is on record for an event.</summary>
/// <param name="Reward">The reward: the first that was received.</param>
/// <param name="IsLate">True if it was received after the deadline, and so is not joined.</param>
/// <param name="IsNew">True if it was put on record by this call; false if it was there before.</param>
public readonly record struct RecordedReward(Reward Reward, bool IsLate, bool IsNew);
