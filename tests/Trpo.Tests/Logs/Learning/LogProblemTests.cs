using System.Numerics.Tensors;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Learning;

/// <summary>Tests of the objective of learning from a log: literal values, and derivatives against finite differences.</summary>
public sealed class LogProblemTests
{
    [Test]
    public void The_objective_and_its_gradient_are_those_of_a_calculation_by_hand()
    {
        // Two rows, uniform policy: G = (0.2 + 0.8 / 0.5, 0.4) and (0.2, 0.4 - 0.4 / 0.25), of which the policy expects 1.1 and -0.5.
        var rows = new LoggedRows(2, 1) { Actions = [0, 1], Propensities = [0.5, 0.25], Rewards = [1, 0], Observations = [1, 3] };
        var log = new LearningLog(rows, ["a", "b"], new RewardScale(0, 1), HasMask: false) { Expected = [0.2f, 0.4f, 0.2f, 0.4f] };
        var policies = LogPolicies.Create(log, new TrpoFromLogOptions { HiddenLayers = [], NormalizeObservations = false }, seed: 1, count: 1);
        var problem = new LogProblem([new LogObjective(policies[0], log, imitates: false, start: 0, count: 2, new LogArrays())], threads: null, isSelfNormalized: false, minEffectiveRows: 0);
        var gradient = new double[problem.Length];

        Assert.That(problem.Gradient(gradient), Is.EqualTo(0.3).Within(1e-7));
        Assert.That(problem.Start.EffectiveRows, Is.EqualTo(9 / 5.0).Within(1e-12), "the weights are 1 and 2");
        Assert.That(problem.Entropy, Is.EqualTo(Math.Log(2)).Within(1e-12));

        // Each row has the derivative 0.5 (G - sum pi G) = ±0.35 by the logits; the weights' are multiplied by the observation.
        Assert.That(gradient, Is.EqualTo(new[] { 0.35 * 2, -0.35 * 2, 0.35, -0.35 }).Within(1e-6));
    }

    [Test]
    public void Corrections_of_rare_actions_are_limited()
    {
        // The second row's correction is -0.4 / 0.5 in the place of -0.4 / 0.25.
        var rows = new LoggedRows(2, 1) { Actions = [0, 1], Propensities = [0.5, 0.25], Rewards = [1, 0], Observations = [1, 3] };
        var log = new LearningLog(rows, ["a", "b"], new RewardScale(0, 1), HasMask: false) { Expected = [0.2f, 0.4f, 0.2f, 0.4f], MinProbability = 0.5 };
        var policies = LogPolicies.Create(log, new TrpoFromLogOptions { HiddenLayers = [], NormalizeObservations = false }, seed: 1, count: 1);
        var problem = new LogProblem([new LogObjective(policies[0], log, imitates: false, start: 0, count: 2, new LogArrays())], threads: null, isSelfNormalized: false, minEffectiveRows: 0);

        Assert.That(problem.Gradient(new double[problem.Length]), Is.EqualTo((1.1 + 0.3 - 0.4) / 2).Within(1e-7));
        Assert.That(problem.Start.EffectiveRows, Is.EqualTo(9 / 5.0).Within(1e-12), "the weights are not limited");
    }

    [Test]
    public void The_self_normalized_objective_counts_rewards_from_its_own_estimate()
    {
        var rows = new LoggedRows(2, 1) { Actions = [0, 1], Propensities = [0.5, 0.25], Rewards = [1, 0], Observations = [1, 1] };
        var log = new LearningLog(rows, ["a", "b"], new RewardScale(0, 1), HasMask: false);
        var policies = LogPolicies.Create(log, new TrpoFromLogOptions { HiddenLayers = [], NormalizeObservations = false }, seed: 1, count: 1);
        var problem = new LogProblem([new LogObjective(policies[0], log, imitates: false, start: 0, count: 2, new LogArrays())], threads: null, isSelfNormalized: true, minEffectiveRows: 0);
        var gradient = new double[problem.Length];

        // v = (1 x 1 + 2 x 0) / 3; the derivative by the first logit is 0.25 (2/3 / 0.5) / 2 + 0.25 (1/3 / 0.25) / 2 = 1/3.
        Assert.That(problem.Gradient(gradient), Is.Zero.Within(1e-12));
        Assert.That(gradient[2], Is.EqualTo(1 / 3.0).Within(1e-6));
        Assert.That(gradient[3], Is.EqualTo(-1 / 3.0).Within(1e-6));
    }

    [Test]
    public void Derivatives_are_those_of_finite_differences([Values] bool isSelfNormalized, [Values] bool imitates, [Values] bool hasMask)
    {
        var (log, policies) = Random(hasMask);
        var problem = new LogProblem([.. policies.Select((policy, part) => new LogObjective(policy, log, imitates, start: 50 * part, count: 50, new LogArrays()))], threads: null, isSelfNormalized && !imitates, minEffectiveRows: 0);
        var (gradient, start) = (new double[problem.Length], new double[problem.Length]);
        problem.CopyTo(start);
        var objective = problem.Gradient(gradient);
        var random = new RandomSource(3);
        for (var direction = 0; direction < 5; direction++)
        {
            double[] vector = [.. start.Select(_ => random.NextGaussian())];
            TensorPrimitives.Divide<double>(vector, TensorPrimitives.Norm<double>(vector), vector);
            var product = new double[vector.Length];
            problem.Assign(start);
            problem.Gradient(gradient);
            problem.FisherProduct(vector, product);
            var (up, down) = (At(0.02), At(-0.02));
            problem.Assign(start);

            Assert.That((up.Objective - down.Objective) / 0.04, Is.EqualTo(TensorPrimitives.Dot<double>(gradient, vector)).Within(2e-4));
            Assert.That((up.MeanKl + down.MeanKl) / (0.02 * 0.02), Is.EqualTo(TensorPrimitives.Dot<double>(product, vector)).Within(1).Percent);

            (double Objective, double MeanKl) At(double step)
            {
                problem.Assign([.. start.Zip(vector, (a, b) => a + (step * b))]);
                return problem.Evaluate();
            }
        }

        Assert.That(problem.Evaluate().Objective, Is.EqualTo(objective).Within(1e-9));
        LogPolicies.Dispose(policies);
    }

    [Test]
    public void A_trial_with_too_few_effective_rows_is_minus_infinity_and_the_start_never_is()
    {
        var (log, policies) = Random(hasMask: false);
        var objectives = policies.Select((policy, part) => new LogObjective(policy, log, imitates: false, start: 50 * part, count: 50, new LogArrays())).ToList();
        var free = new LogProblem(objectives, threads: null, isSelfNormalized: false, minEffectiveRows: 0);
        var bounded = new LogProblem(objectives, threads: null, isSelfNormalized: false, minEffectiveRows: 1_000);
        double[] gradient = new double[free.Length], start = new double[free.Length];
        free.CopyTo(start);
        free.Gradient(gradient);
        free.Assign([.. start.Zip(gradient, (a, b) => a + (3 * b))]);
        var trial = free.Evaluate();
        var effective = free.Last.EffectiveRows;
        bounded.Assign(start);
        bounded.Gradient(gradient);

        Assert.That(bounded.Evaluate().Objective, Is.EqualTo(bounded.Objective).Within(1e-12), "the start has less than the bound, which is then that of the start");
        bounded.Assign([.. start.Zip(gradient, (a, b) => a + (3 * b))]);
        Assert.That(effective, Is.LessThan(bounded.Start.EffectiveRows));
        Assert.That(bounded.Evaluate(), Is.EqualTo((double.NegativeInfinity, trial.MeanKl)));
        Assert.That(bounded.RefusedTrials, Is.EqualTo(1));
        LogPolicies.Dispose(policies);
    }

    private static (LearningLog Log, IReadOnlyList<StochasticPolicy> Policies) Random(bool hasMask)
    {
        const int Rows = 100, Actions = 3;
        var length = hasMask ? 2 + Actions : 2;
        var random = new RandomSource(7);
        var rows = new LoggedRows(Actions, length)
        {
            Actions = [.. Enumerable.Range(0, Rows).Select(i => i % Actions)],
            Propensities = [.. Enumerable.Range(0, Rows).Select(_ => 0.1 + (0.9 * random.NextDouble()))],
            Rewards = [.. Enumerable.Range(0, Rows).Select(_ => random.NextGaussian())],
            Observations = [.. Enumerable.Range(0, Rows * length).Select(i => hasMask && i % length >= 2 ? (i % length) - 2 == i / length % Actions || random.NextDouble() < 0.5 ? 1f : 0 : (float)random.NextGaussian())],
        };
        var log = new LearningLog(rows, ["a", "b", "c"], new RewardScale(0, 1), hasMask) { Expected = [.. Enumerable.Range(0, Rows * Actions).Select(_ => (float)random.NextGaussian())] };
        var policies = LogPolicies.Create(log, new TrpoFromLogOptions { HiddenLayers = [8] }, seed: 2, count: 2);
        var parameters = new double[policies[0].Length];
        policies[0].CopyTo(parameters);
        foreach (ref var parameter in parameters.AsSpan())
            parameter += 0.3 * random.NextGaussian();
        foreach (var policy in policies)
            policy.Assign(parameters);
        return (log, policies);
    }
}
