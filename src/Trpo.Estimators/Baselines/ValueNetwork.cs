using System.Numerics.Tensors;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Baselines;

/// <summary>
/// A perceptron with one output, fitted by trust-region steps (<see cref="ValueProblem"/>) to standardized targets. When the scale of the targets
/// changes, the last layer is rescaled so that no value changes with it.
/// </summary>
internal sealed class ValueNetwork : IValueFunction, ICheckpointable, IDisposable
{
    private readonly IDifferentiableNetwork _network;
    private readonly TrustRegionOptimizer _optimizer;
    private readonly TargetScale _scale = new();
    private readonly ValueFunctionOptions _options;
    private readonly int _lastLayer;

    public ValueNetwork(int inputs, IReadOnlyList<int> hiddenLayers, Activation activation, ValueFunctionOptions options, RandomSource random)
    {
        var perceptron = new Perceptron(inputs, hiddenLayers, outputs: 1, activation, outputGain: 1, random);
        _network = DifferentiableNetwork.For(perceptron, outputs: 1);
        _lastLayer = (perceptron.Widths[^2] + 1) * perceptron.Widths[^1];
        _optimizer = new TrustRegionOptimizer(options.TrustRegion);
        _options = options;
    }

    public void Predict(ReadOnlySpan<float> observations, Span<double> values)
    {
        if (values.IsEmpty)
            return;
        _network.Evaluate(observations, values);
        TensorPrimitives.Multiply(values, _scale.Deviation, values);
        TensorPrimitives.Add(values, _scale.Mean, values);
    }

    public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
    {
        var objective = BeginFit(TargetSums.Of(targets), observations.ToArray(), targets);
        return Fit([objective]);
    }

    /// <summary>Updates the scale of the targets, without changing a value, and prepares a fit to a group of rows.</summary>
    /// <param name="sums">The sums of the targets of all groups.</param>
    /// <param name="observations">The observations of the group, <c>[N, d]</c>.</param>
    /// <param name="targets">The targets of the group, <c>[N]</c>.</param>
    /// <returns>The group's share of the fit, in units of standardized targets.</returns>
    public IPartialProblem BeginFit(TargetSums sums, ReadOnlyMemory<float> observations, ReadOnlySpan<double> targets)
    {
        UpdateScale(sums);
        var standardized = new double[targets.Length];
        TensorPrimitives.Subtract(targets, _scale.Mean, standardized);
        TensorPrimitives.Divide(standardized, _scale.Deviation, standardized);
        return new ValueObjective(_network, observations, standardized, _options.FisherFraction);
    }

    /// <summary>Fits this network, and its copies, to all groups of rows.</summary>
    /// <param name="objectives">What <see cref="BeginFit"/> of each copy returned, this network's first.</param>
    /// <returns>The mean squared error that is left, in the units of the targets.</returns>
    public double Fit(IReadOnlyList<IPartialProblem> objectives)
    {
        var problem = new ValueProblem(objectives);
        var error = 0.0;
        for (var step = 0; step < _options.Steps; step++)
            error = problem.MeanSquaredError(_optimizer.Step(problem));
        return error * _scale.Deviation * _scale.Deviation;
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.WriteSpan<double>(Parameters());
        _scale.SaveState(writer);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        var parameters = new double[_network.Parameters.Length];
        reader.ReadSpan<double>(parameters, "parameters of the value function");
        StateSpans.RequireFinite(parameters, "parameters of the value function");
        _network.Assign(parameters);
        _scale.RestoreState(reader);
    }

    private double[] Parameters()
    {
        var parameters = new double[_network.Parameters.Length];
        _network.Parameters.CopyTo(parameters);
        return parameters;
    }

    private void UpdateScale(TargetSums sums)
    {
        var (first, oldMean, oldDeviation) = (_scale.IsEmpty, _scale.Mean, _scale.Deviation);
        _scale.Add(sums);

        // Before the first batch there are no values worth keeping.
        if (!first)
            RescaleOutput(oldDeviation / _scale.Deviation, (oldMean - _scale.Mean) / _scale.Deviation);
    }

    // The last layer's weights and its one bias are the last of the parameters.
    private void RescaleOutput(double scale, double shift)
    {
        var parameters = Parameters();
        var last = parameters.AsSpan(parameters.Length - _lastLayer);
        TensorPrimitives.Multiply(last, scale, last);
        last[^1] += shift;
        _network.Assign(parameters);
    }

    public void Dispose() => _network.Dispose();
}
