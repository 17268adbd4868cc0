using System.Numerics.Tensors;
using Trpo.Estimators.Optimization;
using Trpo.Tests.Support;

namespace Trpo.Tests.Optimization;

/// <summary>Every number of an update, compared with the update in PyTorch.</summary>
[TestFixtureSource(nameof(Updates))]
public sealed class SeedUpdateTests(string name, Differentiation differentiation)
{
    private const double Tolerance = 1e-9;

    private SeedUpdate _update = null!;

    public static IEnumerable<TestFixtureData> Updates =>
        from name in SeedUpdate.Names
        from differentiation in new[] { Differentiation.Perceptron, Differentiation.Autograd }
        select new TestFixtureData(name, differentiation);

    [SetUp]
    public void Load() => _update = new SeedUpdate(name, differentiation);

    [TearDown]
    public void Unload() => _update.Dispose();

    [Test]
    public void Log_probabilities_and_surrogate()
    {
        var start = ComputeGradient().Objective;
        var (surrogate, kl) = _update.Problem.Evaluate();

        Assert.That(_update.LogProbabilities(), Is.EqualTo(_update.Vector("old_log_probabilities")).Within(Tolerance));
        Assert.That(start, Is.EqualTo(_update.Number("surrogate")).Within(Tolerance));
        Assert.That(surrogate, Is.EqualTo(_update.Number("surrogate")).Within(Tolerance));
        Assert.That(kl, Is.Zero.Within(Tolerance));
    }

    [Test]
    public void Gradient() => Assert.That(ComputeGradient().Gradient, Is.EqualTo(_update.Vector("gradient")).Within(Tolerance));

    [Test]
    public void Fisher_vector_product()
    {
        var product = new double[_update.Problem.Length];
        Fisher()(_update.Vector("v"), product);

        Assert.That(product, Is.EqualTo(_update.Vector("fisher_vector_product_damped")).Within(Tolerance));
    }

    [Test]
    public void Conjugate_gradient_residual_of_every_step()
    {
        var fisher = Fisher();
        var expected = _update.Vector("cg_residuals");
        double[] Residuals(LinearOperator product, double[] gradient) =>
            [.. Enumerable.Range(1, expected.Length).Select(steps => Solve(product, gradient, steps).Result.SquaredResidual)];

        AssertClose(Residuals(fisher, _update.Vector("gradient")), expected, Rounding.Tolerances(fisher, _update.Vector("gradient"), Residuals));
    }

    [Test]
    public void Conjugate_gradient_solution_and_step()
    {
        var fisher = Fisher();
        double[] Numbers(LinearOperator product, double[] rightHandSide)
        {
            var (result, solution) = Solve(product, rightHandSide, (int)_update.Number("cg_steps"));
            var length = TrustRegionOptimizer.StepLength(_update.Number("max_kl"), result.Curvature);
            var step = solution.Select(element => length * element).ToArray();
            var improvement = step.Zip(rightHandSide, (a, b) => a * b).Sum();
            return [result.Steps, result.Curvature, length, improvement, .. solution, .. step];
        }

        double[] expected =
        [
            _update.Vector("cg_residuals").Length, _update.Number("x_F_x_damped"), _update.Number("step_scale"), _update.Number("expected_improvement"),
            .. _update.Vector("cg_solution"), .. _update.Vector("full_step"),
        ];
        AssertClose(Numbers(fisher, _update.Vector("gradient")), expected, Rounding.Tolerances(fisher, _update.Vector("gradient"), Numbers));
    }

    [Test]
    public void Line_search_trials()
    {
        var theta = _update.Vector("theta");
        var step = _update.Vector("full_step");
        ComputeGradient();
        Assert.Multiple(() =>
        {
            foreach (var (coefficient, surrogate, kl, ratio) in _update.Trials)
            {
                var (value, divergence) = At(theta, step, coefficient);
                Assert.That(value, Is.EqualTo(surrogate).Within(Tolerance), $"surrogate at {coefficient}");
                Assert.That(divergence, Is.EqualTo(kl).Within(Tolerance), $"KL at {coefficient}");
                Assert.That((value - _update.Number("surrogate")) / (coefficient * _update.Number("expected_improvement")), Is.EqualTo(ratio).Within(Tolerance), $"ratio at {coefficient}");
            }
        });
    }

    [Test]
    public void Line_search_without_a_trust_region_accepts_the_trial_of_the_slides() =>
        Assert.That(Search(maxKl: 1e6).StepFraction, Is.EqualTo(_update.AcceptedBySlidesRule));

    [Test]
    public void Line_search_with_a_trust_region_accepts_the_trial_of_the_reference() =>
        Assert.That(Search(_update.Number("max_kl")).StepFraction, Is.EqualTo(_update.AcceptedWithKlCheck));

    [Test]
    public void The_optimizer_computes_the_whole_update()
    {
        var (theta, gradient) = (_update.Vector("theta"), _update.Vector("gradient"));
        var coefficient = _update.AcceptedWithKlCheck;
        var trial = _update.Trials.Single(candidate => candidate.Coefficient == coefficient);
        double[] Numbers(LinearOperator product, double[] rightHandSide)
        {
            var (result, solution) = Solve(product, rightHandSide, (int)_update.Number("cg_steps"));
            var length = TrustRegionOptimizer.StepLength(_update.Number("max_kl"), result.Curvature);
            double[] step = [.. solution.Select(element => length * element)];
            var (surrogate, kl) = At(theta, step, coefficient);
            _update.Policy.Assign(theta);
            return [kl, surrogate - _update.Number("surrogate"), coefficient * step.Zip(rightHandSide, (a, b) => a * b).Sum(), .. theta.Zip(step, (parameter, element) => parameter + (coefficient * element))];
        }

        double[] expected =
        [
            trial.Kl, trial.Surrogate - _update.Number("surrogate"), coefficient * _update.Number("expected_improvement"),
            .. theta.Zip(_update.Vector("full_step"), (parameter, step) => parameter + (coefficient * step)),
        ];

        // Each product is prepared anew: a change of the parameters invalidates prepared products.
        var tolerances = Rounding.Tolerances((vector, product) => Fisher()(vector, product), gradient, Numbers);
        var optimizer = new TrustRegionOptimizer(new TrustRegionOptions
        {
            MaxKl = _update.Number("max_kl"),
            Damping = _update.Number("damping"),
            ConjugateGradientSteps = (int)_update.Number("cg_steps"),
            ConjugateGradientTolerance = 1e-10 / gradient.Sum(element => element * element),
        });

        var done = optimizer.Step(_update.Problem);
        var reached = new double[theta.Length];
        _update.Policy.CopyTo(reached);

        Assert.That(done.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
        Assert.That(done.StepFraction, Is.EqualTo(coefficient));
        AssertClose([done.MeanKl, done.Improvement, done.ExpectedImprovement, .. reached], expected, tolerances);
    }

    private static void AssertClose(double[] actual, double[] expected, double[] tolerances)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length));
        Assert.Multiple(() =>
        {
            for (var i = 0; i < expected.Length; i++)
                Assert.That(actual[i], Is.EqualTo(expected[i]).Within(Math.Max(tolerances[i], Tolerance)), $"number {i}");
        });
    }

    private (ConjugateGradientResult Result, double[] Solution) Solve(LinearOperator product, double[] gradient, int steps)
    {
        var solution = new double[_update.Problem.Length];
        return (ConjugateGradient.Solve(product, gradient, solution, steps, tolerance: 1e-10 / TensorPrimitives.SumOfSquares<double>(gradient)), solution);
    }

    private (double Objective, double[] Gradient) ComputeGradient()
    {
        var gradient = new double[_update.Problem.Length];
        return (_update.Problem.Gradient(gradient), gradient);
    }

    private LinearOperator Fisher()
    {
        ComputeGradient();
        return (vector, product) =>
        {
            _update.Problem.FisherProduct(vector, product);
            for (var i = 0; i < product.Length; i++)
                product[i] += _update.Number("damping") * vector[i];
        };
    }

    private LineSearchResult Search(double maxKl)
    {
        var theta = _update.Vector("theta");
        var step = _update.Vector("full_step");
        ComputeGradient();
        return BacktrackingLineSearch.Run(coefficient => At(theta, step, coefficient), _update.Number("surrogate"), _update.Number("expected_improvement"), maxKl);
    }

    private (double Surrogate, double Kl) At(double[] theta, double[] step, double coefficient)
    {
        _update.Policy.Assign([.. theta.Zip(step, (parameter, element) => parameter + (coefficient * element))]);
        return _update.Problem.Evaluate();
    }
}
