using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs;

/// <summary>Literal cases of the estimators, the weights and the reward model.</summary>
public sealed class EstimatorTests
{
    // Two actions; the policy takes action 1 with probability 0.8. Weights: 0.2 / 0.5, 0.8 / 0.5, 0.8 / 0.2.
    private static readonly OffPolicyRows Rows = OffPolicyRows.Of([0, 1, 1], [0.5, 0.5, 0.2], [1, 0, 2], [0.2, 0.8, 0.2, 0.8, 0.2, 0.8], [1, 0.5, 0, 1, 2, 1]);

    [Test]
    public void The_rows_have_weights_and_expectations()
    {
        Assert.That(Rows.Weights, Is.EqualTo(new[] { 0.4, 1.6, 4 }).Within(1e-12));
        Assert.That(Rows.Expected, Is.EqualTo(new[] { 0.6, 0.8, 1.2 }).Within(1e-12));
        Assert.That(Rows.Predicted, Is.EqualTo(new[] { 1.0, 1, 1 }));
    }

    [Test]
    public void The_terms_are_those_of_the_formulas()
    {
        Assert.That(DirectMethod.Terms(Rows), Is.EqualTo(new[] { 0.6, 0.8, 1.2 }).Within(1e-12));
        Assert.That(InversePropensityScoring.Terms(Rows), Is.EqualTo(new[] { 0.4, 0, 8 }).Within(1e-12));
        Assert.That(InversePropensityScoring.Terms(Rows, maxWeight: 2), Is.EqualTo(new[] { 0.4, 0, 4 }).Within(1e-12));
        Assert.That(MeanOfTerms.Of(SelfNormalizedScoring.Terms(Rows)).Value, Is.EqualTo(1.4).Within(1e-12), "8.4 / 6");
        Assert.That(DoublyRobust.Terms(Rows), Is.EqualTo(new[] { 0.6, 0.8 - 1.6, 1.2 + 4 }).Within(1e-12));
        Assert.That(MeanOfTerms.Of(SelfNormalizedDoublyRobust.Terms(Rows)).Value, Is.EqualTo((2.6 / 3) + (2.4 / 6)).Within(1e-12));
        Assert.That(SwitchDoublyRobust.Terms(Rows, 2), Is.EqualTo(new[] { 0.6, 0.8 - 1.6, 1.2 }).Within(1e-12));
        Assert.That(ShrunkDoublyRobust.Terms(Rows, 4), Is.EqualTo(new[] { 0.6, 0.8 - (6.4 / 6.56), 1.2 + (16.0 / 20) }).Within(1e-12));
    }

    [Test]
    public void The_standard_error_divides_by_one_less()
    {
        Assert.That(MeanOfTerms.Of([1, 2, 3]), Is.EqualTo(new MeanOfTerms(2, Math.Sqrt(1.0 / 3))));
        Assert.That(MeanOfTerms.Gain([3, 3, 4], [1, 2, 2]).Value, Is.EqualTo(5 / 3.0).Within(1e-12));
    }

    [Test]
    public void The_effective_sample_size_counts_rows()
    {
        var equal = WeightStatistics.Of(new OffPolicyRows([2, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]));
        var none = WeightStatistics.Of(new OffPolicyRows([0, 0], [1, 0], [0, 0], [0, 0]));

        Assert.That((equal.EffectiveSampleSize, equal.RewardedMatches, equal.MaxWeight, equal.Mean.Value), Is.EqualTo((2.0, 1.0, 2.0, 1.0)));
        Assert.That((none.EffectiveSampleSize, none.RewardedMatches), Is.EqualTo((0.0, 0.0)));
    }

    [TestCase(0.5, 0)]
    [TestCase(0.975, 1.9599639845400545)]
    [TestCase(0.95, 1.6448536269514722)]
    [TestCase(0.001, -3.090232306167813)]
    [TestCase(1e-12, -7.034483825301131)]
    public void Normal_quantiles_are_those_of_tables(double probability, double quantile) =>
        Assert.That(NormalQuantile.Of(probability), Is.EqualTo(quantile).Within(1e-9));

    [TestCase(0.975, 2, 4.302652729696144)]
    [TestCase(0.975, 10, 2.2281388519862744)]
    [TestCase(0.95, 30, 1.6972608865939587)]
    [TestCase(0.005, 100, -2.6258905214380195)]
    [TestCase(0.975, double.PositiveInfinity, 1.9599639845400545)]
    public void Student_quantiles_are_those_of_tables(double probability, double freedom, double quantile) =>
        Assert.That(StudentQuantile.Of(probability, freedom), Is.EqualTo(quantile).Within(1).Percent);

    [TestCase(1)]
    [TestCase(-1e-150)]
    [TestCase(1e150)]
    public void Few_terms_that_make_up_a_standard_error_leave_few_degrees_of_freedom(double unit)
    {
        // Of two halves, the kurtosis is 1; of one term among n others, (n - 1) + 1 / (n - 1) - 1.
        double[] halves = [.. Enumerable.Repeat(0, 50).Concat(Enumerable.Repeat(2, 50)).Select(value => value * unit)], single = [.. new double[99], unit];

        Assert.That(MeanOfTerms.Gain(halves, new double[100]).DegreesOfFreedom, Is.EqualTo(99));
        Assert.That(MeanOfTerms.Gain(single, new double[100]).DegreesOfFreedom, Is.EqualTo(200 / (98 + (1 / 99.0) - 1)).Within(1e-9));
    }

    [TestCase(0.19, LogVerdict.Undecided)]
    [TestCase(0.20, LogVerdict.Better)]
    public void A_verdict_is_wrong_in_five_percent_of_both_directions_together(double gain, LogVerdict verdict)
    {
        // A hundred differences of a standard error of 0.1, whose margin is that of 99 degrees of freedom: 0.1984.
        var differences = Enumerable.Range(0, 100).Select(i => gain + (Math.Sqrt(0.99) * (i % 2 == 0 ? 1 : -1))).ToArray();
        double[] Negated(double[] values) => [.. values.Select(value => -value)];

        Assert.That(LogGain.Of(differences, differences, new double[100], 0.95, isTrustworthy: true).Verdict, Is.EqualTo(verdict));
        Assert.That(LogGain.Of(Negated(differences), Negated(differences), new double[100], 0.95, isTrustworthy: true).Verdict, Is.EqualTo(verdict == LogVerdict.Better ? LogVerdict.Worse : verdict));
    }

    [Test]
    public void The_ridge_regression_solves_its_equations()
    {
        var sums = new RidgeSums(2);
        sums.Add([1, 0], 1);
        sums.Add([1, 2], 3);

        // (X'X + I) b = X'(r - 1): [[3, 2], [2, 5]] b = [2, 4].
        Assert.That(sums.Solve(penalty: 1, center: 1), Is.EqualTo(new[] { 2 / 11.0, 8 / 11.0 }).Within(1e-12));
        Assert.That(new RidgeSums(3).Solve(1, 5), Is.All.Zero);
    }

    [Test]
    public void The_reward_model_learns_lines()
    {
        var log = Log(2_000, (context, action, _) => action == 0 ? context : -2 * context);
        var predictions = CrossFittedRidge.Predict(log, Folds.Assign(log, 3, seed: 1), 3, penalty: 1, () => { });

        for (var i = 0; i < log.Count; i++)
        {
            Assert.That(predictions[2 * i], Is.EqualTo(log.Observation(i)[0]).Within(0.02));
            Assert.That(predictions[(2 * i) + 1], Is.EqualTo(-2 * log.Observation(i)[0]).Within(0.04));
        }
    }

    [Test]
    public void The_reward_model_of_a_row_has_not_seen_its_fold()
    {
        var log = Log(60, (_, _, random) => random.NextGaussian());
        var folds = Folds.Assign(log, 3, seed: 1);
        var other = log with { Rewards = [.. log.Rewards.Select((reward, i) => folds[i] == 1 ? reward + 100 : reward)] };
        var (before, after) = (CrossFittedRidge.Predict(log, folds, 3, 1, () => { }), CrossFittedRidge.Predict(other, folds, 3, 1, () => { }));

        Assert.That(Enumerable.Range(0, 120).Where(i => folds[i / 2] == 1).Select(i => after[i] - before[i]), Is.All.Zero);
        Assert.That(Enumerable.Range(0, 120).Where(i => folds[i / 2] != 1).Average(i => after[i] - before[i]), Is.EqualTo(50).Within(15), "half of the rows that these models have seen are 100 higher");
    }

    [Test]
    public void Folds_are_equal_in_size_and_follow_the_seed()
    {
        var log = Log(301, (context, _, _) => context);
        var folds = Folds.Assign(log, 3, seed: 1);

        Assert.That(folds.CountBy(fold => fold).Select(pair => pair.Value), Is.EquivalentTo(new[] { 101, 100, 100 }));
        Assert.That(Folds.Assign(log, 3, seed: 1), Is.EqualTo(folds));
        Assert.That(Folds.Assign(log, 3, seed: 2), Is.Not.EqualTo(folds));
    }

    [Test]
    public void Baselines_keep_to_the_mask()
    {
        var random = new RandomSource(9);
        var log = Log(90, (context, action, _) => context * action);
        var masked = log with { Eligible = [.. log.Actions.SelectMany(action => new[] { action == 0 || random.NextInt(2) == 0, action == 1 || random.NextInt(2) == 0 })] };
        var baselines = new BaselinePolicies(masked);
        var folds = Folds.Assign(masked, 3, seed: 0);
        double[][] policies = [baselines.Uniform(), baselines.BestSingleAction(folds, 3), baselines.Argmax(CrossFittedRidge.Predict(masked, folds, 3, 1, () => { }))];

        Assert.That(masked.Eligible, Has.Some.False);
        foreach (var policy in policies)
        {
            Assert.That(policy.Where((_, i) => !masked.Eligible[i]), Is.All.Zero);
            Assert.That(policy.Chunk(2).Select(row => row.Sum()), Is.All.EqualTo(1));
        }
    }

    private static LoggedRows Log(int rows, Func<float, int, RandomSource, double> reward)
    {
        var random = new RandomSource(3);
        float[] contexts = [.. Enumerable.Range(0, rows).Select(_ => (float)random.NextGaussian())];
        int[] actions = [.. contexts.Select(_ => random.NextInt(2))];
        return new LoggedRows(2, 1)
        {
            Actions = actions,
            Propensities = [.. Enumerable.Repeat(0.5, rows)],
            Rewards = [.. contexts.Zip(actions, (context, action) => reward(context, action, random))],
            Observations = contexts,
        };
    }
}
