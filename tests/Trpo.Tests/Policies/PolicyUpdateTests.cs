using CsCheck;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Policies;

/// <summary>The effect of a step on a policy, for random networks, families of distributions, batches and differentiations.</summary>
[TestFixture(Differentiation.Kernel)]
[TestFixture(Differentiation.Perceptron)]
[TestFixture(Differentiation.Autograd)]
public sealed class PolicyUpdateTests(Differentiation differentiation)
{
    private static readonly TrustRegionOutcome[] Refusals = [TrustRegionOutcome.NonFinite, TrustRegionOutcome.NonFiniteGradient, TrustRegionOutcome.NotPositiveDefinite];

    // Random networks, families and batches; radii and line searches that often end in a rejection.
    private static readonly Gen<(PerceptronShape Shape, int Space, TrustRegionOptions Options, double Fraction)> Any =
        from inputs in Gen.Int[1, 9]
        from hidden in Gen.Int[1, 20].Array[0, 2]
        from rows in Gen.Int[1, 80]
        from activation in Gen.Enum<Activation>()
        from seed in Gen.Int[0, 1_000_000]
        from space in Gen.Int[0, TestNetworks.Spaces.Length - 1]
        from maxKl in Among(1e-6, 1e-3, 0.01, 1, 30)
        from damping in Among(0, 1e-3, 0.1)
        from ratio in Among(0.1, 0.99, 1)
        from backtracks in Gen.Int[1, 4]
        from fraction in Among(0.2, 1)
        select (
            new PerceptronShape([inputs, .. hidden, 1], rows, activation, (ulong)seed), space,
            new TrustRegionOptions { MaxKl = maxKl, Damping = damping, AcceptRatio = ratio, MaxBacktracks = backtracks }, fraction);

    [SetUp]
    public void Require()
    {
        if (differentiation == Differentiation.Kernel)
            TestNetworks.Require(PerceptronKernel.VectorLength);
    }

    [Test]
    public void Accepted_steps_stay_within_the_trust_region_and_rejected_ones_restore_every_bit()
    {
        var (accepted, rejected) = (0, 0);
        Any.Sample(
            drawn =>
            {
                var (shape, space, options, fraction) = drawn;
                using var batch = new Batch(TestNetworks.Spaces[space], differentiation, shape.Inputs, shape.Widths[1..^1], shape.Activation, shape.Rows, shape.Seed);
                var step = new TrustRegionOptimizer(options).Step(batch.Problem(batch.Advantages, fraction));
                if (step.Outcome != TrustRegionOutcome.Accepted)
                {
                    rejected++;
                    return step is { MeanKl: 0, StepFraction: 0, Improvement: 0 } && batch.IsUntouched();
                }

                accepted++;
                var divergence = batch.Divergence();
                return step.MeanKl <= options.MaxKl && step.Improvement > 0 && divergence <= (options.MaxKl * 1.001) + 1e-6 && Math.Abs(divergence - step.MeanKl) <= 1e-6 + (1e-3 * step.MeanKl);
            },
            iter: 150, threads: 1);

        Assert.That(accepted, Is.GreaterThan(20));
        Assert.That(rejected, Is.GreaterThan(20));
    }

    [Test]
    public void Advantages_of_zero_take_no_step([Range(0, 3)] int space)
    {
        using var batch = Create(space, rows: 20);
        var step = new TrustRegionOptimizer().Step(batch.Problem(new double[20]));

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.ZeroGradient));
        Assert.That(batch.IsUntouched(), Is.True);
    }

    [Test]
    public void A_batch_of_one_row_is_updated([Range(0, 3)] int space, [Values(0.01, 1)] double fraction)
    {
        using var batch = Create(space, rows: 1);
        var step = new TrustRegionOptimizer().Step(batch.Problem([1.5], fraction));

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
        Assert.That(batch.Divergence(), Is.GreaterThan(0).And.LessThanOrEqualTo(0.01001));
    }

    [TestCase(double.PositiveInfinity)]
    [TestCase(double.NegativeInfinity)]
    [TestCase(double.NaN)]
    [TestCase(1e300)]
    [TestCase(double.MaxValue)]
    public void Extreme_advantages_are_rejected_and_change_nothing(double advantage)
    {
        for (var space = 0; space < TestNetworks.Spaces.Length; space++)
        {
            using var batch = Create(space, rows: 5);
            var step = new TrustRegionOptimizer().Step(batch.Problem([1, advantage, -1, 0, 2]));

            Assert.That(step.Outcome, Is.AnyOf(Refusals));
            Assert.That(step.Outcome == TrustRegionOutcome.NonFiniteGradient, Is.EqualTo(step.Offender is not null));
            Assert.That(batch.IsUntouched(), Is.True);
        }
    }

    [TestCase(1e-30)]
    [TestCase(1e-12)]
    [TestCase(1e12)]
    public void Advantages_of_any_size_end_in_an_outcome(double scale)
    {
        for (var space = 0; space < TestNetworks.Spaces.Length; space++)
        {
            using var batch = Create(space, rows: 30);
            var step = new TrustRegionOptimizer().Step(batch.Problem([.. batch.Advantages.Select(advantage => scale * advantage)]));

            Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted), "a step does not depend on the scale");
            Assert.That(batch.Divergence(), Is.LessThanOrEqualTo(0.01001));
        }
    }

    [Test]
    public void Curvature_that_is_singular_ends_in_an_outcome([Range(0, 3)] int space, [Values] bool dead)
    {
        // Units that are never active, or all equal: most parameters have no effect of their own.
        using var batch = new Batch(TestNetworks.Spaces[space], differentiation, 3, [8], dead ? Activation.Relu : Activation.Tanh, 20, seed: 1);
        var parameters = batch.Parameters();
        for (var i = 0; i < 8; i++)
        {
            for (var input = 0; input < 3; input++)
                parameters[(3 * i) + input] = dead ? parameters[(3 * i) + input] : 0.5;
            parameters[24 + i] = dead ? -100 : 0.25;
        }

        batch.Restart(parameters);
        var step = new TrustRegionOptimizer(new() { Damping = 0, ConjugateGradientTolerance = 0, ConjugateGradientSteps = 50 }).Step(batch.Problem(batch.Advantages));

        if (step.Outcome == TrustRegionOutcome.Accepted)
            Assert.That(batch.Divergence(), Is.LessThanOrEqualTo(0.01001));
        else
            Assert.That(batch.IsUntouched(), Is.True);
        Assert.That(step.ConjugateGradient, Is.Not.Null);
    }

    [Test]
    public void Parameters_that_are_not_numbers_are_refused_and_named()
    {
        using var batch = Create(space: 0, rows: 5);
        var parameters = batch.Parameters();
        parameters[0] = double.NaN;
        batch.Restart(parameters);
        var step = new TrustRegionOptimizer().Step(batch.Problem(batch.Advantages));

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.NonFiniteGradient));
        Assert.That(step.Offender, Does.StartWith("layer"));
    }

    [Test]
    public void A_custom_module_is_updated_like_the_perceptron()
    {
        using var policy = new StochasticPolicy(TestModule.Linear(3, 2, output => output.sin()), ActionDistribution.For(TestNetworks.Spaces[3], 0));
        var problem = new PolicyProblem(policy, TestNetworks.Singles(new RandomSource(1), 60), TestNetworks.Gaussians(new RandomSource(2), 40), TestNetworks.Gaussians(new RandomSource(3), 20), 0.5);
        var step = new TrustRegionOptimizer().Step(problem);

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
        Assert.That(step.MeanKl, Is.InRange(1e-4, 0.01));
    }

    [Test]
    public void A_module_of_the_wrong_shape_is_named()
    {
        using var policy = new StochasticPolicy(TestModule.Linear(3, 4), ActionDistribution.For(TestNetworks.Spaces[0], 0));
        var problem = new PolicyProblem(policy, new float[60], new double[20], new double[20], 1);

        Assert.That(() => new TrustRegionOptimizer().Step(problem), Throws.InvalidOperationException.With.Message.Contains("'linear'").And.Message.Contains("[20, 3]"));
    }

    [Test]
    public void A_module_without_parameters_or_with_a_frozen_one_is_refused()
    {
        using var empty = new TestModule("empty", (_, input) => input);
        using var frozen = TestModule.Linear(3, 3);
        frozen.Parameters["bias"].requires_grad = false;
        var family = ActionDistribution.For(TestNetworks.Spaces[0], 0);

        Assert.That(() => new StochasticPolicy(empty, family), Throws.ArgumentException.With.Message.Contains("no parameter"));
        Assert.That(() => new StochasticPolicy(frozen, family), Throws.ArgumentException.With.Message.Contains("'bias'"));
    }

    private static Gen<double> Among(params double[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private Batch Create(int space, int rows) => new(TestNetworks.Spaces[space], differentiation, 3, [8], Activation.Tanh, rows, seed: 1);

    /// <summary>A policy, its observations and actions, and its parameters and predictions at the start.</summary>
    private sealed class Batch : IDisposable
    {
        private readonly StochasticPolicy _policy;
        private readonly StochasticPolicy _reference;
        private readonly float[] _observations;
        private readonly double[] _actions;
        private double[] _start;
        private double[] _predictions;

        public Batch(ActionSpace space, Differentiation differentiation, int inputs, int[] hidden, Activation activation, int rows, ulong seed)
        {
            _policy = TestNetworks.Policy(space, differentiation, inputs, hidden, activation, seed);
            _reference = TestNetworks.Policy(space, Differentiation.Autograd, inputs, hidden, activation, seed, ScalarType.Float64);
            var random = new RandomSource(seed);
            _observations = TestNetworks.Singles(random, rows * inputs);
            Advantages = TestNetworks.Gaussians(random, rows);
            (_start, _predictions) = (Parameters(), Predict(_policy));
            var action = new float[space.Length];
            _actions = [.. Enumerable.Range(0, rows).SelectMany(row =>
            {
                _policy.Distribution.Sample(_predictions.AsSpan(row * _policy.ParameterLength, _policy.ParameterLength), random, action);
                return action.Select(value => (double)value).ToArray();
            })];
        }

        public double[] Advantages { get; }

        public PolicyProblem Problem(double[] advantages, double fraction = 1) => new(_policy, _observations, _actions, advantages, fraction);

        public double[] Parameters()
        {
            var parameters = new double[_policy.Length];
            _policy.CopyTo(parameters);
            return parameters;
        }

        /// <summary>Assigns parameters and makes them the start.</summary>
        public void Restart(double[] parameters)
        {
            _policy.Assign(parameters);
            (_start, _predictions) = (Parameters(), Predict(_policy));
        }

        /// <summary>Returns true if every bit of the parameters and of the predictions is that of the start.</summary>
        public bool IsUntouched() => Same(Parameters(), _start) && Same(Predict(_policy), _predictions);

        /// <summary>Computes the mean divergence from the start, with libtorch in float64.</summary>
        public double Divergence()
        {
            _reference.Assign(_start);
            var before = Predict(_reference);
            _reference.Assign(Parameters());
            var after = Predict(_reference);
            var length = _policy.ParameterLength;
            return Enumerable.Range(0, Advantages.Length).Average(row => _policy.Distribution.KullbackLeibler(before.AsSpan(row * length, length), after.AsSpan(row * length, length)));
        }

        public void Dispose()
        {
            _policy.Dispose();
            _reference.Dispose();
        }

        private static bool Same(double[] one, double[] other) => one.Select(BitConverter.DoubleToInt64Bits).SequenceEqual(other.Select(BitConverter.DoubleToInt64Bits));

        private double[] Predict(StochasticPolicy policy)
        {
            var parameters = new double[Advantages.Length * policy.ParameterLength];
            policy.Evaluate(_observations, parameters);
            return parameters;
        }
    }
}
