using System.Collections.Concurrent;
using Trpo.Runtime.Decisions;

namespace Trpo.Tests.Runtime.Decisions;

/// <summary>A store in memory, with the atomic additions that the contract asks for.</summary>
internal sealed class MemoryStore : IDecisionStore
{
    private readonly ConcurrentDictionary<string, Decision> _decisions = new();
    private readonly ConcurrentDictionary<string, (Reward Reward, bool IsLate)> _rewards = new();

    public IEnumerable<Decision> Decisions => _decisions.Values;

    public IEnumerable<Reward> Rewards => _rewards.Values.Select(entry => entry.Reward);

    public Task<Decision> AddAsync(Decision decision, CancellationToken cancellation) => Task.FromResult(_decisions.GetOrAdd(decision.Event, decision));

    public Task<Decision?> FindAsync(string eventId, CancellationToken cancellation) => Task.FromResult(_decisions.GetValueOrDefault(eventId));

    public Task<RecordedReward> AddAsync(Reward reward, bool isLate, CancellationToken cancellation)
    {
        var isNew = _rewards.TryAdd(reward.Event, (reward, isLate));
        var (recorded, late) = _rewards[reward.Event];
        return Task.FromResult(new RecordedReward(recorded, late, isNew));
    }
}
