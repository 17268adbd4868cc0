using System.Numerics.Tensors;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Baselines;

/// <summary>
/// A perceptron with one output, fitted by trust-region steps (<see cref="ValueProblem"/>). It works in standardized targets; when their scale
/// moves, the last layer is rescaled so that no value changes by that.
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
        var problem = new ValueProblem(_network, observations.ToArray(), Standardize(targets), _options.FisherFraction);
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

    private double[] Standardize(ReadOnlySpan<double> targets)
    {
        var (first, oldMean, oldDeviation) = (_scale.IsEmpty, _scale.Mean, _scale.Deviation);
        _scale.Add(targets);

        // Before the first batch there are no values worth keeping.
        if (!first)
            RescaleOutput(oldDeviation / _scale.Deviation, (oldMean - _scale.Mean) / _scale.Deviation);
        var standardized = new double[targets.Length];
        TensorPrimitives.Subtract(targets, _scale.Mean, standardized);
        TensorPrimitives.Divide(standardized, _scale.Deviation, standardized);
        return standardized;
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
