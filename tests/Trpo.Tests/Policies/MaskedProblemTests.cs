using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Policies;

/// <summary>
/// An update of a masked policy, compared with an explicit one without masks: the network's outputs for the allowed choices alone, their
/// log_softmax and its derivatives by libtorch, and expectations by enumeration of the allowed actions.
/// </summary>
[TestFixtureSource(nameof(Cases))]
public sealed class MaskedProblemTests(int space, Differentiation differentiation)
{
    private const int Rows = 6;

    private readonly ActionSpace _space = MaskedRows.Spaces[space];

    private StochasticPolicy _policy = null!;
    private Perceptron _perceptron = null!;
    private FlatParameters _parameters = null!;
    private float[] _observations = null!;
    private double[] _actions = null!;
    private double[] _advantages = null!;

    public static IEnumerable<TestFixtureData> Cases =>
        from space in Enumerable.Range(0, MaskedRows.Spaces.Length)
        from differentiation in Enum.GetValues<Differentiation>()
        select new TestFixtureData(space, differentiation);

    private double Tolerance => differentiation == Differentiation.Kernel ? 1e-5 : 1e-12;

    private int Inputs => MaskedRows.Length(_space);

    [SetUp]
    public void Create()
    {
        var type = differentiation == Differentiation.Kernel ? ScalarType.Float32 : ScalarType.Float64;
        _policy = TestNetworks.Policy(_space, differentiation, Inputs, [4], seed: 7, type: type, mask: new ActionMask(_space, Inputs));
        _perceptron = TestNetworks.Perceptron([Inputs, 4, _space.ScoreLength], seed: 7, type: ScalarType.Float64);
        _parameters = new FlatParameters(_perceptron);
        var random = new RandomSource(3);
        _observations = MaskedRows.Observations(_space, Rows);
        // Choice 1 is forbidden in all rows; the others vary.
        for (var row = 0; row < Rows; row++)
            (MaskedRows.Mask(_space, _observations, row)[0], MaskedRows.Mask(_space, _observations, row)[1]) = (1, 0);
        _advantages = TestNetworks.Gaussians(random, Rows);
        _actions = [.. Enumerable.Range(0, Rows).SelectMany(row => Actions(row).ToArray() is var allowed ? allowed[random.NextInt(allowed.Length)] : [])];
    }

    [TearDown]
    public void Destroy()
    {
        _policy.Dispose();
        _perceptron.Dispose();
    }

    [Test]
    public void The_gradient_is_the_mean_of_advantage_times_score()
    {
        var expected = new double[_policy.Length];
        for (var row = 0; row < Rows; row++)
        {
            var score = At(row, Action(row)).Score;
            for (var i = 0; i < expected.Length; i++)
                expected[i] += _advantages[row] / Rows * score[i];
        }

        var gradient = Gradient(Problem());
        Assert.That(gradient, Is.EqualTo(expected).Within(Tolerance));
        Assert.That(expected.Max(Math.Abs), Is.GreaterThan(0.01));
        Assert.That(OfForbidden(gradient), Is.All.Zero, "exactly");
    }

    [TestCase(1, new[] { 0, 1, 2, 3, 4, 5 })]
    [TestCase(0.5, new[] { 0, 2, 4 })]
    public void The_product_equals_that_with_the_explicit_Fisher_matrix(double fraction, int[] rows)
    {
        var problem = Problem(fraction);
        Gradient(problem);
        double[][] fisher = [.. Enumerable.Range(0, problem.Length).Select(_ => new double[problem.Length])];
        foreach (var (probability, score) in rows.SelectMany(row => Actions(row).Select(action => At(row, action))).Select(pair => (Math.Exp(pair.LogProbability), pair.Score)))
        {
            for (var i = 0; i < score.Length; i++)
            {
                for (var j = 0; j < score.Length; j++)
                    fisher[i][j] += probability * score[i] * score[j] / rows.Length;
            }
        }

        Assert.Multiple(() =>
        {
            for (var i = 0; i < problem.Length; i++)
            {
                var (unit, product) = (new double[problem.Length], new double[problem.Length]);
                unit[i] = 1;
                problem.FisherProduct(unit, product);
                Assert.That(product, Is.EqualTo(fisher[i]).Within(Tolerance), $"column {i}");
                Assert.That(OfForbidden(product), Is.All.Zero, $"column {i}, exactly");
            }
        });
    }

    [Test]
    public void A_step_improves_the_objective_over_the_allowed_choices_and_does_not_change_the_forbidden_one()
    {
        var problem = Problem();
        double[] before = new double[problem.Length], after = new double[problem.Length];
        problem.CopyTo(before);
        var old = Enumerable.Range(0, Rows).Select(row => Actions(row).Select(action => At(row, action).LogProbability).ToArray()).ToArray();
        double[] oldTaken = [.. Enumerable.Range(0, Rows).Select(row => At(row, Action(row)).LogProbability)];
        var step = new TrustRegionOptimizer(new() { MaxKl = 0.05 }).Step(problem);
        problem.CopyTo(after);
        var (objective, divergence) = problem.Evaluate();

        Assert.That(step.Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
        Assert.That(OfForbidden(after), Is.EqualTo(OfForbidden(before)));
        Assert.That(problem.Entropy, Is.EqualTo(old.Average(row => -row.Sum(logProbability => Math.Exp(logProbability) * logProbability))).Within(Tolerance));
        _parameters.Assign(after);
        Assert.That(objective, Is.EqualTo(Enumerable.Range(0, Rows).Average(row => _advantages[row] * Math.Exp(At(row, Action(row)).LogProbability - oldTaken[row]))).Within(Tolerance));
        Assert.That(divergence, Is.EqualTo(Enumerable.Range(0, Rows).Average(row => Actions(row).Zip(old[row], (action, logProbability) => Math.Exp(logProbability) * (logProbability - At(row, action).LogProbability)).Sum())).Within(Tolerance));
        Assert.That(divergence, Is.InRange(0.01, 0.05 + 1e-9));
    }

    private PolicyProblem Problem(double fraction = 1) => new(_policy, _observations, _actions, _advantages, fraction);

    private static double[] Gradient(PolicyProblem problem)
    {
        var gradient = new double[problem.Length];
        problem.Gradient(gradient);
        return gradient;
    }

    // The weights and the bias of choice 1 in the last layer.
    private double[] OfForbidden(double[] parameters)
    {
        var (hidden, outputs) = (4, _space.ScoreLength);
        var weights = parameters.Length - outputs - (hidden * outputs);
        return [.. parameters[(weights + hidden)..(weights + (2 * hidden))], parameters[^(outputs - 1)]];
    }

    private double[] Action(int row) => _actions[(row * _space.Length)..((row + 1) * _space.Length)];

    private int[] Allowed(int row, int start, int count)
    {
        var mask = MaskedRows.Mask(_space, _observations, row).Slice(start, count).ToArray();
        return [.. Enumerable.Range(0, count).Where(i => mask[i] == 1)];
    }

    // The actions that a row allows.
    private IEnumerable<double[]> Actions(int row)
    {
        IEnumerable<double[]> joint = [[]];
        var start = 0;
        foreach (var count in MaskedRows.Counts(_space))
        {
            var allowed = Allowed(row, start, count);
            joint = [.. joint.SelectMany(_ => allowed, (one, choice) => (double[])[.. one, choice])];
            start += count;
        }

        return joint;
    }

    // The logarithm of the probability of an action, and its derivatives.
    private (double LogProbability, double[] Score) At(int row, double[] action)
    {
        using var scope = NewDisposeScope();
        var outputs = _perceptron.forward(TensorCopy.From(_observations.AsSpan(row * Inputs, Inputs), 1, Inputs).to(ScalarType.Float64))[0];
        var (sum, start) = (zeros(1, dtype: ScalarType.Float64), 0);
        foreach (var (count, choice) in MaskedRows.Counts(_space).Zip(action))
        {
            var allowed = Allowed(row, start, count);
            var places = tensor(allowed.Select(i => (long)(start + i)).ToArray());
            sum = sum.add(outputs.index_select(0, places).log_softmax(0)[Array.IndexOf(allowed, (int)choice)]);
            start += count;
        }

        var score = new double[_parameters.Length];
        _parameters.Gradient(sum.sum(), score, retainGraph: true);
        return (sum.sum().item<double>(), score);
    }
}
