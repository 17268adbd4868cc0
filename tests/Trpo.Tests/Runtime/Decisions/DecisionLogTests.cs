using Microsoft.Extensions.Time.Testing;
using Trpo.Runtime.Decisions;

namespace Trpo.Tests.Runtime.Decisions;

/// <summary>Decisions and rewards that are sent late, twice, or for nothing.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DecisionLogTests
{
    private static readonly RewardRules Rules = new() { Deadline = TimeSpan.FromMinutes(10), Grace = TimeSpan.FromSeconds(5) };

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryStore _store = new();

    [Test]
    public async Task Decision_that_is_asked_for_again_keeps_its_action_and_probability()
    {
        var log = Log();
        var first = await log.RecordAsync(Decide("a", action: 1, probability: 0.3));
        var second = await log.RecordAsync(Decide("a", action: 0, probability: 0.7));

        Assert.That(second, Is.SameAs(first));
        Assert.That(() => log.RecordAsync(Decide("a") with { Context = [2] }), Throws.TypeOf<EventConflictException>().With.Message.Contains("'a'"));
        Assert.That(() => log.RecordAsync(Decide("a") with { Subject = "another" }), Throws.TypeOf<EventConflictException>());
        Assert.That(_store.Decisions.Count(), Is.EqualTo(1));
    }

    [Test]
    public void Decision_that_nobody_could_learn_from_is_refused_by_name()
    {
        var log = Log();
        foreach (var (decision, part) in new (Decision, string)[]
        {
            (Decide("") , "identifier"),
            (Decide("a") with { Version = "" }, "version"),
            (Decide("a", probability: 0), "probability 0"),
            (Decide("a", probability: 1.1), "probability 1.1"),
            (Decide("a", probability: double.NaN), "probability NaN"),
            (Decide("a") with { Context = [1, float.PositiveInfinity] }, "at place 1"),
            (Decide("a", action: 3), "the action 3"),
            (Decide("a", action: -1), "the action -1"),
            (Decide("a", action: 2), "the action 2"),
        })
        {
            Assert.That(() => log.RecordAsync(decision), Throws.ArgumentException.With.Message.Contains(part));
        }

        Assert.That(_store.Decisions, Is.Empty);
    }

    [Test]
    public async Task Rewards_are_joined_repeated_contradicted_late_or_unknown()
    {
        var log = Log();
        await log.RecordAsync(Decide("a"));
        await log.RecordAsync(Decide("b"));
        _clock.Advance(Rules.Deadline);
        Assert.That(await log.RewardAsync("a", 1), Is.EqualTo(RewardAnswer.Joined), "at the deadline");
        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.That(await log.RewardAsync("a", 1), Is.EqualTo(RewardAnswer.Repeated));
        Assert.That(await log.RewardAsync("a", 0.5), Is.EqualTo(RewardAnswer.Contradicted));
        Assert.That(await log.RewardAsync("b", 1), Is.EqualTo(RewardAnswer.Late));
        Assert.That(await log.RewardAsync("b", 1), Is.EqualTo(RewardAnswer.Repeated));
        Assert.That(await log.RewardAsync("c", 1), Is.EqualTo(RewardAnswer.Unknown));
        Assert.That(() => log.RewardAsync("a", double.NaN), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(_store.Rewards.Select(reward => (reward.Event, reward.Value)), Is.EquivalentTo(new[] { ("a", 1.0), ("b", 1.0) }));
    }

    [Test]
    public void State_follows_the_deadline_and_the_default()
    {
        var now = _clock.GetUtcNow();
        DateTimeOffset Ago(double minutes) => now - TimeSpan.FromMinutes(minutes);

        Assert.That(Rules.StateOf(Ago(10), Ago(9), now), Is.EqualTo(DecisionState.Pending), "within the grace, with its reward");
        Assert.That(Rules.StateOf(Ago(11), Ago(9), now), Is.EqualTo(DecisionState.Rewarded));
        Assert.That(Rules.StateOf(Ago(11), Ago(0.5), now), Is.EqualTo(DecisionState.Defaulted), "a late reward is not joined");
        Assert.That(Rules.StateOf(Ago(11), null, now), Is.EqualTo(DecisionState.Defaulted));
        Assert.That((Rules with { DefaultReward = null }).StateOf(Ago(11), null, now), Is.EqualTo(DecisionState.LeftOut));
        Assert.That(() => new RewardRules { Deadline = TimeSpan.Zero }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RewardRules { Grace = TimeSpan.FromTicks(-1) }, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new RewardRules { DefaultReward = double.NaN }, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Join_of_files_counts_every_reward_once()
    {
        var now = _clock.GetUtcNow();
        Decision At(string name, double minutesAgo) => Decide(name) with { Time = now - TimeSpan.FromMinutes(minutesAgo) };
        Reward For(string name, double value, double minutesAgo) => new(name, value, now - TimeSpan.FromMinutes(minutesAgo));
        var join = DecisionJoin.Of(
            [At("in time", 60), At("late", 60), At("never", 60), At("young", 3), At("in time", 60)],
            [For("late", 1, 40), For("in time", 1, 55), For("in time", 1, 54), For("in time", 0, 53), For("young", 1, 2), For("nobody", 1, 1)],
            Rules,
            now);

        Assert.That(join.Decisions.Select(row => (row.Decision.Event, row.State, row.Reward)), Is.EqualTo(new (string, DecisionState, double?)[]
        {
            ("in time", DecisionState.Rewarded, 1),
            ("late", DecisionState.Defaulted, 0),
            ("never", DecisionState.Defaulted, 0),
            ("young", DecisionState.Pending, null),
        }));
        Assert.That((join.JoinedRewards, join.LateRewards, join.RepeatedRewards, join.UnknownRewards), Is.EqualTo((2, 1, 2, 1)));
        Assert.That(() => DecisionJoin.Of([At("a", 1), At("a", 1) with { Action = 1 }], [], Rules, now), Throws.TypeOf<EventConflictException>());
    }

    private DecisionLog Log() => new(_store, Rules, _clock);

    private Decision Decide(string name, int action = 0, double probability = 0.5) =>
        new() { Event = name, Subject = "someone", Time = _clock.GetUtcNow(), Context = [1, 0.5f], Eligible = [true, true, false], Action = action, Probability = probability, Version = "v1" };
}
