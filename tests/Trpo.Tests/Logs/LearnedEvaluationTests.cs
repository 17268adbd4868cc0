using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Logs.Episodes;

namespace Trpo.Tests.Logs;

/// <summary>Tests of evaluations on rows that were learned from, of their text, and of the time that they may take.</summary>
public sealed class LearnedEvaluationTests
{
    [Test]
    public void Rows_that_were_learned_from_give_no_verdict_and_no_interval([Values] bool isEpisodes)
    {
        var log = isEpisodes ? new MarkovLog(states: 6, horizon: 8, distance: 0.15).Draw(600, seed: 1) : SyntheticLog.Load().Draw(8_000, seed: 1);
        var (fresh, learned) = (Evaluate(log), Evaluate(log, new LogEvaluationOptions { HasLearnedRows = true }));

        Assert.That((fresh.Gain.Verdict, fresh.Baselines[0].Verdict, fresh.Doubt), Is.EqualTo((LogVerdict.Better, LogVerdict.Better, (string?)null)));
        Assert.That(learned.Doubt, Does.StartWith("the policy was learned from some of the rows"));
        Assert.That(learned.Gain, Is.EqualTo(fresh.Gain with { Verdict = LogVerdict.Undecided }));
        Assert.That(learned.Baselines.Select(baseline => baseline.Verdict), Is.All.EqualTo(LogVerdict.Undecided));
        Assert.That(learned.Estimates.Select(estimate => estimate.Value), Is.EqualTo(fresh.Estimates.Select(estimate => estimate.Value)));
        Assert.That(learned.Estimates.Select(estimate => estimate.Interval), Is.All.Null);
        Assert.That(learned.DoublyRobust.NoIntervalReason, Is.EqualTo("The policy was learned from some of the rows."));
    }

    [Test]
    public void The_text_has_an_aligned_table_of_verdicts()
    {
        var evaluation = Evaluate(SyntheticLog.Load().Draw(8_000, seed: 1));
        string[] lines = evaluation.ToString().Split(Environment.NewLine);
        var table = lines[^5..];

        Assert.That(table[0], Does.Match("^  baseline +its worth +gain over it +verdict at 95%$"));
        var place = table[0].IndexOf("verdict", StringComparison.Ordinal);
        Assert.That(table[1..].Select(line => line[place..]), Is.EqualTo(evaluation.Baselines.Select(baseline => $"{baseline.Verdict}")));
        Assert.That(table[1..].Select(line => line[..(place - 2)].Trim().Split(' ')[0]), Is.EqualTo(evaluation.Baselines.Select(baseline => $"{baseline.Kind}")));
    }

    // The rewards vary with the observation, which the model of DR explains, and SNIPS does not.
    [Test]
    public void The_verdict_over_the_log_is_the_one_on_which_two_estimators_agree()
    {
        // Each action sees each observation equally often.
        const int Count = 1_008;
        var random = new RandomSource(1);
        int[] actions = [.. Enumerable.Range(0, Count).Select(row => row / 21 % 2)];
        float[] observations = [.. Enumerable.Range(0, Count).Select(row => (float)((row * 8 % 21) - 10))];
        var rows = new LoggedRows(2, 1) { Actions = actions, Propensities = [.. Enumerable.Repeat(0.5, Count)], Rewards = [.. observations.Zip(actions, (x, action) => x + (0.1 * action) + (0.1 * random.NextGaussian()))], Observations = observations };
        var evaluation = Evaluate(new LoadedLog(rows, [.. Enumerable.Range(0, Count).SelectMany(_ => new[] { 0.0, 1 })], ["a", "b"]));

        Assert.That(evaluation.Doubt, Is.Null);
        Assert.That(evaluation.Gain.DoublyRobust, Is.GreaterThan(5 * evaluation.Gain.DoublyRobustError), "DR alone would decide");
        Assert.That((evaluation.Gain.Verdict, evaluation.Baselines[0].Verdict), Is.EqualTo((LogVerdict.Undecided, LogVerdict.Undecided)));
    }

    [Test]
    public void A_regression_ends_between_two_rows_and_tells_how_far_it_is([Values] bool isEpisodes)
    {
        var log = isEpisodes ? new MarkovLog(states: 6, horizon: 8, distance: 0.15).Draw(60, seed: 1) : SyntheticLog.Load().Draw(480, seed: 1);
        var (calls, progress) = (0, new Shares());
        Evaluate(log, new LogEvaluationOptions { Progress = progress }, () => calls++);

        Assert.That(calls, Is.GreaterThan(log.Rows.Count / (isEpisodes ? 10 : 1)));
        Assert.That(progress.Values, Is.Ordered.And.Count.GreaterThan(1));
        Assert.That(progress.Values[^1], Is.EqualTo(1));
        Assert.That(() => Evaluate(log, new LogEvaluationOptions(), () => throw new OperationCanceledException()), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Regressions_that_would_take_hours_are_refused()
    {
        const int Length = 2_000, Actions = 10_000;
        var rows = new LoggedRows(Actions, Length) { Actions = [0, 1], Propensities = [0.5, 0.5], Rewards = [0, 1], Observations = new float[2 * Length] };
        Assert.That(() => Evaluate(new LoadedLog(rows, new double[2 * Actions], [.. Enumerable.Range(0, Actions).Select(action => $"{action}")])), Throws.TypeOf<LogException>().With.Message.Contains("The reward model would take 2.7E+13 multiplications").And.Message.Contains("2000 values for each of 10000 actions"));
    }

    private static LogEvaluation Evaluate(LoadedLog log, LogEvaluationOptions? options = null, Action? check = null) => LogEvaluator.Run(() => log, options ?? new LogEvaluationOptions(), check ?? (() => { }));

    private sealed class Shares : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
