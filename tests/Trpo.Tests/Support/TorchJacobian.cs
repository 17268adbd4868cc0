using Trpo.Estimators.Distributions;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using static TorchSharp.torch;

namespace Trpo.Tests.Support;

/// <summary>
/// A small policy's derivatives, written down: the Jacobian of each row's distribution parameters <c>[P, n]</c> in float64 by libtorch, and what
/// follows from it. The policy is that of <see cref="TestNetworks.Policy"/>.
/// </summary>
internal sealed class TorchJacobian : IDisposable
{
    private readonly ActionSpace _space;
    private readonly IActionDistribution _distribution;
    private readonly IActionDistribution _draws;
    private readonly Perceptron _perceptron;
    private readonly FlatParameters _parameters;
    private double[] _stateIndependent;

    public TorchJacobian(ActionSpace space, int inputs, int[] hidden, Activation activation, ulong seed)
    {
        _space = space;
        _distribution = ActionDistribution.For(space, initialLogStandardDeviation: -0.25);
        _draws = space is BoxActionSpace ? ActionDistribution.For(ActionSpace.Box([.. Enumerable.Repeat(float.NegativeInfinity, space.Length)], [.. Enumerable.Repeat(float.PositiveInfinity, space.Length)]), 0) : _distribution;
        _perceptron = TestNetworks.Perceptron([inputs, .. hidden, _distribution.NetworkOutputs], activation, seed, type: ScalarType.Float64);
        _parameters = new FlatParameters(_perceptron);
        _stateIndependent = [.. _distribution.StateIndependentParameters];
    }

    private int Inputs => _perceptron.Widths[0];

    private int Length => _parameters.Length + _stateIndependent.Length;

    public void Assign(double[] parameters)
    {
        _parameters.Assign(parameters.AsSpan(0, _parameters.Length));
        _stateIndependent = parameters[_parameters.Length..];
    }

    /// <summary>An action for each row, as its distribution draws it.</summary>
    public double[] Sample(float[] observations, RandomSource random)
    {
        var action = new float[_space.Length];
        return [.. Enumerable.Range(0, observations.Length / Inputs).SelectMany(row =>
        {
            _distribution.Sample(At(observations, row).Parameters, random, action);
            return action.Select(value => (double)value).ToArray();
        })];
    }

    public double Entropy(float[] observations) => Enumerable.Range(0, observations.Length / Inputs).Average(row => _distribution.Entropy(At(observations, row).Parameters));

    /// <summary><c>mean(A J^T grad log pi)</c>.</summary>
    public double[] Gradient(float[] observations, double[] actions, double[] advantages)
    {
        var gradient = new double[Length];
        for (var row = 0; row < advantages.Length; row++)
        {
            var (parameters, jacobian) = At(observations, row);
            var score = new double[parameters.Length];
            _distribution.LogProbability(parameters, actions.AsSpan(row * _space.Length, _space.Length), score);
            for (var i = 0; i < Length; i++)
                gradient[i] += advantages[row] / advantages.Length * Enumerable.Range(0, score.Length).Sum(p => score[p] * jacobian[p][i]);
        }

        return gradient;
    }

    /// <summary><c>J^T E[score score^T] J</c>, averaged over some rows, with the scores of draws.</summary>
    public double[][] Fisher(float[] observations, int[] rows)
    {
        double[][] fisher = [.. Enumerable.Range(0, Length).Select(_ => new double[Length])];
        foreach (var row in rows)
        {
            var (parameters, jacobian) = At(observations, row);
            var score = new double[parameters.Length];
            foreach (var (action, probability) in Actions(parameters))
            {
                _draws.LogProbability(parameters, action, score);
                double[] whole = [.. Enumerable.Range(0, Length).Select(i => Enumerable.Range(0, score.Length).Sum(p => score[p] * jacobian[p][i]))];
                for (var i = 0; i < Length; i++)
                {
                    for (var j = 0; j < Length; j++)
                        fisher[i][j] += probability * whole[i] * whole[j] / rows.Length;
                }
            }
        }

        return fisher;
    }

    public void Dispose() => _perceptron.Dispose();

    private (double[] Parameters, double[][] Jacobian) At(float[] observations, int row)
    {
        using var scope = NewDisposeScope();
        var output = _perceptron.forward(TensorCopy.From(observations.AsSpan(row * Inputs, Inputs), 1, Inputs).to(ScalarType.Float64));
        var parameters = new double[_distribution.NetworkOutputs + _stateIndependent.Length];
        TensorCopy.Copy(output, parameters.AsSpan(0, _distribution.NetworkOutputs));
        _stateIndependent.CopyTo(parameters, _distribution.NetworkOutputs);
        double[][] jacobian = [.. parameters.Select(_ => new double[Length])];
        for (var p = 0; p < parameters.Length; p++)
        {
            if (p < _distribution.NetworkOutputs)
                _parameters.Gradient(output[0, p], jacobian[p].AsSpan(0, _parameters.Length), retainGraph: true);
            else
                jacobian[p][_parameters.Length + p - _distribution.NetworkOutputs] = 1;
        }

        return (parameters, jacobian);
    }

    // All actions with their probabilities; for normal distributions, whose scores are quadratic polynomials of the action, the nodes of
    // Gauss-Hermite quadrature: three of them integrate up to degree 5 exactly, and the product of two scores has degree 4.
    private IEnumerable<(double[] Action, double Probability)> Actions(double[] parameters)
    {
        double[] Softmax(IEnumerable<double> logits) => [.. logits.Select(logit => Math.Exp(logit) / logits.Sum(Math.Exp))];
        (double, double)[][] marginals = _space switch
        {
            DiscreteActionSpace => [[.. Softmax(parameters).Select((p, i) => ((double)i, p))]],
            MultiDiscreteActionSpace => [[.. Softmax(parameters.Take(2)).Select((p, i) => ((double)i, p))], [.. Softmax(parameters.Skip(2)).Select((p, i) => ((double)i, p))]],
            MultiBinaryActionSpace => [.. parameters.Select(logit => new[] { (1.0, 1 / (1 + Math.Exp(-logit))), (0.0, 1 / (1 + Math.Exp(logit))) })],
            _ => [.. Enumerable.Range(0, 2).Select(i => new[] { (-Math.Sqrt(3), 1 / 6.0), (0, 2 / 3.0), (Math.Sqrt(3), 1 / 6.0) }
                .Select(node => (parameters[i] + (Math.Exp(parameters[2 + i]) * node.Item1), node.Item2)).ToArray())],
        };
        IEnumerable<(double[] Action, double Probability)> joint = [([], 1.0)];
        foreach (var marginal in marginals)
            joint = [.. joint.SelectMany(_ => marginal, (one, next) => ((double[])[.. one.Action, next.Item1], one.Probability * next.Item2))];
        return joint;
    }
}
