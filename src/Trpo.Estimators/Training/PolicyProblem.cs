using System.Numerics.Tensors;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;

namespace Trpo.Estimators.Training;

/// <summary>
/// The problem of one update (Schulman et al., "Trust region policy optimization" (2015), equation 14): to make the expected advantage
/// <c>L = mean(ratio A)</c>, <c>ratio = pi(a|s) / pi_old(a|s)</c>, larger, and keep the mean of KL(pi_old(.|s) || pi(.|s)) over the states small.
/// </summary>
internal sealed class PolicyProblem : ITrustRegionProblem
{
    private readonly StochasticPolicy _policy;
    private readonly ReadOnlyMemory<float> _observations;
    private readonly double[] _actions;
    private readonly double[] _advantages;
    private readonly double[] _oldLogProbabilities;
    private readonly double[] _oldParameters;
    private readonly double[] _parameters;
    private readonly StateSample _sample;
    private double[]? _sampledParameters;
    private readonly int _rows;

    /// <param name="policy">The policy that acted.</param>
    /// <param name="observations">What it saw, <c>[N, d]</c>.</param>
    /// <param name="actions">What it did, <c>[N, k]</c>.</param>
    /// <param name="advantages">The advantage of each action, <c>[N]</c>.</param>
    /// <param name="fisherFraction">The share of the states that Fisher products are computed on, above 0 and up to 1.</param>
    public PolicyProblem(StochasticPolicy policy, ReadOnlyMemory<float> observations, double[] actions, double[] advantages, double fisherFraction)
    {
        _policy = policy;
        _observations = observations;
        _actions = actions;
        _advantages = advantages;
        _rows = advantages.Length;
        _oldLogProbabilities = new double[_rows];
        _oldParameters = new double[_rows * policy.ParameterLength];
        _parameters = new double[_oldParameters.Length];
        _sample = new StateSample(_rows, fisherFraction);
    }

    public int Length => _policy.Length;

    /// <summary>The mean entropy of the policy at the start, in nats; NaN before <see cref="Gradient"/>.</summary>
    public double Entropy { get; private set; } = double.NaN;

    public void CopyTo(Span<double> parameters) => _policy.CopyTo(parameters);

    public void Assign(ReadOnlySpan<double> parameters) => _policy.Assign(parameters);

    public string NameOf(int index) => _policy.NameOf(index);

    /// <summary><c>grad L = mean(A grad log pi(a|s))</c>, where the ratio is 1.</summary>
    public double Gradient(Span<double> gradient)
    {
        var distribution = _policy.Distribution;
        _policy.Linearize(_observations.Span, _oldParameters);
        _sampledParameters = _sample.IsEverything ? _oldParameters : null;
        var (entropy, surrogate) = (0.0, 0.0);
        for (var row = 0; row < _rows; row++)
        {
            var parameters = Row(_oldParameters, row);
            var cotangent = Row(_parameters, row);
            _oldLogProbabilities[row] = distribution.LogProbability(parameters, Action(row), cotangent);
            entropy += distribution.Entropy(parameters);
            surrogate += _advantages[row];
            var weight = _advantages[row] / _rows;
            foreach (ref var element in cotangent)
                element *= weight;
        }

        Entropy = entropy / _rows;
        _policy.TransposeProduct(_parameters, gradient);
        return surrogate / _rows;
    }

    /// <summary><c>J^T M J v</c> averaged over the sampled states: the Fisher matrix <c>M</c> of the family between the derivatives of its parameters.</summary>
    public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product)
    {
        if (_sampledParameters is null)
        {
            _sampledParameters = new double[_sample.Count * _policy.ParameterLength];
            _policy.Linearize(_sample.Take(_observations.Span), _sampledParameters);
        }

        var tangents = _parameters.AsSpan(0, _sampledParameters.Length);
        var weighted = _sample.Memory(_policy.ParameterLength);
        _policy.Product(vector, tangents);
        _policy.Distribution.FisherProducts(_sampledParameters, tangents, weighted);
        TensorPrimitives.Divide(weighted, _sample.Count, weighted);
        _policy.TransposeProduct(weighted, product);
    }

    public (double Objective, double MeanKl) Evaluate()
    {
        var distribution = _policy.Distribution;
        _policy.Evaluate(_observations.Span, _parameters);
        var (surrogate, divergence) = (0.0, 0.0);
        for (var row = 0; row < _rows; row++)
        {
            var parameters = Row(_parameters, row);
            var ratio = Math.Exp(distribution.LogProbability(parameters, Action(row), []) - _oldLogProbabilities[row]);
            surrogate += ratio * _advantages[row];
            divergence += distribution.KullbackLeibler(Row(_oldParameters, row), parameters);
        }

        return (surrogate / _rows, divergence / _rows);
    }

    private Span<double> Row(Span<double> rows, int row) => rows.Slice(row * _policy.ParameterLength, _policy.ParameterLength);

    private ReadOnlySpan<double> Action(int row)
    {
        var length = _actions.Length / _rows;
        return _actions.AsSpan(row * length, length);
    }
}
