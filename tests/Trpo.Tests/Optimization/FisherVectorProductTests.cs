using TorchSharp.Modules;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Optimization;

/// <summary>The product compared with two independent derivations, for each family, on a network small enough for an explicit matrix.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class FisherVectorProductTests(bool discrete)
{
    private const int Rows = 5;

    private Trpo.Estimators.Networks.Perceptron _network = null!;
    private Parameter _logDeviations = null!;
    private FlatParameters _parameters = null!;
    private Tensor _observations = null!;
    private Tensor _old = null!;

    [SetUp]
    public void Create()
    {
        _network = TestNetworks.Perceptron([2, 4, discrete ? 3 : 2], seed: 7, type: ScalarType.Float64);
        _logDeviations = new Parameter(tensor([-0.3, 0.2]), requires_grad: true);
        IEnumerable<(string, Parameter)> free = discrete ? [] : [("log_deviations", _logDeviations)];
        _parameters = new FlatParameters([.. _network.named_parameters(), .. free]);
        _observations = tensor(TestNetworks.Gaussians(new RandomSource(7), Rows * 2)).view(Rows, 2);
        _old = Parameters(_observations).detach();
    }

    [TearDown]
    public void Destroy()
    {
        _network.Dispose();
        _logDeviations.Dispose();
        _observations.Dispose();
        _old.Dispose();
    }

    [Test]
    public void Equals_the_explicit_Fisher_matrix()
    {
        var fisher = ExplicitFisher();
        using var product = FisherVectorProduct.Of(_parameters, MeanKl(), damping: 0.25);
        var column = new double[_parameters.Length];
        Assert.Multiple(() =>
        {
            for (var i = 0; i < _parameters.Length; i++)
            {
                var unit = new double[_parameters.Length];
                unit[i] = 1;
                product.Apply(unit, column);
                column[i] -= 0.25;
                Assert.That(column, Is.EqualTo(fisher[i]).Within(1e-12), $"column {i}");
            }
        });
    }

    [Test]
    public void Equals_the_finite_difference_of_the_gradient_of_the_divergence()
    {
        const double epsilon = 1e-6;
        var random = new RandomSource(11);
        var vector = Enumerable.Range(0, _parameters.Length).Select(_ => random.NextGaussian()).ToArray();
        var analytic = new double[_parameters.Length];
        using (var product = FisherVectorProduct.Of(_parameters, MeanKl(), damping: 0))
            product.Apply(vector, analytic);

        var (above, below) = (KlGradient(vector, epsilon), KlGradient(vector, -epsilon));
        Assert.That(analytic, Is.EqualTo(above.Zip(below, (a, b) => (a - b) / (2 * epsilon))).Within(1e-8));
    }

    [Test]
    public void Parameters_that_change_meanwhile_throw_and_do_not_crash_the_process()
    {
        using var product = FisherVectorProduct.Of(_parameters, MeanKl(), damping: 0);
        _parameters.Assign(new double[_parameters.Length]);

        Assert.That(() => product.Apply(new double[_parameters.Length], new double[_parameters.Length]), Throws.InstanceOf<System.Runtime.InteropServices.ExternalException>());
    }

    // Logits, or means and then the logarithms of the deviations.
    private Tensor Parameters(Tensor observations)
    {
        var outputs = _network.forward(observations);
        return discrete ? outputs : cat([outputs, _logDeviations.expand(outputs.shape[0], -1)], dim: 1);
    }

    private Tensor MeanKl()
    {
        var parameters = Parameters(_observations);
        if (discrete)
            return (_old.softmax(1) * (_old.log_softmax(1) - parameters.log_softmax(1))).sum(dim: 1).mean();
        var (mean, logDeviation) = (parameters.narrow(1, 0, 2), parameters.narrow(1, 2, 2));
        var (oldMean, oldLogDeviation) = (_old.narrow(1, 0, 2), _old.narrow(1, 2, 2));
        var spread = ((2 * oldLogDeviation).exp() + (oldMean - mean).pow(2)) / (2 * (2 * logDeviation).exp());
        return (logDeviation - oldLogDeviation + spread - 0.5).sum(dim: 1).mean();
    }

    private Tensor LogProbability(Tensor parameters, double[] action)
    {
        if (discrete)
            return parameters.log_softmax(1)[0, (int)action[0]];
        var (mean, logDeviation) = (parameters.narrow(1, 0, 2), parameters.narrow(1, 2, 2));
        var z = (tensor(action) - mean) / logDeviation.exp();
        return -((z * z / 2) + logDeviation).sum();
    }

    private double[] KlGradient(double[] vector, double epsilon)
    {
        var theta = new double[_parameters.Length];
        _parameters.CopyTo(theta);
        _parameters.Assign([.. theta.Zip(vector, (parameter, element) => parameter + (epsilon * element))]);
        var gradient = new double[_parameters.Length];
        _parameters.Gradient(MeanKl(), gradient);
        _parameters.Assign(theta);
        return gradient;
    }

    // E[score score'], exactly: over the choices, or (the scores being quadratic polynomials of a Gaussian action)
    // over the nodes of Gauss-Hermite quadrature.
    private double[][] ExplicitFisher()
    {
        var fisher = Enumerable.Range(0, _parameters.Length).Select(_ => new double[_parameters.Length]).ToArray();
        var score = new double[_parameters.Length];
        for (var row = 0; row < Rows; row++)
        {
            foreach (var (action, probability) in Actions(row))
            {
                var logProbability = LogProbability(Parameters(_observations.narrow(0, row, 1)), action);
                _parameters.Gradient(logProbability, score);
                for (var i = 0; i < score.Length; i++)
                {
                    for (var j = 0; j < score.Length; j++)
                        fisher[i][j] += probability * score[i] * score[j] / Rows;
                }
            }
        }

        return fisher;
    }

    private IEnumerable<(double[] Action, double Probability)> Actions(int row)
    {
        var parameters = new double[_old.shape[1]];
        TensorCopy.Copy(_old[row], parameters);
        if (discrete)
        {
            var total = parameters.Sum(Math.Exp);
            return parameters.Select((logit, choice) => (new double[] { choice }, Math.Exp(logit) / total));
        }

        // Three nodes integrate polynomials up to degree 5 exactly: the product of two scores has degree 4.
        (double Node, double Weight)[] rule = [(-Math.Sqrt(3), 1 / 6.0), (0, 2 / 3.0), (Math.Sqrt(3), 1 / 6.0)];
        return from first in rule
               from second in rule
               select (new[] { parameters[0] + (Math.Exp(parameters[2]) * first.Node), parameters[1] + (Math.Exp(parameters[3]) * second.Node) }, first.Weight * second.Weight);
    }
}
