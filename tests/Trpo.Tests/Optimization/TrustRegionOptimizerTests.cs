using CsCheck;
using TorchSharp.Modules;
using Trpo.Estimators.Optimization;
using static TorchSharp.torch;

namespace Trpo.Tests.Optimization;

public sealed class TrustRegionOptimizerTests
{
    [Test]
    public void A_quadratic_problem_has_a_known_step()
    {
        // The linear and quadratic models of L = g.x and KL = x.Hx / 2 are exact: the step is sqrt(2 delta / g.H^-1 g) H^-1 g, and its KL is delta.
        using var x = Vector(0, 0);
        var step = new TrustRegionOptimizer(new() { MaxKl = 0.02, Damping = 0, ConjugateGradientTolerance = 0 })
            .Step(Flat(x), () => (x[0] + (2 * x[1]), ((4 * x[0] * x[0]) + (2 * x[0] * x[1]) + (3 * x[1] * x[1])) / 2));
        var length = Math.Sqrt(2 * 0.02 / (15 / 11.0));

        Assert.Multiple(() =>
        {
            Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted).Or.EqualTo(TrustRegionOutcome.KlExceeded));
            Assert.That(Values(x), Is.EqualTo(new[] { length / 11, 7 * length / 11 }).Within(1e-12).Or.EqualTo(new[] { length / 22, 7 * length / 22 }).Within(1e-12), "rounding may put the full step just outside the trust region");
            Assert.That(step.Improvement, Is.EqualTo(step.ExpectedImprovement).Within(1e-12));
            Assert.That(step.MeanKl, Is.EqualTo(0.02 * step.StepFraction * step.StepFraction).Within(1e-12));
        });
    }

    [Test]
    public void Improves_a_supervised_classifier_within_a_bound_on_its_predictions()
    {
        var (evaluate, network) = Classifier(seed: 3, rows: 64);
        using (network)
        {
            var parameters = new FlatParameters(network);
            var optimizer = new TrustRegionOptimizer(new() { MaxKl = 0.05 });
            var before = evaluate().Surrogate.item<float>();
            var steps = Enumerable.Range(0, 20).Select(_ => optimizer.Step(parameters, FromNow(evaluate))).ToList();

            Assert.That(evaluate().Surrogate.item<float>(), Is.GreaterThan(before + 0.3));
            Assert.That(steps.Select(step => step.MeanKl), Is.All.LessThanOrEqualTo(0.05));
        }
    }

    [Test]
    public void Accepted_steps_stay_within_the_trust_region_and_rejected_ones_restore_every_bit() =>
        (from seed in Gen.Int[0, 1000]
         from maxKl in Gen.Int[0, 3].Select(i => new[] { 1e-4, 1e-2, 0.5, 5.0 }[i])
         from acceptRatio in Gen.Int[0, 2].Select(i => new[] { 0.1, 0.9, 1.0 }[i])
         from backtracks in Gen.Int[1, 3]
         select (seed, maxKl, acceptRatio, backtracks)).Sample(
            problem =>
            {
                var (evaluate, network) = Classifier(problem.seed, rows: 8);
                using (network)
                {
                    var parameters = new FlatParameters(network);
                    var old = Bits(network);
                    var step = new TrustRegionOptimizer(new() { MaxKl = problem.maxKl, AcceptRatio = problem.acceptRatio, MaxBacktracks = problem.backtracks, Damping = 1e-3 })
                        .Step(parameters, FromNow(evaluate));
                    return step.Outcome == TrustRegionOutcome.Accepted
                        ? step.MeanKl <= problem.maxKl && step.Improvement > 0 && step.StepFraction > 0 && !Bits(network).SequenceEqual(old)
                        : step is { MeanKl: 0, StepFraction: 0, Improvement: 0 } && Bits(network).SequenceEqual(old);
                }
            },
            iter: 100, threads: 1);

    [Test]
    public void An_exception_in_the_middle_of_the_line_search_restores_the_parameters()
    {
        var (evaluate, network) = Classifier(seed: 1, rows: 8);
        using (network)
        {
            var old = Bits(network);
            var calls = 0;
            var fixedOld = FromNow(evaluate);
            Assert.That(
                () => new TrustRegionOptimizer().Step(new FlatParameters(network), () => ++calls == 1 ? fixedOld() : throw new TimeoutException()),
                Throws.TypeOf<TimeoutException>());
            Assert.That(Bits(network), Is.EqualTo(old));
        }
    }

    [Test]
    public void A_zero_gradient_takes_no_step()
    {
        using var x = Vector(1, 2);
        var step = new TrustRegionOptimizer().Step(Flat(x), () => ((x * 0).sum(), (x * x).sum()));

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.ZeroGradient));
        Assert.That(Values(x), Is.EqualTo(new[] { 1.0, 2.0 }));
    }

    [Test]
    public void An_objective_that_does_not_depend_on_the_parameters_has_a_zero_gradient()
    {
        using var x = Vector(1, 2);
        var step = new TrustRegionOptimizer().Step(Flat(x), () => (tensor(1.0), (x * x).sum()));

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.ZeroGradient));
    }

    [Test]
    public void A_gradient_that_is_not_finite_is_reported_with_its_parameter()
    {
        using var good = Vector(1);
        using var bad = Vector(0);
        var step = new TrustRegionOptimizer().Step(new FlatParameters([("good", good), ("bad", bad)]), () => ((good + bad.sqrt()).sum(), ((good * good) + (bad * bad)).sum()));

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.NonFiniteGradient));
        Assert.That(step.Offender, Is.EqualTo("bad"));
        Assert.That(Values(good), Is.EqualTo(new[] { 1.0 }));
    }

    [Test]
    public void A_divergence_of_negative_curvature_is_refused()
    {
        using var x = Vector(0, 0);
        var step = new TrustRegionOptimizer(new() { Damping = 0 }).Step(Flat(x), () => (x.sum(), (x * x).sum().neg()));

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.NotPositiveDefinite));
        Assert.That(Values(x), Is.All.Zero);
    }

    [Test]
    public void A_divergence_that_does_not_depend_on_the_parameters_is_refused()
    {
        using var x = Vector(0, 0);

        Assert.That(() => new TrustRegionOptimizer().Step(Flat(x), () => (x[0], tensor(0.0))), Throws.InvalidOperationException.With.Message.Contains("detach"));
    }

    [Test]
    public void A_freed_graph_throws_and_does_not_crash_the_process()
    {
        using var x = Vector(1, 2);

        Assert.That(
            () => new TrustRegionOptimizer().Step(Flat(x), () =>
            {
                var kl = (x * x * x).sum();
                if (kl.requires_grad)
                    kl.backward();
                return (x.sum(), kl);
            }),
            Throws.InstanceOf<System.Runtime.InteropServices.ExternalException>());
    }

    [Test]
    public void Works_if_the_caller_has_disabled_gradients()
    {
        var (evaluate, network) = Classifier(seed: 1, rows: 8);
        using (network)
        using (no_grad())
        {
            Assert.That(new TrustRegionOptimizer().Step(new FlatParameters(network), FromNow(evaluate)).Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
            Assert.That(is_grad_enabled(), Is.False, "the setting of the caller is restored");
        }
    }

    [Test]
    public void Works_if_the_caller_is_in_inference_mode()
    {
        var (evaluate, network) = Classifier(seed: 1, rows: 8);
        var problem = FromNow(evaluate);
        using (network)
        using (inference_mode())
            Assert.That(new TrustRegionOptimizer().Step(new FlatParameters(network), problem).Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
    }

    [Test]
    public void Evaluates_once_with_gradients_and_once_per_trial()
    {
        var (evaluate, network) = Classifier(seed: 1, rows: 8);
        using (network)
        {
            var withGradients = new List<bool>();
            var problem = FromNow(evaluate);
            var step = new TrustRegionOptimizer().Step(new FlatParameters(network), () =>
            {
                withGradients.Add(is_grad_enabled());
                return problem();
            });

            Assert.That(withGradients, Is.EqualTo(Enumerable.Range(0, step.Trials + 1).Select(call => call == 0)));
        }
    }

    [Test]
    public void Disposes_all_tensors()
    {
        var (evaluate, network) = Classifier(seed: 1, rows: 8);
        using (network)
        {
            var parameters = new FlatParameters(network);
            var problem = FromNow(evaluate);
            Step();

            // Tensors of other tests are collected now, not during the measurement.
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var before = Tensor.TotalCount;
            for (var i = 0; i < 20; i++)
                Step();
            Assert.That(Tensor.TotalCount, Is.EqualTo(before));

            void Step()
            {
                using var scope = NewDisposeScope();
                new TrustRegionOptimizer().Step(parameters, problem);
            }
        }
    }

    [Test]
    public void A_surrogate_that_overflows_is_rejected_as_not_finite()
    {
        using var x = Vector(1);
        var step = new TrustRegionOptimizer().Step(Flat(x), () => ((x + double.MaxValue).sum() * 2 - (x * 1.0).sum(), (x * x).sum()));

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.NonFinite));
        Assert.That(step.Improvement, Is.Zero);
    }

    [Test]
    public void A_parameter_that_was_frozen_meanwhile_is_named_and_does_not_crash_the_process()
    {
        using var x = Vector(1);
        var flat = Flat(x);
        x.requires_grad = false;

        Assert.That(() => new TrustRegionOptimizer().Step(flat, () => (x.sum(), (x * x).sum())), Throws.ArgumentException.With.Message.Contains("'x'"));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_setting_out_of_range_is_named(double maxKl) =>
        Assert.That(() => new TrustRegionOptimizer(new() { MaxKl = maxKl }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("MaxKl"));

    /// <summary>A small classifier with the mean log-likelihood of random labels as its objective.</summary>
    private static (Func<(Tensor Surrogate, Tensor Logits)> Evaluate, nn.Module Network) Classifier(int seed, int rows)
    {
        var generator = new Generator((ulong)seed);
        var inputs = randn([rows, 3], dtype: ScalarType.Float32, generator: generator);
        var labels = randint(0, 2, [rows], dtype: ScalarType.Int64, generator: generator);
        var network = nn.Sequential(("hidden", nn.Linear(3, 5)), ("tanh", nn.Tanh()), ("output", nn.Linear(5, 2)));
        foreach (var parameter in network.parameters())
        {
            using var withoutGradients = no_grad();
            parameter.copy_(randn(parameter.shape, dtype: ScalarType.Float32, generator: generator) * 0.5);
        }

        return (() =>
        {
            var logits = network.forward(inputs);
            return (nn.functional.cross_entropy(logits, labels).neg(), logits);
        }, network);
    }

    /// <summary>Adds the KL divergence from the present predictions.</summary>
    private static Func<(Tensor, Tensor)> FromNow(Func<(Tensor Surrogate, Tensor Logits)> evaluate)
    {
        var old = evaluate().Logits.detach().log_softmax(1);
        return () =>
        {
            var (surrogate, logits) = evaluate();
            return (surrogate, (old.exp() * (old - logits.log_softmax(1))).sum(dim: 1).mean());
        };
    }

    private static Parameter Vector(params double[] values) => new(tensor(values), requires_grad: true);

    private static FlatParameters Flat(Parameter parameter) => new([("x", parameter)]);

    private static double[] Values(Tensor tensor)
    {
        var values = new double[tensor.numel()];
        Estimators.Foundation.TensorCopy.Copy(tensor, values);
        return values;
    }

    private static byte[] Bits(nn.Module module) => [.. module.parameters().SelectMany(parameter => parameter.bytes.ToArray())];
}
