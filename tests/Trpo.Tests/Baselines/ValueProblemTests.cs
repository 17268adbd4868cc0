using Trpo.Estimators.Baselines;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Baselines;

/// <summary>The fit of a value function, compared with finite differences and with explicit matrices.</summary>
[TestFixture(Differentiation.Kernel)]
[TestFixture(Differentiation.Perceptron)]
[TestFixture(Differentiation.Autograd)]
public sealed class ValueProblemTests(Differentiation differentiation)
{
    private const int Rows = 6;

    private static readonly float[] Observations = TestNetworks.Singles(new RandomSource(1), Rows * 2);
    private static readonly double[] Targets = TestNetworks.Gaussians(new RandomSource(2), Rows);

    private IDifferentiableNetwork _network = null!;

    private double Tolerance => differentiation == Differentiation.Kernel ? 1e-5 : 1e-11;

    [SetUp]
    public void Create() => _network = TestNetworks.Differentiate(
        TestNetworks.Perceptron([2, 5, 1], type: differentiation == Differentiation.Kernel ? ScalarType.Float32 : ScalarType.Float64), differentiation);

    [TearDown]
    public void Destroy() => _network?.Dispose();

    [Test]
    public void The_objective_is_minus_the_error_relative_to_the_first_error()
    {
        var (problem, gradient) = Start(1);

        Assert.That(problem.Gradient(gradient), Is.EqualTo(-0.5));
        Assert.That(problem.Evaluate().Objective, Is.EqualTo(-0.5).Within(1e-12));
        Assert.That(problem.Evaluate().MeanKl, Is.Zero);
        Assert.That(problem.MeanSquaredError(new TrustRegionStep { Outcome = TrustRegionOutcome.NoImprovement }), Is.EqualTo(Error()).Within(1e-12));
    }

    [Test]
    public void The_gradient_equals_the_finite_difference_of_the_objective()
    {
        // The kernels compute the difference in float32.
        var epsilon = differentiation == Differentiation.Kernel ? 1e-2 : 1e-5;
        var (problem, gradient) = Start(1);
        var parameters = new double[problem.Length];
        problem.CopyTo(parameters);
        for (var i = 0; i < problem.Length; i++)
        {
            double At(double shift)
            {
                double[] moved = [.. parameters];
                moved[i] += shift;
                problem.Assign(moved);
                return problem.Evaluate().Objective;
            }

            Assert.That(gradient[i], Is.EqualTo((At(epsilon) - At(-epsilon)) / (2 * epsilon)).Within(differentiation == Differentiation.Kernel ? 1e-3 : 1e-8), problem.NameOf(i));
        }
    }

    [Test]
    public void The_product_equals_that_with_the_explicit_Gauss_Newton_matrix()
    {
        AssertGaussNewton(1, [0, 1, 2, 3, 4, 5]);
        AssertGaussNewton(0.5, [0, 2, 4]);
    }

    [Test]
    public void The_product_equals_the_curvature_of_the_divergence()
    {
        const double epsilon = 1e-2;
        var (problem, _) = Start(1);
        var direction = TestNetworks.Gaussians(new RandomSource(3), problem.Length);
        var product = new double[problem.Length];
        problem.FisherProduct(direction, product);
        var curvature = TestNetworks.Dot(direction, product);
        var parameters = new double[problem.Length];
        problem.CopyTo(parameters);
        double At(double length)
        {
            problem.Assign([.. parameters.Zip(direction, (parameter, element) => parameter + (length * element))]);
            return problem.Evaluate().MeanKl;
        }

        Assert.That((At(epsilon) + At(-epsilon)) / (epsilon * epsilon), Is.EqualTo(curvature).Within(0.01 * curvature));
    }

    [Test]
    public void A_step_reduces_the_error_within_the_trust_region_and_the_next_step_starts_from_it()
    {
        var problem = new ValueProblem(_network, Observations, Targets, 0.5);
        var optimizer = new TrustRegionOptimizer(new() { MaxKl = 0.1 });
        var errors = new List<double> { Error() };
        for (var i = 0; i < 5; i++)
        {
            var step = optimizer.Step(problem);
            Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
            Assert.That(step.MeanKl, Is.LessThanOrEqualTo(0.1));
            errors.Add(Error());
            Assert.That(problem.MeanSquaredError(step), Is.EqualTo(errors[^1]).Within(1e-12));
        }

        Assert.That(errors, Is.Ordered.Descending);
        Assert.That(errors[^1], Is.LessThan(0.6 * errors[0]));
    }

    [TestCase(0)]
    [TestCase(0.25)]
    public void Values_without_an_error_are_not_changed(double perfect)
    {
        _network.Assign([.. new double[_network.Parameters.Length - 1], perfect]);
        var problem = new ValueProblem(_network, Observations, [.. Enumerable.Repeat(perfect, Rows)], 1);

        var step = new TrustRegionOptimizer().Step(problem);

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.ZeroGradient));
        Assert.That(problem.MeanSquaredError(step), Is.Zero);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Targets_that_are_not_numbers_are_refused(double target)
    {
        var problem = new ValueProblem(_network, Observations, [target, 0, 0, 0, 0, 0], 1);

        Assert.That(new TrustRegionOptimizer().Step(problem).Outcome, Is.EqualTo(TrustRegionOutcome.NonFiniteGradient));
    }

    private (ValueProblem Problem, double[] Gradient) Start(double fraction)
    {
        var problem = new ValueProblem(_network, Observations, Targets, fraction);
        var gradient = new double[problem.Length];
        problem.Gradient(gradient);
        return (problem, gradient);
    }

    private double Error()
    {
        var values = new double[Rows];
        _network.Evaluate(Observations, values);
        return values.Zip(Targets, (value, target) => (value - target) * (value - target)).Average();
    }

    // J^T J / (N sigma^2), with a row of J for each of the rows, from a network in float64.
    private void AssertGaussNewton(double fraction, int[] rows)
    {
        using var reference = new TorchNetwork(TestNetworks.Perceptron([2, 5, 1], type: ScalarType.Float64), 1);
        var length = reference.Parameters.Length;
        double[][] jacobian = [.. rows.Select(row =>
        {
            var derivatives = new double[length];
            reference.Linearize(Observations.AsSpan(2 * row, 2), new double[1]);
            reference.TransposeProduct([1], derivatives);
            return derivatives;
        })];
        var (problem, _) = Start(fraction);
        var error = Error();
        var (unit, product) = (new double[length], new double[length]);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < length; i++)
            {
                Array.Clear(unit);
                unit[i] = 1;
                problem.FisherProduct(unit, product);
                Assert.That(product, Is.EqualTo(Enumerable.Range(0, length).Select(j => jacobian.Sum(row => row[i] * row[j]) / (rows.Length * error))).Within(Tolerance), $"column {i}");
            }
        });
    }
}
