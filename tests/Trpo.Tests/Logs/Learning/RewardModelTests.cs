using System.Numerics.Tensors;
using Microsoft.ML;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Estimators.Logs.Learning.Rewards;
using Trpo.Estimators.Networks;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Learning;

/// <summary>Tests of the reward models and of their fit by folds.</summary>
public sealed class RewardModelTests
{
    private const int Training = 240;

    private static readonly MLContext Ml = new(seed: 1);

    private static IEnumerable<TestCaseData> Models =>
    [
        new(RewardModel.Ridge()),
        new(RewardModel.Network([8], steps: 5)),
        new(RewardModel.Trainer(() => Ml.Regression.Trainers.FastTree(numberOfTrees: 5, minimumExampleCountPerLeaf: 5))),
    ];

    [TestCaseSource(nameof(Models))]
    public void No_row_is_predicted_by_a_model_that_has_seen_it(RewardModel model)
    {
        var log = Rows();
        var before = Predict(model, log);
        log.Rewards[7] += 50;
        var after = Predict(model, log);
        log.Rewards[7] -= 50;
        log.Rewards[Training + 3] += 50;
        var heldOut = Predict(model, log);

        Assert.That(after[(7 * 3)..(8 * 3)], Is.EqualTo(before[(7 * 3)..(8 * 3)]), "the row itself");
        Assert.That(after[(4 * 3)..(5 * 3)], Is.EqualTo(before[(4 * 3)..(5 * 3)]), "a row of the same fold");
        Assert.That(after[(8 * 3)..(9 * 3)], Is.Not.EqualTo(before[(8 * 3)..(9 * 3)]), "a row of another fold");
        Assert.That(heldOut, Is.EqualTo(before), "held-out rewards are in no model");
    }

    [Test]
    public void Ridge_regressions_are_those_of_evaluations()
    {
        var log = Rows();
        int[] folds = [.. Enumerable.Range(0, log.Count).Select(row => row % 3)];
        var expected = CrossFittedRidge.Predict(log, folds, 3, penalty: 2, () => { });
        var predicted = CrossFit.Predict(new RidgeRewards(2), log, log.Count, folds: 3, seed: 0, () => { });

        Assert.That(predicted.Select(value => (double)value), Is.EqualTo(expected).Within(1e-5));
    }

    [TestCaseSource(nameof(Models))]
    public void Models_tell_a_good_action_from_a_bad_one(RewardModel model)
    {
        // Action 1 pays the first value, action 0 its negative, action 2 nothing.
        var log = Rows();
        var predicted = Predict(model, log);
        var right = Enumerable.Range(0, log.Count).Count(row => predicted[(row * 3) + 1] > predicted[row * 3] == log.Observation(row)[0] > 0);

        Assert.That(right, Is.GreaterThan(0.8 * log.Count));
    }

    [Test]
    public void An_action_with_few_rows_has_their_mean_drawn_towards_all()
    {
        var log = Rows();
        for (var row = 0; row < log.Count; row++)
            (log.Actions[row], log.Rewards[row]) = (row < 4 ? 2 : row % 2, row < 4 ? 8 : 0);
        using var predictor = RewardModel.Trainer(() => throw new AssertionException("No action but 0 and 1 has 20 rows.")).Model.Fit(log, [0, 1, 2, 3, 4, 5, 6, 7], seed: 0, () => { });
        var predictions = new float[log.Count * 3];
        predictor.Predict(log, [9], predictions, () => { });

        // The mean of all is 4: (4 + 4 x 8) / 5, and (4 + 2 x 0) / 3 for the others.
        Assert.That(predictions[27..30], Is.EqualTo(new[] { 4 / 3f, 4 / 3f, 36 / 5f }).Within(1e-6f));
    }

    [TestCase(20, 3, ExpectedResult = 8_192)]
    [TestCase(2_048, 3, ExpectedResult = 8_192)]
    [TestCase(100_000, 3, ExpectedResult = 167)]
    [TestCase(2, 1_000_000, ExpectedResult = 16)]
    public int Wide_observations_and_many_actions_are_read_in_few_rows_at_once(int length, int actions) =>
        new NetworkRewards([64], steps: 1).MaxRowsOf(new LoggedRows(actions, length) { Actions = [], Propensities = [], Rewards = [], Observations = [] });

    [Test]
    public void Derivatives_of_the_network_are_those_of_finite_differences()
    {
        var log = Rows();
        var network = DifferentiableNetwork.For(PerceptronModel.Create(2, [6], 3, Activation.Tanh, outputGain: 1, new RandomSource(5)));
        var problem = new ValueProblem([new RewardObjective(network, log.Observations, log.Actions, log.Rewards)]);
        double[] start = new double[problem.Length], gradient = new double[problem.Length], product = new double[problem.Length];
        problem.CopyTo(start);
        var random = new RandomSource(6);
        for (var direction = 0; direction < 5; direction++)
        {
            double[] vector = [.. start.Select(_ => random.NextGaussian())];
            TensorPrimitives.Divide<double>(vector, TensorPrimitives.Norm<double>(vector), vector);
            problem.Gradient(gradient);
            problem.FisherProduct(vector, product);
            var (up, down) = (At(0.02), At(-0.02));
            problem.Assign(start);

            Assert.That((up.Objective - down.Objective) / 0.04, Is.EqualTo(TensorPrimitives.Dot<double>(gradient, vector)).Within(1e-3));
            Assert.That((up.Divergence + down.Divergence) / (0.02 * 0.02), Is.EqualTo(TensorPrimitives.Dot<double>(product, vector)).Within(1).Percent);

            (double Objective, double Divergence) At(double step)
            {
                problem.Assign([.. start.Zip(vector, (a, b) => a + (step * b))]);
                return problem.Evaluate();
            }
        }

        network.Dispose();
    }

    [Test]
    public void The_errors_that_choose_a_step_are_those_of_the_objective_bit_for_bit()
    {
        var log = Rows();
        using var network = DifferentiableNetwork.For(PerceptronModel.Create(2, [6], 3, Activation.Tanh, outputGain: 1, new RandomSource(5)));
        var objective = new RewardObjective(network, log.Observations, log.Actions, log.Rewards);

        Assert.That(objective.SumErrors(), Is.EqualTo(objective.Linearize().Objective));
    }

    // Rows that were read and standardized anew in each step were 1.2 MB of each.
    [Test]
    public void Steps_of_the_network_read_no_rows()
    {
        const int Count = 3_000, Length = 100;
        var random = new RandomSource(2);
        var log = new LoggedRows(2, Length)
        {
            Actions = [.. Enumerable.Range(0, Count).Select(row => row % 2)],
            Propensities = [.. Enumerable.Repeat(0.5, Count)],
            Rewards = [.. Enumerable.Range(0, Count).Select(_ => random.NextGaussian())],
            Observations = [.. Enumerable.Range(0, Count * Length).Select(_ => (float)random.NextGaussian())],
        };
        var (few, many) = (Allocated(2), Allocated(12));

        Assert.That((many.Bytes - few.Bytes) / 10, Is.LessThan(400_000));
        Assert.That(many.Checks, Is.EqualTo(12), "no step ended the fit");

        (long Bytes, int Checks) Allocated(int steps)
        {
            var (before, checks) = (GC.GetAllocatedBytesForCurrentThread(), 0);
            RewardModel.Network([2], steps).Model.Fit(log, [.. Enumerable.Range(0, Count)], seed: 1, () => checks++).Dispose();
            return (GC.GetAllocatedBytesForCurrentThread() - before, checks);
        }
    }

    [Test]
    public void Observations_too_long_for_ridge_are_refused()
    {
        var log = new LoggedRows(2, 2_001) { Actions = [0, 1], Propensities = [0.5, 0.5], Rewards = [0, 1], Observations = new float[4_002] };

        Assert.That(() => RewardModel.Ridge().Model.Fit(log, [0, 1], seed: 0, () => { }), Throws.TypeOf<LogException>().With.Message.Contains("2001 values").And.Message.Contains("RewardModel.Network"));
    }

    [Test]
    public void Masks_are_no_features()
    {
        var rows = new LoggedRows(2, 3) { Actions = [0, 1], Propensities = [0.5, 0.5], Rewards = [0, 1], Observations = [7, 1, 1, 8, 0, 1] };

        Assert.That(new LearningLog(rows, ["a", "b"], new RewardScale(0, 1), HasMask: true).WithoutMask().Observations, Is.EqualTo(new float[] { 7, 8 }));
        Assert.That(new LearningLog(rows, ["a", "b"], new RewardScale(0, 1), HasMask: false).WithoutMask(), Is.SameAs(rows));
    }

    private static float[] Predict(RewardModel model, LoggedRows log) => CrossFit.Predict(model.Model, log, Training, folds: 3, seed: 4, () => { });

    private static LoggedRows Rows()
    {
        const int Count = 300;
        var random = new RandomSource(2);
        float[] observations = [.. Enumerable.Range(0, 2 * Count).Select(_ => (float)random.NextGaussian())];
        int[] actions = [.. Enumerable.Range(0, Count).Select(_ => (int)(3 * random.NextDouble()))];
        return new LoggedRows(3, 2)
        {
            Actions = actions,
            Propensities = [.. actions.Select(_ => 1 / 3.0)],
            Rewards = [.. actions.Select((action, row) => (action == 1 ? observations[2 * row] : action == 0 ? -observations[2 * row] : 0) + (0.1 * random.NextGaussian()))],
            Observations = observations,
        };
    }
}
