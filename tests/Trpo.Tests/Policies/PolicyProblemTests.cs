using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Policies;

/// <summary>
/// The gradient and the Fisher products of an update, compared with explicit matrices: derivatives of every output of every row by libtorch,
/// and the expectation of score times score by enumeration.
/// </summary>
[TestFixtureSource(nameof(Cases))]
public sealed class PolicyProblemTests(int space, Differentiation differentiation, Activation activation)
{
    private const int Rows = 6;

    private readonly ActionSpace _space = TestNetworks.Spaces[space];

    private StochasticPolicy _policy = null!;
    private TorchJacobian _jacobian = null!;
    private float[] _observations = null!;
    private double[] _actions = null!;
    private double[] _advantages = null!;

    // The rectifier has no finite differences at its kink.
    public static IEnumerable<TestFixtureData> Cases =>
        from space in Enumerable.Range(0, TestNetworks.Spaces.Length)
        from differentiation in Enum.GetValues<Differentiation>()
        from activation in new[] { Activation.Tanh, Activation.Silu, Activation.Elu }
        select new TestFixtureData(space, differentiation, activation);

    private ScalarType Type => differentiation == Differentiation.Kernel ? ScalarType.Float32 : ScalarType.Float64;

    private double Tolerance => differentiation == Differentiation.Kernel ? 1e-5 : 1e-12;

    [SetUp]
    public void Create()
    {
        _policy = TestNetworks.Policy(_space, differentiation, 2, [4], activation, seed: 7, type: Type);
        _jacobian = new TorchJacobian(_space, 2, [4], activation, seed: 7);
        var random = new RandomSource(3);
        _observations = TestNetworks.Singles(random, Rows * 2);
        _advantages = TestNetworks.Gaussians(random, Rows);
        _actions = _jacobian.Sample(_observations, random);
    }

    [TearDown]
    public void Destroy()
    {
        _policy.Dispose();
        _jacobian.Dispose();
    }

    [Test]
    public void The_gradient_is_the_mean_of_advantage_times_score()
    {
        var (objective, gradient) = Gradient(Problem());

        Assert.That(objective, Is.EqualTo(_advantages.Average()).Within(1e-12));
        Assert.That(gradient, Is.EqualTo(_jacobian.Gradient(_observations, _actions, _advantages)).Within(Tolerance));
    }

    [Test]
    public void The_gradient_equals_the_finite_difference_of_the_surrogate()
    {
        const double epsilon = 1e-3;
        var problem = Problem();
        var (_, gradient) = Gradient(problem);
        var direction = TestNetworks.Gaussians(new RandomSource(5), problem.Length);
        var difference = (At(problem, direction, epsilon).Objective - At(problem, direction, -epsilon).Objective) / (2 * epsilon);

        Assert.That(TestNetworks.Dot(gradient, direction), Is.EqualTo(difference).Within(1e-3));
    }

    [Test]
    public void The_product_equals_that_with_the_explicit_Fisher_matrix() => AssertFisher(Problem(), [0, 1, 2, 3, 4, 5]);

    [Test]
    public void The_product_on_some_of_the_rows_equals_that_with_the_matrix_of_those_rows()
    {
        AssertFisher(Problem(0.5), [0, 2, 4]);
        AssertFisher(Problem(1 / 3.0), [0, 3]);
        AssertFisher(Problem(1e-9), [0]);
    }

    [Test]
    public void The_product_equals_the_second_finite_difference_of_the_divergence()
    {
        const double epsilon = 1e-2;
        var problem = Problem();
        Gradient(problem);
        var random = new RandomSource(9);
        var (v, w) = (TestNetworks.Gaussians(random, problem.Length), TestNetworks.Gaussians(random, problem.Length));
        var (sum, difference) = (v.Zip(w, (a, b) => a + b).ToArray(), v.Zip(w, (a, b) => a - b).ToArray());
        var curvature = TestNetworks.Dot(v, Product(problem, w));
        double Divergence(double[] direction) => (At(problem, direction, epsilon).MeanKl + At(problem, direction, -epsilon).MeanKl) / 2;

        // (v + w) H (v + w) - (v - w) H (v - w) = 4 v H w, up to terms of the fourth order.
        Assert.That(curvature, Is.EqualTo((Divergence(sum) - Divergence(difference)) / (2 * epsilon * epsilon)).Within(0.02 * (1 + Math.Abs(curvature))));
    }

    [Test]
    public void The_matrix_is_symmetric_and_positive_semidefinite()
    {
        var problem = Problem();
        Gradient(problem);
        var random = new RandomSource(9);
        for (var i = 0; i < 10; i++)
        {
            var (v, w) = (TestNetworks.Gaussians(random, problem.Length), TestNetworks.Gaussians(random, problem.Length));
            var product = Product(problem, v);
            Assert.That(TestNetworks.Dot(w, product), Is.EqualTo(TestNetworks.Dot(v, Product(problem, w))).Within(100 * Tolerance));
            Assert.That(TestNetworks.Dot(v, product), Is.GreaterThanOrEqualTo(0));
        }
    }

    [TestCase(1)]
    [TestCase(0.5)]
    public void After_a_step_the_gradient_and_the_products_are_those_of_the_new_parameters(double fraction)
    {
        var problem = Problem(fraction);
        var step = new TrustRegionOptimizer(new() { MaxKl = 0.1 }).Step(problem);
        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
        var parameters = new double[problem.Length];
        problem.CopyTo(parameters);
        _jacobian.Assign(parameters);

        Assert.That(Gradient(problem).Gradient, Is.EqualTo(_jacobian.Gradient(_observations, _actions, _advantages)).Within(Tolerance));
        AssertFisher(problem, fraction == 1 ? [0, 1, 2, 3, 4, 5] : [0, 2, 4]);
        Assert.That(Gradient(problem).Gradient, Is.EqualTo(_jacobian.Gradient(_observations, _actions, _advantages)).Within(Tolerance), "once more, after products on some of the rows");
    }

    [Test]
    public void The_divergence_is_zero_at_the_start_and_the_entropy_is_the_mean_over_the_rows()
    {
        var problem = Problem();
        var (objective, _) = Gradient(problem);
        var (again, divergence) = problem.Evaluate();

        Assert.That(again, Is.EqualTo(objective).Within(1e-12));
        Assert.That(divergence, Is.Zero.Within(1e-12));
        Assert.That(problem.Entropy, Is.EqualTo(_jacobian.Entropy(_observations)).Within(1e-5));
    }

    private PolicyProblem Problem(double fraction = 1) => new(_policy, _observations, _actions, _advantages, fraction);

    private static (double Objective, double[] Gradient) Gradient(PolicyProblem problem)
    {
        var gradient = new double[problem.Length];
        return (problem.Gradient(gradient), gradient);
    }

    private static double[] Product(PolicyProblem problem, double[] vector)
    {
        var product = new double[problem.Length];
        problem.FisherProduct(vector, product);
        return product;
    }

    private static (double Objective, double MeanKl) At(PolicyProblem problem, double[] direction, double length)
    {
        var parameters = new double[problem.Length];
        problem.CopyTo(parameters);
        problem.Assign([.. parameters.Zip(direction, (parameter, element) => parameter + (length * element))]);
        var value = problem.Evaluate();
        problem.Assign(parameters);
        return value;
    }

    private void AssertFisher(PolicyProblem problem, int[] rows)
    {
        Gradient(problem);
        var fisher = _jacobian.Fisher(_observations, rows);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < problem.Length; i++)
            {
                var unit = new double[problem.Length];
                unit[i] = 1;
                Assert.That(Product(problem, unit), Is.EqualTo(fisher[i]).Within(Tolerance), $"column {i}");
            }
        });
    }
}
