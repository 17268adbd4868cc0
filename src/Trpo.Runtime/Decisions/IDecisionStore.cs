namespace Trpo.Runtime.Decisions;

/// <summary>
/// The place where decisions and rewards are kept. Any number of processes may share one: each operation is atomic, as by a unique key, and complete once it has returned, so that what was answered
/// outlives the process.
/// </summary>
public interface IDecisionStore
{
    /// <summary>Adds a decision, unless its event has one.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="cancellation">Ends the operation; the decision may be on record or not then.</param>
    /// <returns>The decision that is on record: the given one, or the one that was there before.</returns>
    Task<Decision> AddAsync(Decision decision, CancellationToken cancellation);

    /// <summary>Returns the decision of an event, or null.</summary>
    /// <param name="eventId">The identifier of the event.</param>
    /// <param name="cancellation">Ends the operation.</param>
    Task<Decision?> FindAsync(string eventId, CancellationToken cancellation);

    /// <summary>Adds a reward, unless its event has one.</summary>
    /// <param name="reward">The reward.</param>
    /// <param name="isLate">True if it came after the deadline.</param>
    /// <param name="cancellation">Ends the operation; the reward may be on record or not then.</param>
    /// <returns>The reward that is on record: the given one, or the one that was there before.</returns>
    Task<RecordedReward> AddAsync(Reward reward, bool isLate, CancellationToken cancellation);
}
