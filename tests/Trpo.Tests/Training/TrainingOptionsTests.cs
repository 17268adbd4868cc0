using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Optimization;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>The observable effect of each training option.</summary>
public sealed class TrainingOptionsTests
{
    private static readonly TrpoOptions Short = new() { TotalSteps = 1_024, StepsPerIteration = 256, HiddenLayers = [16], Seed = 1 };

    [Test]
    public void Training_stops_when_a_hundred_episodes_reach_the_target_return()
    {
        // Every episode returns 4 after 4 steps: of 2 environments, the hundredth ends with step 400.
        Assert.That(Steps(Counting(4)), Is.EqualTo(512));
        Assert.That(Steps(Counting(4.001)), Is.EqualTo(1_024));
        Assert.That(Steps(Counting(null)), Is.EqualTo(1_024));

        static int Steps((IReadOnlyList<TrpoIteration> Iterations, PolicyTransformer Policy) run)
        {
            Assert.That(run.Policy.Metadata.Provenance["steps"], Is.EqualTo($"{run.Iterations[^1].Steps}"));
            return run.Iterations[^1].Steps;
        }

        static (IReadOnlyList<TrpoIteration>, PolicyTransformer) Counting(double? target)
        {
            var ml = new MLContext(1);
            var listener = new Listener();
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(4), count: 2);
            return (listener.Iterations, ml.ReinforcementLearning.Trainers.Trpo(view, Short with { TargetReturn = target, Progress = listener }).Fit(view));
        }
    }

    [Test]
    public void The_radius_of_the_trust_region_changes_linearly_to_its_final_value()
    {
        var iterations = CartPole(Short with { TotalSteps = 5_120, TrustRegion = new() { MaxKl = 0.02 }, FinalMaxKl = 0.001 });

        var radii = iterations.Select((_, i) => 0.02 - (0.019 * i / (iterations.Count - 1))).ToArray();
        var divergences = iterations.Select(iteration => iteration.Update.MeanKl).ToArray();
        Assert.That(radii[^1], Is.EqualTo(0.001).Within(1e-9));
        Assert.That(divergences.Zip(radii, (divergence, radius) => divergence / radius), Is.All.InRange(0, 1));
        Assert.That(divergences.Zip(radii, (divergence, radius) => divergence / radius).Count(share => share > 0.4), Is.GreaterThan(iterations.Count / 2), "most steps use much of the radius");
    }

    [TestCase(1)]
    [TestCase(7)]
    public void Iterations_grow_to_their_final_length_whatever_the_number_of_environments_and_threads(int environments)
    {
        var growing = Short with { TotalSteps = 10_000, FinalStepsPerIteration = 1_024 };
        var (one, two) = (Train(growing with { Threads = 1 }), Train(growing with { Threads = 2 }));
        var lengths = one.Steps.Prepend(0).Zip(one.Steps, (a, b) => b - a).ToList();

        Assert.That(lengths[0], Is.EqualTo(256).Within(10).Percent);
        Assert.That(lengths[^1], Is.EqualTo(1_024).Within(10).Percent);
        Assert.That(one.Steps[^1], Is.EqualTo((10_000 + environments - 1) / environments * environments));
        Assert.That(two.Onnx, Is.EqualTo(one.Onnx));

        (List<int> Steps, byte[] Onnx) Train(TrpoOptions options)
        {
            var ml = new MLContext(1);
            var listener = new Listener();
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: environments, rows: 20);
            using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener }).Fit(view);
            return ([.. listener.Iterations.Select(iteration => iteration.Steps)], policy.Onnx.ToArray());
        }
    }

    [Test]
    public void A_final_length_that_equals_the_first_gives_the_policy_of_a_short_training_without_it()
    {
        Assert.That(Onnx(Short with { FinalStepsPerIteration = Short.StepsPerIteration }), Is.EqualTo(Onnx(Short)), "a short training does not grow");

        static byte[] Onnx(TrpoOptions options)
        {
            var ml = new MLContext(1);
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), rows: 20);
            using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
            return policy.Onnx.ToArray();
        }
    }

    [Test]
    public void The_gradient_is_proportional_to_the_reward_scale_unless_advantages_are_normalized()
    {
        Assert.Multiple(() =>
        {
            Assert.That(GradientNorm(rewardScale: 8, normalize: false) / GradientNorm(rewardScale: 1, normalize: false), Is.EqualTo(8).Within(1e-9));
            Assert.That(GradientNorm(rewardScale: 8, normalize: true), Is.EqualTo(GradientNorm(rewardScale: 1, normalize: true)));
        });

        static double GradientNorm(double rewardScale, bool normalize) =>
            CartPole(Short with { TotalSteps = 256, RewardScale = rewardScale, NormalizeAdvantages = normalize, Baseline = _ => new ZeroValues() })[0].Update.GradientNorm;
    }

    [Test]
    public void Reported_returns_are_not_scaled() =>
        Assert.That(CartPole(Short with { RewardScale = 0.001 })[0].MeanReturn, Is.GreaterThan(5));

    [Test]
    public void The_entropy_bonus_is_added_to_rewards_falls_to_zero_and_is_not_part_of_the_return()
    {
        // Without discount and values an advantage is a reward: 1, and the bonus for the ln 2 nats of a policy that stays nearly uniform.
        var optimizer = new Standstill();
        var ml = new MLContext(1);
        var listener = new Listener();
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(4), count: 2);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, Short with
        {
            EntropyBonus = 0.5,
            Discount = 0,
            NormalizeAdvantages = false,
            Baseline = _ => new ZeroValues(),
            Optimizer = optimizer,
            Progress = listener,
        }).Fit(view);

        Assert.That(optimizer.Objectives, Is.EqualTo(new[] { 1, 2 / 3.0, 1 / 3.0, 0 }.Select(share => 1 + (0.5 * share * Math.Log(2)))).Within(1e-3));
        Assert.That(listener.Iterations.Select(iteration => iteration.MeanReturn), Is.All.EqualTo(4));
    }

    [Test]
    public void The_entropy_bonus_keeps_the_policy_of_a_bandit_stochastic()
    {
        // Of 4 choices, one returns 1 and the others 0.5, and the episode ends. With a bonus of 1 the best policy is softmax(reward), of 1.35 nats; without one it is deterministic.
        Assert.That(Entropy(bonus: 0), Is.LessThan(0.2));
        Assert.That(Entropy(bonus: 1), Is.GreaterThan(1.2));

        static double Entropy(double bonus)
        {
            var ml = new MLContext(1);
            var listener = new Listener();
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new FourArmedBandit(), count: 4);
            ml.ReinforcementLearning.Trainers.Trpo(view, Short with { TotalSteps = 20_480, EntropyBonus = bonus, Progress = listener }).Fit(view).Dispose();
            return listener.Iterations[listener.Iterations.Count / 2].Entropy;
        }
    }

    [Test]
    public void The_returned_policy_is_that_of_the_last_update()
    {
        // The only iteration acts and is updated on observations that are not scaled: applying its statistics afterwards would change the policy.
        Assert.That(Scores(normalize: true), Is.EqualTo(Scores(normalize: false)));

        static float[] Scores(bool normalize)
        {
            var ml = new MLContext(1);
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4, rows: 20);
            using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, Short with { TotalSteps = 256, NormalizeObservations = normalize }).Fit(view);
            return [.. policy.Transform(view).GetColumn<float[]>("Score").SelectMany(score => score)];
        }
    }

    [Test]
    public void A_policy_that_normalizes_observations_learns_from_observations_that_an_unscaled_one_cannot()
    {
        var plain = Learn(normalize: false);
        var normalized = Learn(normalize: true);
        Assert.That(normalized, Is.GreaterThan(plain + 2));

        static double Learn(bool normalize)
        {
            // The action should be the parity of the step, which is one unit in an observation of a thousand.
            var ml = new MLContext(1);
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new OffsetEnvironment(), count: 4);
            using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, Short with { TotalSteps = 8_192, NormalizeObservations = normalize }).Fit(view);
            return ml.ReinforcementLearning.Evaluate(policy, view, episodes: 20).MeanReturn;
        }
    }

    [Test]
    public void The_settings_of_the_documentation_solve_cart_pole()
    {
        var options = TrpoOptions.SampleEfficient with { TotalSteps = 100_000, EntropyBonus = 0.01 };
        Assert.That(CartPole(options with { Seed = 1, TargetReturn = 475 })[^1].MeanReturnOfLast100, Is.GreaterThanOrEqualTo(475));
    }

    [Test]
    public void More_reused_steps_than_fit_into_memory_are_refused_before_training() =>
        Assert.That(() => CartPole(Short with { TotalSteps = 20_000_000, StepsPerIteration = 10_000_000, ReusedIterations = 100 }),
            Throws.InvalidOperationException.With.Message.Contains(nameof(TrpoOptions.ReusedIterations)));

    [Test]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Multiple(() =>
        {
            Refused(Short with { RewardScale = 0 }, nameof(TrpoOptions.RewardScale));
            Refused(Short with { RewardScale = double.NaN }, nameof(TrpoOptions.RewardScale));
            Refused(Short with { EntropyBonus = -0.1 }, nameof(TrpoOptions.EntropyBonus));
            Refused(Short with { ReusedIterations = -1 }, nameof(TrpoOptions.ReusedIterations));
            Refused(Short with { FinalMaxKl = 0 }, nameof(TrpoOptions.FinalMaxKl));
            Refused(Short with { TargetReturn = double.NaN }, nameof(TrpoOptions.TargetReturn));
        });

        static void Refused(TrpoOptions options, string name) => Assert.That(() => CartPole(options), Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo(name));
    }

    private static List<TrpoIteration> CartPole(TrpoOptions options)
    {
        var ml = new MLContext(1);
        var listener = new Listener();
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4);
        ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener }).Fit(view).Dispose();
        return listener.Iterations;
    }

    private sealed class Standstill : IPolicyOptimizer
    {
        public List<double> Objectives { get; } = [];

        public TrustRegionStep Step(ITrustRegionProblem problem)
        {
            Objectives.Add(problem.Gradient(new double[problem.Length]));
            return new TrustRegionStep { Outcome = TrustRegionOutcome.NoImprovement };
        }
    }
}
