using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>
/// The reuse of earlier rollouts. Advantages are the rewards here (no discount, no values), so that the objective before an update is the mean of
/// weight times reward.
/// </summary>
public sealed class SampleReuseTests
{
    private static readonly AdvantageOptions Plain = new(Discount: 0, Lambda: 1);

    [TestCase(0, new double[] { 1, 10, 100, 1_000 })]
    [TestCase(1, new double[] { 1, 5.5, 55, 550 })]
    [TestCase(2, new double[] { 1, 5.5, 37, 370 })]
    public void Rollouts_are_reused_up_to_the_maximum_number_of_earlier_ones(int earlier, double[] objectives)
    {
        // The first rollout of 4 steps is rewarded with 1 a step, the second with 10, and so on; the policy stays the same, so that all weights are 1.
        using var run = new Run(earlier, steps => Math.Pow(10, (steps - 1) / 4));

        Assert.That(objectives.Select(_ => run.Objective()), Is.EqualTo(objectives).Within(1e-9));
    }

    [Test]
    public void Steps_of_an_earlier_policy_are_weighted_by_importance()
    {
        using var run = new Run(earlier: 1, _ => 1);
        Assert.That(run.Objective(), Is.EqualTo(1));
        var (observations, actions) = (run.Observations, run.Actions);
        var then = run.LogProbabilities(observations, actions);
        run.Change(step: 0.2);
        var now = run.LogProbabilities(observations, actions);
        var weights = now.Zip(then, (later, earlier) => Math.Exp(later - earlier)).ToArray();

        Assert.That(run.Objective(), Is.EqualTo((4 + weights.Sum()) / 8).Within(1e-6));
        Assert.That(weights, Is.All.InRange(0.1, ImportanceWeights.Max));
        Assert.That(weights.Max(weight => Math.Abs(weight - 1)), Is.GreaterThan(0.01), "the policy has changed");
    }

    [Test]
    public void Observations_of_earlier_steps_are_normalized_with_the_present_statistics()
    {
        // The parameters do not change, but the statistics do: the present policy normalizes an earlier observation differently.
        using var run = new Run(earlier: 1, _ => 1, rows: 6, normalizer: new ObservationNormalizer(1, 1));
        run.Objective();
        var (observations, actions) = (run.Observations, run.Actions);
        var then = run.LogProbabilities(observations, actions);
        run.Advance();
        var weights = run.LogProbabilities(observations, actions).Zip(then, (later, earlier) => Math.Min(Math.Exp(later - earlier), ImportanceWeights.Max)).ToArray();

        Assert.That(run.Objective(), Is.EqualTo((6 + weights.Sum()) / 12).Within(1e-6));
        Assert.That(weights.Max(weight => Math.Abs(weight - 1)), Is.GreaterThan(0.01), "at least one weight has changed");
    }

    [Test]
    public void Rewards_after_an_earlier_step_are_weighted_by_the_traces_of_the_later_actions()
    {
        // An episode of 4 steps of reward 1, lambda and discount 1: A[t] = 1 + min(1, w[t + 1]) A[t + 1] for the earlier rollout, 4, 3, 2, 1 for the current one.
        using var run = new Run(earlier: 1, _ => 1, options: new AdvantageOptions(Discount: 1, Lambda: 1));
        Assert.That(run.Objective(), Is.EqualTo(2.5));
        var (observations, actions) = (run.Observations, run.Actions);
        var then = run.LogProbabilities(observations, actions);
        run.Change(step: -0.2);
        var weights = run.LogProbabilities(observations, actions).Zip(then, (later, earlier) => Math.Exp(later - earlier)).ToArray();
        double[] advantages = [1, 1, 1, 1];
        for (var t = 2; t >= 0; t--)
            advantages[t] = 1 + (Math.Min(1, weights[t + 1]) * advantages[t + 1]);

        Assert.That(weights.Skip(1).Min(), Is.LessThan(0.99), "at least one trace is below 1");
        Assert.That(run.Objective(), Is.EqualTo((10 + weights.Zip(advantages, (weight, advantage) => weight * advantage).Sum()) / 8).Within(1e-6));
    }

    [Test]
    public void The_entropy_bonus_of_earlier_steps_is_that_of_the_present_policy()
    {
        using var run = new Run(earlier: 1, _ => 0);
        run.Objective(entropyBonus: 5);
        var (observations, actions) = (run.Observations, run.Actions);
        var then = run.LogProbabilities(observations, actions);
        run.Change(step: 0.2);
        var now = run.LogProbabilities(observations, actions);
        var objective = run.Objective(entropyBonus: 0.5);
        var current = run.LogProbabilities(run.Observations, run.Actions);

        var earlier = now.Zip(then, (later, earlier) => Math.Exp(later - earlier) * -0.5 * later).Sum();
        Assert.That(objective, Is.EqualTo(((-0.5 * current.Sum()) + earlier) / 8).Within(1e-6));
    }

    [Test]
    public void Without_an_entropy_bonus_earlier_steps_have_none_either()
    {
        using var run = new Run(earlier: 1, _ => 0);
        run.Objective(entropyBonus: 5);

        Assert.That(run.Objective(entropyBonus: 0), Is.Zero);
    }

    [Test]
    public void Importance_weights_are_at_most_three()
    {
        using var run = new Run(earlier: 1, _ => 1, rows: 40);
        run.Change(step: 0.5);
        run.Objective();
        var (observations, actions) = (run.Observations, run.Actions);
        var then = run.LogProbabilities(observations, actions);
        double[] weights = [0];
        for (var (step, tries) = (-1.0, 0); weights.Max() <= 3 && tries < 20; (step, tries) = (-1.5 * step, tries + 1))
        {
            run.Change(step);
            weights = [.. run.LogProbabilities(observations, actions).Zip(then, (later, earlier) => Math.Exp(later - earlier))];
        }

        Assert.That(weights.Max(), Is.GreaterThan(3), "at least one weight is clipped");
        Assert.That(run.Objective(), Is.EqualTo((40 + weights.Sum(weight => Math.Min(weight, 3))) / 80).Within(1e-6));
    }

    [Test]
    public void Training_with_reused_iterations_is_repeatable_with_any_number_of_threads()
    {
        Assert.That(Curve(threads: 2), Is.EqualTo(Curve(threads: 1)));
        Assert.That(Curve(threads: 1, reused: 0), Is.Not.EqualTo(Curve(threads: 1)));

        static double[] Curve(int threads, int reused = 3)
        {
            var ml = new MLContext(1);
            var listener = new Listener();
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4);
            using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, new() { TotalSteps = 2_000, StepsPerIteration = 250, Seed = 1, Threads = threads, ReusedIterations = reused, Progress = listener }).Fit(view);
            return [.. listener.Iterations.Select(iteration => iteration.Update.MeanKl)];
        }
    }

    private sealed class Run : IDisposable
    {
        private readonly TransformedVectorEnvironment _environments;
        private readonly Shard _shard;
        private readonly StochasticPolicy _policy;
        private readonly int _rows;
        private bool _hasAdvanced;
        private int _steps;

        public Run(int earlier, Func<int, double> reward, int rows = 4, AdvantageOptions? options = null, ObservationNormalizer? normalizer = null)
        {
            Normalizer = normalizer;
            _policy = Support.Policies.Create(ActionSpace.Discrete(2), observationLength: 1, normalizer: normalizer);
            _rows = rows;
            var view = new MLContext(1).ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(4, reward: _ => reward(++_steps)), 1);
            _environments = new TransformedVectorEnvironment(view, 1, view, view.Schema[0]);
            _shard = new Shard(_environments, _policy, new ZeroValues(), new RandomSource(1), 1, new() { Capacity = rows, ReusedIterations = earlier, Advantages = options ?? Plain });
            _shard.ResetEnvironments();
        }

        public ObservationNormalizer? Normalizer { get; }

        public float[] Observations => _shard.GetRows().Observations.ToArray();

        public double[] Actions => [.. _shard.Rollout.Actions.ToArray().Select(action => (double)action)];

        public double Objective(double entropyBonus = 0)
        {
            _shard.BeginIteration(_rows, _hasAdvanced ? null : _shard.Statistics);
            _hasAdvanced = false;
            _shard.Collect(proceed: null);
            _shard.Estimate(entropyBonus);
            var problem = new PolicyProblem([_shard.BeginPolicyUpdate(standardization: null)]);
            return problem.Gradient(new double[problem.Length]);
        }

        /// <summary>Advances the normalizer before the next call of <see cref="Objective"/>, which then does not.</summary>
        public void Advance()
        {
            Normalizer!.Advance(_shard.Statistics!);
            _hasAdvanced = true;
        }

        public void Change(double step)
        {
            var parameters = new double[_policy.Length];
            _policy.CopyTo(parameters);
            for (var i = 0; i < parameters.Length; i++)
                parameters[i] += step * ((i % 3) - 1);
            _policy.Assign(parameters);
        }

        public double[] LogProbabilities(float[] observations, double[] actions)
        {
            var logits = new double[2 * observations.Length];
            _policy.Evaluate(observations, logits);
            return [.. actions.Select((action, row) => -Math.Log(1 + Math.Exp(logits[(2 * row) + 1 - (int)action] - logits[(2 * row) + (int)action])))];
        }

        public void Dispose()
        {
            _environments.Dispose();
            _policy.Dispose();
        }
    }
}
