using System.Numerics.Tensors;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Baselines;

/// <summary>
/// The fit of a value function as a trust-region problem (Schulman et al., "High-dimensional continuous control using generalized advantage
/// estimation" (2016), section 5): to make <c>mean((V - target)^2)</c> small, and keep <c>mean((V - V_old)^2 / (2 sigma^2))</c> small, which is
/// the mean KL divergence between normal distributions around the values, with <c>sigma^2</c> the mean squared error at the start.
/// </summary>
internal sealed class ValueProblem : ITrustRegionProblem
{
    private readonly IDifferentiableNetwork _network;
    private readonly float[] _observations;
    private readonly double[] _targets;
    private readonly double[] _old;
    private readonly double[] _values;
    private readonly StateSample _sample;
    private bool _linearizedOnSample;
    private bool _evaluated;
    private double _variance;

    /// <param name="network">The network, with one output.</param>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="targets"><c>[N]</c>.</param>
    /// <param name="fisherFraction">The share of the observations that Fisher products are computed on, above 0 and up to 1.</param>
    public ValueProblem(IDifferentiableNetwork network, float[] observations, double[] targets, double fisherFraction)
    {
        _network = network;
        _observations = observations;
        _targets = targets;
        _old = new double[targets.Length];
        _values = new double[targets.Length];
        _sample = new StateSample(targets.Length, fisherFraction);
    }

    public int Length => _network.Parameters.Length;

    public void CopyTo(Span<double> parameters) => _network.Parameters.CopyTo(parameters);

    public void Assign(ReadOnlySpan<double> parameters)
    {
        _network.Assign(parameters);
        _evaluated = false;
    }

    public string NameOf(int index) => _network.Parameters.NameOf(index);

    /// <summary><c>grad -mean((V - target)^2) / (2 sigma^2) = J^T (target - V) / (N sigma^2)</c>.</summary>
    public double Gradient(Span<double> gradient)
    {
        // A step that follows another starts where the last trial of that one was linearized.
        if (_evaluated)
            _values.CopyTo(_old, 0);
        else
            _network.Linearize(_observations, _old);
        _evaluated = false;
        _linearizedOnSample = _sample.IsEverything;
        _variance = MeanSquare(_old, _targets);

        // Values without an error are best left alone.
        if (_variance == 0)
        {
            gradient.Clear();
            return 0;
        }

        for (var row = 0; row < _targets.Length; row++)
            _values[row] = (_targets[row] - _old[row]) / (_targets.Length * _variance);
        _network.TransposeProduct(_values, gradient);
        return -0.5;
    }

    /// <summary>The Gauss-Newton matrix, <c>J^T J v / (N sigma^2)</c>, over the sampled observations.</summary>
    public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product)
    {
        if (!_linearizedOnSample)
            _network.Linearize(_sample.Take(_observations), _sample.Memory(1));
        _linearizedOnSample = true;
        var tangents = _sample.Memory(1);
        _network.Product(vector, tangents);
        TensorPrimitives.Divide(tangents, _sample.Count * _variance, tangents);
        _network.TransposeProduct(tangents, product);
    }

    public (double Objective, double MeanKl) Evaluate()
    {
        _network.Linearize(_observations, _values);
        _evaluated = true;
        return (-MeanSquare(_values, _targets) / (2 * _variance), MeanSquare(_values, _old) / (2 * _variance));
    }

    /// <summary>The mean of <c>(V - target)^2</c> that a step has left.</summary>
    public double MeanSquaredError(TrustRegionStep step) => _variance * (1 - (2 * step.Improvement));

    private static double MeanSquare(ReadOnlySpan<double> values, ReadOnlySpan<double> others)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
            sum += (values[i] - others[i]) * (values[i] - others[i]);
        return sum / values.Length;
    }
}
