using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;

namespace Trpo.Tests.Logs.Learning;

/// <summary>
/// Tests of the true values of learned policies in a world that is known: the logging policy has 0.391, the uniform one 0.500, the best one 0.800. TRPO_LOG_REPLICATIONS sets the number of logs; the suite draws one.
/// </summary>
[Parallelizable]
public sealed class LearnedValueTests
{
    private static readonly int Replications = int.Parse(Environment.GetEnvironmentVariable("TRPO_LOG_REPLICATIONS") ?? "1", CultureInfo.InvariantCulture);

    // The suite learns from shorter logs, which teach less, where learning takes longest.
    private static readonly bool IsShort = Replications == 1;

    private readonly MLContext _ml = new(seed: 1);

    [TestCase(10_000, 0.775, 0.785)]
    [TestCase(500, 0.55, 0.55)]
    public void Doubly_robust_learning_finds_a_policy_near_the_best(int rows, double stochastic, double greedy) =>
        Check($"DR of {rows} rows", rows, new TrpoFromLogOptions(), stochastic, greedy);

    [TestCase(LearningEstimator.SNIPS, 0.74, 0.75, 0.65, 0.65)]
    [TestCase(LearningEstimator.IPS, 0.70, 0.70, 0.60, 0.60)]
    public void Learning_without_a_reward_model_gets_less(LearningEstimator estimator, double stochastic, double greedy, double stochasticOfShort, double greedyOfShort) =>
        CheckLongOrShort($"{estimator}", new TrpoFromLogOptions { Estimator = estimator }, (stochastic, greedy), (stochasticOfShort, greedyOfShort));

    [Test]
    public void Reward_models_of_networks_and_trees_work_too()
    {
        CheckLongOrShort("DR with a network", new TrpoFromLogOptions { RewardModel = RewardModel.Network() }, (0.76, 0.77), (0.68, 0.68));
        CheckLongOrShort("DR with trees", new TrpoFromLogOptions { RewardModel = RewardModel.Trainer(() => _ml.Regression.Trainers.FastTree(numberOfTrees: 50)) }, (0.75, 0.76), (0.65, 0.65));
    }

    [Test]
    public void Learning_from_an_imitation_of_the_logging_policy_works_too() =>
        CheckLongOrShort("DR from the logging policy", new TrpoFromLogOptions { Start = LearningStart.LoggingPolicy }, (0.74, 0.75), (0.65, 0.65));

    private void CheckLongOrShort(string name, TrpoFromLogOptions options, (double Stochastic, double Greedy) least, (double Stochastic, double Greedy) leastOfShort) =>
        Check(name, IsShort ? 2_000 : 10_000, options, IsShort ? leastOfShort.Stochastic : least.Stochastic, IsShort ? leastOfShort.Greedy : least.Greedy);

    private void Check(string name, int rows, TrpoFromLogOptions options, double stochastic, double greedy)
    {
        var (values, ridges) = (new List<(double Stochastic, double Greedy)>(), new List<double>());
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var seed = 1; seed <= Replications; seed++)
        {
            var reports = new Reports();
            var log = SyntheticWorld.Rows(rows, (ulong)seed);
            using var policy = _ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), options with { Seed = seed, Progress = reports }).Fit(Decision.View(_ml, SyntheticWorld.Decisions(log)));
            values.Add(SyntheticWorld.Value(policy));
            ridges.Add(SyntheticWorld.ValueOfRidge(log));
            TestContext.Out.WriteLine(FormattableString.Invariant($"  {values[^1].Stochastic:F4} and {values[^1].Greedy:F4}; iteration {policy.Metadata.Provenance["iteration"]} of {reports.Last.Iteration}, {reports.Last.Outcome}, {reports.Last.EffectiveRows:F0} effective rows"));
        }

        TestContext.Out.WriteLine(FormattableString.Invariant($"{name}, {Replications} logs: stochastic {values.Average(value => value.Stochastic):F4}, greedy {values.Average(value => value.Greedy):F4}; ridge argmax {ridges.Average():F4}; {watch.Elapsed.TotalSeconds / Replications:F1} s"));
        Assert.That(values.Average(value => value.Stochastic), Is.GreaterThanOrEqualTo(stochastic));
        Assert.That(values.Average(value => value.Greedy), Is.GreaterThanOrEqualTo(greedy));
    }
}
