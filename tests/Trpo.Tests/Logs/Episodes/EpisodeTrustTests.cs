using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>Tests that an evaluation claims no more than the episodes of a log tell.</summary>
public sealed class EpisodeTrustTests
{
    [Test]
    public void A_policy_near_the_log_is_trusted_and_one_that_parts_from_it_over_many_steps_is_not()
    {
        var (near, far) = (Evaluate(Draw(horizon: 20, distance: 0.1)), Evaluate(Draw(horizon: 20, distance: 0.8)));

        Assert.That(near.Doubt, Is.Null);
        Assert.That(near.Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        Assert.That(near.ToString(), Does.StartWith("Better: gain over the log").And.Contain("by WDR").And.Contain("by WPDIS").And.Contain("400 episodes of 8,000 rows, as good as"));
        Assert.That(near.Estimates.Where(estimate => estimate.Interval is not null).Select(estimate => estimate.Estimator), Is.EqualTo(new[] { OffPolicyEstimator.WPDIS, OffPolicyEstimator.WDR }));
        Assert.That(far.Doubt, Does.StartWith("the effective number of episodes is ").And.Contain("of 400, less than 100: over 20 steps, the policy seldom does what the log did"));
        Assert.That(far.Gain.Verdict, Is.EqualTo(LogVerdict.Undecided));
    }

    [Test]
    public void The_logs_own_policy_gains_nothing()
    {
        var own = Evaluate(Draw(horizon: 10, distance: 0));

        Assert.That(own.Doubt, Is.Null);
        Assert.That(own.EffectiveSampleSize, Is.EqualTo(400).Within(1e-6));
        Assert.That(own[OffPolicyEstimator.WPDIS].Value, Is.EqualTo(own.Baselines[0].Value).Within(1e-9));
        Assert.That(own.Gain.Verdict, Is.EqualTo(LogVerdict.Undecided));
    }

    [Test]
    public void Guessed_probabilities_are_found()
    {
        var log = Draw(horizon: 10, distance: 0.05);
        var evaluation = Evaluate(log with { Rows = log.Rows with { Propensities = [.. log.Rows.Propensities.Select(probability => Math.Min(1, 1.05 * probability))] } });

        Assert.That(evaluation.Doubt, Does.StartWith("the mean weight of single steps is 0.9").And.Contain("CheckLog tells more"));
    }

    // Over hundreds of steps, the products of both are beyond what is known of them; single steps tell whose fault it is.
    [Test]
    public void Long_episodes_are_blamed_for_their_length_and_wrong_probabilities_for_themselves()
    {
        var log = new MarkovLog(states: 6, horizon: 1_500, distance: 0.6).Draw(20, seed: 1);
        var wrong = log with { Rows = log.Rows with { Propensities = [.. log.Rows.Propensities.Select((probability, row) => row % 2 == 0 ? Math.Min(1, 1.2 * probability) : probability)] } };

        Assert.That(Evaluate(log).Doubt, Does.StartWith("the effective number of episodes is ").And.Contain("over 1500 steps, the policy seldom does what the log did"));
        Assert.That(Evaluate(wrong).Doubt, Does.StartWith("the mean weight of single steps is 0.9").And.Contain("the probabilities are not those with which actions were drawn"));
    }

    [Test]
    public void Weights_of_episodes_beyond_all_numbers_do_not_accuse_the_probabilities()
    {
        // Two kinds of episodes, half of them each: the weight of a step is 1.9 in the one, and 0.1 in the other.
        const int Horizon = 1_200, Episodes = 200;
        var log = new LoggedRows(2, 0)
        {
            Actions = [.. Enumerable.Range(0, Episodes * Horizon).Select(row => row / Horizon % 2)],
            Propensities = [.. Enumerable.Repeat(0.5, Episodes * Horizon)],
            Rewards = [.. Enumerable.Range(0, Episodes * Horizon).Select(row => (row * 7 % 5) - 2.0 + (row / Horizon / 2 % 7))],
            Observations = [],
        };
        var evaluation = Evaluate(new LoadedLog(log, [.. Enumerable.Range(0, log.Count).SelectMany(_ => new[] { 0.95, 0.05 })], ["a", "b"]) { Episodes = new LoggedEpisodes([.. Enumerable.Range(0, log.Count)], [.. Enumerable.Range(0, Episodes + 1).Select(i => i * Horizon)]) });

        Assert.That((evaluation.MaxWeight, evaluation.EffectiveSampleSize), Is.EqualTo((double.PositiveInfinity, 100.0)));
        Assert.That(evaluation.Doubt, Does.Contain("steps").And.Not.Contain("robabilit"));
        Assert.That(evaluation.Overlap.Select(bin => (bin.Rows, bin.WeightShare)).Where(bin => bin.Rows > 0), Is.EqualTo(new[] { (100, 0.0), (100, 1.0) }), "none of them is an episode that the policy never has");
        Assert.That(evaluation.Overlap[1].Rows, Is.EqualTo(100));
    }

    [Test]
    public void Actions_that_the_log_never_has_are_counted_per_episode()
    {
        var log = Draw(horizon: 20, distance: 0);
        var untried = Evaluate(new LoadedLog(log.Rows with { ActionCount = 4 }, [.. log.Policy.Chunk(3).SelectMany(row => new[] { 0.999 * row[0], 0.999 * row[1], 0.999 * row[2], 0.001 })], ["a", "b", "c", "d"]) { Episodes = log.Episodes });

        Assert.That(untried.UntriedProbability, Is.EqualTo(0.001).Within(1e-9));
        Assert.That(untried.Doubt, Does.StartWith("the policy takes actions that the log never has, above all 'd', 0.02 times per episode"));
    }

    [Test]
    public void Rare_returns_and_equal_rewards_are_not_trusted()
    {
        var log = Draw(horizon: 5, distance: 0.05);
        var rare = Evaluate(log with { Rows = log.Rows with { Rewards = [.. log.Rows.Rewards.Select((_, row) => row % 200 == 0 ? 0.1 : 0)] } });
        var equal = Evaluate(log with { Rows = log.Rows with { Rewards = [.. log.Rows.Rewards.Select(_ => 0.25)] } });

        Assert.That(rare.Doubt, Does.StartWith("only 9.").And.Contain("effective episodes, less than 20, have another return than the commonest"));
        Assert.That(equal.Doubt, Does.StartWith("all rewards are 0.25"));
    }

    private static LoadedLog Draw(int horizon, double distance) => new MarkovLog(states: 6, horizon, distance).Draw(400, seed: 1);

    private static LogEvaluation Evaluate(LoadedLog log) => LogEvaluator.Run(() => log, new LogEvaluationOptions(), () => { });
}
