using System.Globalization;
using System.Numerics.Tensors;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>
/// A comparison of the model of the values, which has regressions of each step, with one that shares a regression per action among all steps, with the step as a feature. TRPO_LOG_REPLICATIONS sets the number
/// of logs; the suite draws 20.
/// </summary>
public sealed class SharedRegressionTests
{
    private static readonly int Replications = int.Parse(Environment.GetEnvironmentVariable("TRPO_LOG_REPLICATIONS") ?? "20", CultureInfo.InvariantCulture);

    [TestCase(5, 200, 0.3, false)]
    [TestCase(5, 200, 0.3, true)]
    [TestCase(20, 100, 0.1, false)]
    [TestCase(20, 400, 0.1, false)]
    [TestCase(20, 400, 0.1, true)]
    public void Regressions_of_each_step_are_the_better_model_and_about_as_good_a_correction(int horizon, int episodes, double distance, bool isCoarse)
    {
        var process = new MarkovLog(states: 8, horizon, distance, isCoarse: isCoarse);
        var errors = new double[4];
        for (var seed = 1; seed <= Replications; seed++)
        {
            var log = process.Draw(episodes, (ulong)seed);
            var folds = EpisodeFolds.Assign(log.Rows, log.Episodes!, 3, seed: 0);
            foreach (var (index, (expected, predicted)) in new[] { new FittedQEvaluation(log.Rows, log.Episodes!, folds).Evaluate([log.Policy], 1, 1, () => { })[0], Shared(log, folds) }.Index())
            {
                var read = new OffPolicyEpisodes(log.Episodes!, 1, OffPolicyEpisodes.Accumulate(log.Rows, log.Episodes!, log.Policy), log.Rows.Rewards, expected, predicted);
                errors[index] += Math.Pow(WeightedDoublyRobust.Terms(read).Average() - process.Truth, 2) / Replications;
                errors[index + 2] += Math.Pow(WeightedDoublyRobust.ModelTerms(read).Average() - process.Truth, 2) / Replications;
            }
        }

        TestContext.Out.WriteLine(FormattableString.Invariant($"{Replications} x horizon {horizon}, {episodes} episodes, {(isCoarse ? "coarse" : "exact")}: error of WDR by step {Math.Sqrt(errors[0]):F4}, shared {Math.Sqrt(errors[1]):F4}; of DM by step {Math.Sqrt(errors[2]):F4}, shared {Math.Sqrt(errors[3]):F4}"));
        Assert.That(Math.Sqrt(errors[2]), Is.LessThan(0.8 * Math.Sqrt(errors[3])));
        Assert.That(Math.Sqrt(errors[0]), Is.LessThan(1.35 * Math.Sqrt(errors[1])));
    }

    private static (double[] Expected, double[] Predicted) Shared(LoadedLog loaded, int[] folds)
    {
        var (log, episodes, scale) = (loaded.Rows, loaded.Episodes!, FeatureScale.Of(loaded.Rows));
        var (expected, predicted, features) = (new double[log.Count], new double[log.Count], new double[log.Length + 2]);
        for (var fold = 0; fold < 3; fold++)
        {
            var (values, chosen) = (new double[log.Count], new double[log.Count]);

            // After as many fits as there are steps, the values of the first step have seen the last one.
            for (var fit = 0; fit < episodes.Horizon; fit++)
            {
                double[] targets = [.. log.Rewards.Select((reward, row) => reward + (episodes.Next[row] is >= 0 and var next ? values[next] : 0))];
                var center = Enumerable.Range(0, log.Count).Where(row => folds[row] != fold).Average(row => targets[row]);
                var next = new double[log.Count];
                for (var action = 0; action < log.ActionCount; action++)
                {
                    var sums = new RidgeSums(features.Length);
                    for (var row = 0; row < log.Count; row++)
                    {
                        if (folds[row] == fold || log.Actions[row] != action)
                            continue;
                        Read(row);
                        sums.Add(features, targets[row]);
                    }

                    var coefficients = sums.Solve(1, center);
                    for (var row = 0; row < log.Count; row++)
                    {
                        Read(row);
                        var value = center + TensorPrimitives.Dot<double>(features, coefficients);
                        next[row] += loaded.Policy[(row * log.ActionCount) + action] * value;
                        if (log.Actions[row] == action)
                            chosen[row] = value;
                    }
                }

                values = next;
            }

            for (var row = 0; row < log.Count; row++)
            {
                if (folds[row] == fold)
                    (expected[row], predicted[row]) = (values[row], chosen[row]);
            }
        }

        return (expected, predicted);

        void Read(int row)
        {
            scale.Read(log.Observation(row), features.AsSpan(..^1));
            features[^1] = (2.0 * episodes.Steps[row] / episodes.Horizon) - 1;
        }
    }
}
