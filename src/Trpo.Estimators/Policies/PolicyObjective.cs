using System.Globalization;
using System.Numerics.Tensors;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Policies;

/// <summary>The sums of <see cref="PolicyProblem"/> over a group of rows: ratios times advantages, entropies and divergences, and their derivatives.</summary>
internal sealed class PolicyObjective : IPartialProblem
{
    private readonly StochasticPolicy _policy;
    private readonly ReadOnlyMemory<float> _observations;
    private readonly double[] _actions;
    private readonly double[] _advantages;
    private readonly double[] _oldLogProbabilities;
    private readonly double[] _oldParameters;
    private readonly double[] _parameters;
    private readonly RowSample _sample;
    private readonly IReferenceDistributions _reference;
    private bool _linearizedOnSample;

    /// <param name="policy">The policy to update.</param>
    /// <param name="observations">The observations, <c>[N, d]</c>.</param>
    /// <param name="actions">The actions, <c>[N, k]</c>.</param>
    /// <param name="advantages">The advantage of each action, <c>[N]</c>.</param>
    /// <param name="fisherFraction">The share of the rows that Fisher products are computed on, above 0 and up to 1.</param>
    public PolicyObjective(StochasticPolicy policy, ReadOnlyMemory<float> observations, double[] actions, double[] advantages, double fisherFraction)
    {
        _policy = policy;
        _observations = observations;
        _actions = actions;
        _advantages = advantages;
        _oldLogProbabilities = new double[Rows];
        _oldParameters = new double[Rows * policy.ParameterLength];
        _parameters = new double[_oldParameters.Length];
        _sample = new RowSample(Rows, fisherFraction);
        _reference = ReferenceDistributions.Of(policy.Distribution, new ReferenceRows(_oldParameters, actions, _oldLogProbabilities));
    }

    public int Length => _policy.Length;

    public int Rows => _advantages.Length;

    public int FisherRows => _sample.Count;

    public void CopyTo(Span<double> parameters) => _policy.CopyTo(parameters);

    public void Assign(ReadOnlySpan<double> parameters) => _policy.Assign(parameters);

    public string NameOf(int index) => _policy.NameOf(index);

    public LinearizationSums Linearize()
    {
        _policy.Linearize(_observations.Span, _oldParameters);
        _linearizedOnSample = _sample.IsWholeBatch;

        // The ratio starts at exactly 1: the old log-probabilities come from this pass, not from the one that sampled the actions.
        var entropy = _reference.Begin(_parameters);
        var surrogate = 0.0;
        foreach (var advantage in _advantages)
            surrogate += advantage;
        return new LinearizationSums(surrogate, entropy);
    }

    public void Gradient(double divisor, Span<double> gradient)
    {
        for (var row = 0; row < Rows; row++)
        {
            var weight = _advantages[row] / divisor;
            foreach (ref var element in Row(_parameters, row))
                element *= weight;
        }

        _policy.TransposeProduct(_parameters, gradient);
    }

    public void FisherProduct(ReadOnlySpan<double> vector, double divisor, Span<double> product)
    {
        var weighted = _sample.Memory(_policy.ParameterLength);
        if (!_linearizedOnSample && !_policy.TryRestrict(_sample.Rows))
            _policy.Linearize(_sample.Take(_observations.Span), weighted);
        _linearizedOnSample = true;
        var tangents = _parameters.AsSpan(0, weighted.Length);
        _policy.Product(vector, tangents);
        _reference.FisherProducts(_sample.Rows, tangents, weighted);
        TensorPrimitives.Divide(weighted, divisor, weighted);
        _policy.TransposeProduct(weighted, product);
    }

    public SampledRows TakeSample()
    {
        var length = _actions.Length / Rows;
        var actions = new double[_sample.Count * length];
        for (var i = 0; i < _sample.Count; i++)
            Action(_sample.Rows[i]).CopyTo(actions.AsSpan(i * length));
        return new SampledRows(_sample.Take(_observations.Span).ToArray(), actions, _sample.Count);
    }

    public string? FindNonFinite()
    {
        if (PolicyFault.FindParameter(_policy) is { } parameter)
            return parameter;
        for (var row = 0; row < Rows; row++)
        {
            var parameters = Row(_oldParameters, row);
            if (PolicyFault.FindInRow(_policy, parameters, Action(row), _oldLogProbabilities[row], string.Create(CultureInfo.InvariantCulture, $"in row {row} of the update")) is { } fault)
                return fault;
            if (!double.IsFinite(_advantages[row]))
                return string.Create(CultureInfo.InvariantCulture, $"the standardized advantage is {_advantages[row]} in row {row} of the update. Scale the rewards down, by RewardScale for example.");

            // The gradient left the derivatives by the distribution's parameters here, times the advantages. Networks take them in single precision.
            foreach (var derivative in Row(_parameters, row))
            {
                if (!(Math.Abs(derivative) <= float.MaxValue))
                    return string.Create(CultureInfo.InvariantCulture, $"the derivative of the log-probability, times the advantage {_advantages[row]:G6}, is {derivative:G6} in row {row} of the update, which single precision cannot hold{PolicyFault.Origin(_policy, parameters, PolicyFault.Narrowest(_policy, parameters), "LogProbability")}");
            }
        }

        return null;
    }

    public TrialSums Evaluate()
    {
        _policy.Evaluate(_observations.Span, _parameters);
        var (surrogate, divergence) = _reference.Compare(_parameters, _advantages);
        return new TrialSums(surrogate, divergence);
    }

    private Span<double> Row(Span<double> rows, int row) => rows.Slice(row * _policy.ParameterLength, _policy.ParameterLength);

    private ReadOnlySpan<double> Action(int row)
    {
        var length = _actions.Length / Rows;
        return _actions.AsSpan(row * length, length);
    }
}
