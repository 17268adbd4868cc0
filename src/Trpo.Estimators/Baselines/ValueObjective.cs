using System.Globalization;
using System.Numerics.Tensors;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Baselines;

/// <summary>The sums of <see cref="ValueProblem"/> over a group of rows: squared errors and squared differences of values, and their derivatives.</summary>
internal sealed class ValueObjective : IPartialProblem
{
    private readonly IDifferentiableNetwork _network;
    private readonly ReadOnlyMemory<float> _observations;
    private readonly double[] _targets;
    private readonly double[] _old;
    private readonly double[] _values;
    private readonly RowSample _sample;
    private bool _linearizedOnSample;
    private bool _evaluated;

    /// <param name="network">The network, with one output.</param>
    /// <param name="observations">The observations, <c>[N, d]</c>.</param>
    /// <param name="targets">The targets, <c>[N]</c>.</param>
    /// <param name="fisherFraction">The share of the rows that Fisher products are computed on, above 0 and up to 1.</param>
    public ValueObjective(IDifferentiableNetwork network, ReadOnlyMemory<float> observations, double[] targets, double fisherFraction)
    {
        _network = network;
        _observations = observations;
        _targets = targets;
        _old = new double[targets.Length];
        _values = new double[targets.Length];
        _sample = new RowSample(targets.Length, fisherFraction);
    }

    public int Length => _network.Parameters.Length;

    public int Rows => _targets.Length;

    public int FisherRows => _sample.Count;

    public void CopyTo(Span<double> parameters) => _network.Parameters.CopyTo(parameters);

    public void Assign(ReadOnlySpan<double> parameters)
    {
        _network.Assign(parameters);
        _evaluated = false;
    }

    public string NameOf(int index) => _network.Parameters.NameOf(index);

    public LinearizationSums Linearize()
    {
        // A step that follows an accepted one starts where its last trial was linearized.
        if (_evaluated)
            _values.CopyTo(_old, 0);
        else
            _network.Linearize(_observations.Span, _old);
        _evaluated = false;
        _linearizedOnSample = _sample.IsWholeBatch;
        return new LinearizationSums(SquaredDifference(_old, _targets), Entropy: 0);
    }

    public void Gradient(double divisor, Span<double> gradient)
    {
        TensorPrimitives.Subtract(_targets, _old, _values);
        TensorPrimitives.Divide(_values, divisor, _values);
        _network.TransposeProduct(_values, gradient);
    }

    public void FisherProduct(ReadOnlySpan<double> vector, double divisor, Span<double> product)
    {
        if (!_linearizedOnSample && !_network.TryRestrict(_sample.Rows))
            _network.Linearize(_sample.Take(_observations.Span), _sample.Memory(1));
        _linearizedOnSample = true;
        var tangents = _sample.Memory(1);
        _network.Product(vector, tangents);
        TensorPrimitives.Divide(tangents, divisor, tangents);
        _network.TransposeProduct(tangents, product);
    }

    public SampledRows TakeSample() => new(_sample.Take(_observations.Span).ToArray(), [], _sample.Count);

    public string? FindNonFinite()
    {
        var parameters = new double[Length];
        CopyTo(parameters);
        if (Array.FindIndex(parameters, value => !double.IsFinite(value)) is >= 0 and var index)
            return string.Create(CultureInfo.InvariantCulture, $"the value function's parameter '{NameOf(index)}' is {parameters[index]}. Lower ValueFunction.TrustRegion.MaxKl.");
        for (var row = 0; row < _targets.Length; row++)
        {
            if (!double.IsFinite(_old[row]))
                return string.Create(CultureInfo.InvariantCulture, $"the value function's output is {_old[row]} in row {row} of its fit, though all its parameters are finite. Scale the observations.");
            if (!double.IsFinite((_old[row] - _targets[row]) * (_old[row] - _targets[row])))
                return string.Create(CultureInfo.InvariantCulture, $"the value function's squared error overflows in row {row} of its fit, where its output is {_old[row]:G6} and the standardized target {_targets[row]:G6}. Scale the rewards down, by RewardScale for example.");
        }

        return null;
    }

    public TrialSums Evaluate()
    {
        _network.Linearize(_observations.Span, _values);
        _evaluated = true;
        return new TrialSums(SquaredDifference(_values, _targets), SquaredDifference(_values, _old));
    }

    private static double SquaredDifference(ReadOnlySpan<double> values, ReadOnlySpan<double> others)
    {
        var sum = 0.0;
        for (var i = 0; i < values.Length; i++)
            sum += (values[i] - others[i]) * (values[i] - others[i]);
        return sum;
    }
}
