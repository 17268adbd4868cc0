using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>Tests of the model of the values, and of the folds by which it is fitted.</summary>
public sealed class FittedQEvaluationTests
{
    [Test]
    public void Folds_never_divide_an_episode_and_are_of_equal_size()
    {
        var log = new MarkovLog(states: 5, horizon: 6, distance: 0.3, end: 0.2).Draw(100, seed: 1);
        var folds = EpisodeFolds.Assign(log.Rows, log.Episodes!, 3, seed: 0);
        int[][] perEpisode = [.. Enumerable.Range(0, 100).Select(episode => log.Episodes!.Rows(episode).ToArray().Select(row => folds[row]).Distinct().ToArray())];

        Assert.That(perEpisode.Select(episode => episode.Length), Is.All.EqualTo(1));
        Assert.That(perEpisode.CountBy(episode => episode[0]).Select(pair => pair.Value).Order(), Is.EqualTo(new[] { 33, 33, 34 }));
        Assert.That(EpisodeFolds.Assign(log.Rows, log.Episodes!, 3, seed: 1), Is.Not.EqualTo(folds));
    }

    [Test]
    public void Folds_of_equal_episodes_do_not_depend_on_their_outcomes()
    {
        // One observation, so that only outcomes differ: dealt in their order, each fold would have the same ones.
        var log = new MarkovLog(states: 1, horizon: 2, distance: 0).Draw(900, seed: 3);
        var rows = log.Rows with { Rewards = [.. log.Rows.Rewards.Select(reward => reward > 0.5 ? 1.0 : 0)] };
        var folds = EpisodeFolds.Assign(rows, log.Episodes!, 3, seed: 0);
        double[] means = [.. Enumerable.Range(0, 3).Select(fold => Enumerable.Range(0, rows.Count).Where(row => folds[row] == fold).Average(row => rows.Rewards[row]))];

        Assert.That(means.Max() - means.Min(), Is.InRange(1e-6, 0.15), string.Join(" ", means));
    }

    [Test]
    public void Values_of_a_fold_do_not_depend_on_its_rewards()
    {
        var log = new MarkovLog(states: 5, horizon: 6, distance: 0.3, end: 0.2).Draw(60, seed: 1);
        var folds = EpisodeFolds.Assign(log.Rows, log.Episodes!, 3, seed: 0);
        var changed = log.Rows with { Rewards = [.. log.Rows.Rewards.Select((reward, row) => folds[row] == 1 ? reward + 5 : reward)] };
        var (before, after) = (Evaluate(log.Rows), Evaluate(changed));

        for (var row = 0; row < log.Rows.Count; row++)
        {
            Assert.That(after.Expected[row] == before.Expected[row] && after.Predicted[row] == before.Predicted[row], Is.EqualTo(folds[row] == 1), $"row {row} of fold {folds[row]}");
        }

        (double[] Expected, double[] Predicted) Evaluate(LoggedRows rows) => new FittedQEvaluation(rows, log.Episodes!, folds).Evaluate([log.Policy], 1, 1, () => { })[0];
    }

    [Test]
    public void The_model_finds_the_values_of_a_process_whose_states_it_sees([Values(0.9, 1.0)] double discount)
    {
        var process = new MarkovLog(states: 5, horizon: 6, distance: 0.5, end: 0.1, discount: discount);
        var log = process.Draw(6_000, seed: 1);
        var (expected, _) = new FittedQEvaluation(log.Rows, log.Episodes!, EpisodeFolds.Assign(log.Rows, log.Episodes!, 3, seed: 0)).Evaluate([log.Policy], discount, 1, () => { })[0];

        Assert.That(Enumerable.Range(0, 6_000).Average(episode => expected[log.Episodes!.Rows(episode)[0]]), Is.EqualTo(process.Truth).Within(0.03));
    }

    [Test]
    public void Extrapolations_do_not_grow_from_step_to_step()
    {
        // Few episodes, many numbers, and a policy far from the log: without a limit, the values were up to 14,600.
        const int Horizon = 200;
        var random = new RandomSource(1);
        var log = new LoggedRows(2, 8)
        {
            Actions = [.. Enumerable.Range(0, 30 * Horizon).Select(_ => random.NextDouble() < 0.2 ? 1 : 0)],
            Propensities = [.. Enumerable.Repeat(0.5, 30 * Horizon)],
            Rewards = [.. Enumerable.Range(0, 30 * Horizon).Select(_ => random.NextGaussian())],
            Observations = [.. Enumerable.Range(0, 30 * Horizon * 8).Select(_ => (float)Math.Pow(random.NextGaussian(), 3))],
        };
        var episodes = new LoggedEpisodes([.. Enumerable.Range(0, log.Count)], [.. Enumerable.Range(0, 31).Select(i => i * Horizon)]);
        var (expected, _) = new FittedQEvaluation(log, episodes, EpisodeFolds.Assign(log, episodes, 3, seed: 0)).Evaluate([[.. Enumerable.Range(0, log.Count).SelectMany(_ => new[] { 0.0, 1.0 })]], 1, 1e-3, () => { })[0];

        Assert.That(expected.Max(Math.Abs), Is.LessThan(10 * Horizon));
    }

    // One observation that is a million times as large as the others, as a wrong unit makes it: the line of the other folds is worth as much there.
    [Test]
    public void An_odd_observation_is_worth_no_more_than_thrice_the_range_of_its_step([Values(0, 7)] int step)
    {
        var log = new MarkovLog(states: 5, horizon: 8, distance: 0.3, isCoarse: true).Draw(200, seed: 1);
        var (usual, odd) = (Evaluate(log), log.Episodes!.Rows(3)[step]);
        log.Rows.Observations[(odd * log.Rows.Length) + 1] = 1e6f;
        var (expected, predicted) = Evaluate(log);
        var bound = 8 * 3 * (log.Rows.Rewards.Max() - log.Rows.Rewards.Min());

        Assert.That((Math.Abs(expected[odd]), Math.Abs(predicted[odd])), Is.LessThan((bound, bound)).Using<(double Left, double Right)>((x, y) => x.Left < y.Left && x.Right < y.Right ? -1 : 1));
        Assert.That(expected.Where((_, row) => row != odd).Max(Math.Abs), Is.LessThan(2 * usual.Expected.Max(Math.Abs)), "the value of the step before is one of the targets");

        static (double[] Expected, double[] Predicted) Evaluate(LoadedLog log) => new FittedQEvaluation(log.Rows, log.Episodes!, EpisodeFolds.Assign(log.Rows, log.Episodes!, 3, seed: 0)).Evaluate([log.Policy], 1, 1e-6, () => { })[0];
    }

    [Test]
    public void Policies_that_are_evaluated_together_have_the_values_of_each_alone_bit_for_bit()
    {
        var log = new MarkovLog(states: 5, horizon: 6, distance: 0.5, end: 0.1).Draw(100, seed: 1);
        var model = new FittedQEvaluation(log.Rows, log.Episodes!, EpisodeFolds.Assign(log.Rows, log.Episodes!, 3, seed: 0));
        var uniform = new BaselinePolicies(log.Rows).Uniform();
        var together = model.Evaluate([log.Policy, uniform], 0.9, 1, () => { });

        Assert.That(together[0], Is.EqualTo(model.Evaluate([log.Policy], 0.9, 1, () => { })[0]));
        Assert.That(together[1], Is.EqualTo(model.Evaluate([uniform], 0.9, 1, () => { })[0]));
        Assert.That(together[1].Expected, Is.Not.EqualTo(together[0].Expected));
    }

    [Test]
    public void Operations_are_those_of_the_sums_the_decompositions_and_the_predictions()
    {
        // Two episodes of two steps and two of one, all in folds of their own; the first step has both actions, the second one.
        var log = new LoggedRows(2, 2) { Actions = [0, 0, 1, 0, 0, 1], Propensities = [.. Enumerable.Repeat(0.5, 6)], Rewards = new double[6], Observations = new float[12] };
        var model = new FittedQEvaluation(log, new LoggedEpisodes([0, 1, 2, 3, 4, 5], [0, 2, 4, 5, 6]), [0, 0, 1, 1, 2, 3]);

        Assert.That(model.CountOperations(2), Is.EqualTo((9 / 2.0 * 6 * 3) + (4 * 27 / 6.0 * 3) + (4 * 3 * 2 * ((4 * 2) + (2 * 1)))));
    }

    [Test]
    public void A_model_that_would_take_more_than_an_hour_is_refused()
    {
        const int Length = 2_000, Steps = 200;
        var log = new LoggedRows(2, Length)
        {
            Actions = [.. Enumerable.Range(0, 4 * Steps).Select(row => row / Steps % 2)],
            Propensities = [.. Enumerable.Repeat(0.5, 4 * Steps)],
            Rewards = [.. Enumerable.Range(0, 4 * Steps).Select(row => (double)row)],
            Observations = new float[4 * Steps * Length],
        };
        var loaded = new LoadedLog(log, [.. Enumerable.Repeat(0.5, 8 * Steps)], ["a", "b"]) { Episodes = new LoggedEpisodes([.. Enumerable.Range(0, log.Count)], [.. Enumerable.Range(0, 5).Select(i => i * Steps)]) };

        Assert.That(() => LogEvaluator.Run(() => loaded, new LogEvaluationOptions { Folds = 20 }, () => throw new OperationCanceledException()), Throws.InstanceOf<OperationCanceledException>(), "400 regressions of 4 folds take minutes");
        Assert.That(() => LogEvaluator.Run(() => Repeated(loaded, 5), new LogEvaluationOptions { Folds = 20 }, () => throw new OperationCanceledException()), Throws.TypeOf<LogException>().With.Message.Contains("multiplications, more than 1E+13, which take an hour or more").And.Message.Contains("regressions of 2000 values for each of 200 steps").And.Message.Contains("ProjectToPrincipalComponents"));

        static LoadedLog Repeated(LoadedLog log, int times)
        {
            var rows = log.Rows with
            {
                Actions = Repeat(log.Rows.Actions, times),
                Propensities = Repeat(log.Rows.Propensities, times),
                Rewards = Repeat(log.Rows.Rewards, times),
                Observations = Repeat(log.Rows.Observations, times),
            };
            return new LoadedLog(rows, Repeat(log.Policy, times), log.ActionNames) { Episodes = new LoggedEpisodes([.. Enumerable.Range(0, rows.Count)], [.. Enumerable.Range(0, (4 * times) + 1).Select(i => i * Steps)]) };
        }

        static T[] Repeat<T>(T[] values, int times) => [.. Enumerable.Repeat(values, times).SelectMany(value => value)];
    }
}
