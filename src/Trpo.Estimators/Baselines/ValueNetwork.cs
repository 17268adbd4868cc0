using System.Numerics.Tensors;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Randomness;
using static TorchSharp.torch;

namespace Trpo.Estimators.Baselines;

/// <summary>
/// A perceptron with one output, fitted to the targets' mean squared error by Adam in small shuffled minibatches. It works in standardized
/// targets; when their scale moves, the last layer is rescaled so that no value changes by that.
/// </summary>
internal sealed class ValueNetwork : IValueFunction
{
    private readonly Perceptron _network;
    private readonly optim.Optimizer _adam;
    private readonly RandomSource _random;
    private readonly TargetScale _scale = new();
    private readonly int _inputs;
    private readonly int _epochs;
    private readonly int _minibatch;

    public ValueNetwork(int inputs, IReadOnlyList<int> hiddenLayers, ValueFunctionOptions options, RandomSource random)
    {
        _network = new Perceptron(inputs, hiddenLayers, outputs: 1, outputGain: 1, random);
        _adam = optim.Adam(_network.parameters(), options.LearningRate);
        _random = random;
        _inputs = inputs;
        _epochs = options.Epochs;
        _minibatch = options.MinibatchSize;
    }

    public void Predict(ReadOnlySpan<float> observations, Span<double> values)
    {
        if (values.IsEmpty)
            return;
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        TensorCopy.Copy(_network.forward(TensorCopy.From(observations, values.Length, _inputs)), values);
        TensorPrimitives.Multiply(values, _scale.Deviation, values);
        TensorPrimitives.Add(values, _scale.Mean, values);
    }

    public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
    {
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();
        var inputs = TensorCopy.From(observations, targets.Length, _inputs);
        var outputs = TensorCopy.From(Standardize(targets)).to(ScalarType.Float32);
        var order = new long[targets.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;

        var error = 0.0;
        for (var epoch = 0; epoch < _epochs; epoch++)
        {
            _random.Shuffle<long>(order);
            var shuffled = tensor(order, device: CPU);
            error = 0;
            for (var start = 0; start < order.Length; start += _minibatch)
            {
                using var step = NewDisposeScope();
                var size = Math.Min(_minibatch, order.Length - start);
                var rows = shuffled.narrow(0, start, size);
                var loss = nn.functional.mse_loss(_network.forward(inputs.index_select(0, rows)).squeeze(1), outputs.index_select(0, rows));
                _adam.zero_grad();
                loss.backward();
                _adam.step();
                error += loss.item<float>() * size / order.Length;
            }
        }

        return error * _scale.Deviation * _scale.Deviation;
    }

    private double[] Standardize(ReadOnlySpan<double> targets)
    {
        var (first, oldMean, oldDeviation) = (_scale.IsEmpty, _scale.Mean, _scale.Deviation);
        _scale.Add(targets);

        // Before the first batch there are no values worth keeping.
        if (!first)
            _network.RescaleOutput(oldDeviation / _scale.Deviation, (oldMean - _scale.Mean) / _scale.Deviation);
        var standardized = new double[targets.Length];
        TensorPrimitives.Subtract(targets, _scale.Mean, standardized);
        TensorPrimitives.Divide(standardized, _scale.Deviation, standardized);
        return standardized;
    }

    public void Dispose()
    {
        _adam.Dispose();
        _network.Dispose();
    }
}
