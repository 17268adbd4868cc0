using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A perceptron whose products with the Jacobian are computed by matrix products of libtorch, from activations that are computed once, on the device of its parameters.
/// On the processor, a batch is computed in blocks of rows, whose values stay in the cache between operations. All memory is kept for the next batch.
/// </summary>
internal sealed class TorchPerceptron : IDifferentiableNetwork
{
    // 512 kB of float32 for the values of the widest layer: in smaller blocks, calls of libtorch cost more than the cache gains.
    private const int BlockElements = 131_072;
    private const int MinBlockRows = 512;

    private readonly Perceptron _perceptron;
    private readonly TorchNetwork _network;
    private readonly LayerTensors _parameters;
    private readonly LayerTensors _direction;
    private readonly LayerTensors _gradient;
    private readonly int _layers;
    private readonly int _maxBlockRows;

    // Inputs of the layers, [0, layers), and derivatives of the activations between them, [layers, 2 layers - 1).
    private readonly List<RowTensors> _blocks = [];

    // Values, tangents or cotangents of the outputs of the layers.
    private readonly RowTensors _scratch;
    private Tensor? _ones;
    private int _blockCount;

    public TorchPerceptron(Perceptron perceptron)
    {
        _perceptron = perceptron;
        _network = new TorchNetwork(perceptron, perceptron.Widths[^1]);
        _layers = perceptron.Layers.Count;
        _parameters = LayerTensors.Of(perceptron);
        _direction = LayerTensors.Zeros(perceptron);
        _gradient = LayerTensors.Zeros(perceptron);
        _scratch = CreateRows([.. perceptron.Widths.Skip(1)]);
        _maxBlockRows = _gradient.Flat.device_type == TorchSharp.DeviceType.CPU ? Math.Max(MinBlockRows, BlockElements / perceptron.Widths.Max()) : int.MaxValue;
    }

    public INetworkModel Model => _network.Model;

    public int Outputs => _network.Outputs;

    public IParameterVector Parameters => _network.Parameters;

    public void Assign(ReadOnlySpan<double> parameters)
    {
        _blockCount = 0;
        _network.Assign(parameters);
    }

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs) => _network.Evaluate(inputs, outputs);

    public void Evaluate(Tensor inputs, Span<double> outputs) => _network.Evaluate(inputs, outputs);

    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        var rows = _network.CountRows(inputs.Length, outputs.Length);
        var width = _perceptron.Widths[0];
        if (inputs.Length != rows * width)
            throw new ArgumentException($"{inputs.Length} inputs are not {rows} rows of {width} inputs.", nameof(inputs));
        Divide(rows);
        foreach (var block in _blocks.Take(_blockCount))
        {
            TensorCopy.Overwrite(Take(ref inputs, (int)block.Rows * width), block[0]);
            Linearize(block, ref outputs);
        }
    }

    /// <summary>Computes the outputs of a batch and prepares the products for it.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">Receives <c>[N, outputs]</c>.</param>
    public void Linearize(Tensor inputs, Span<double> outputs)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        Divide((int)inputs.shape[0]);
        var start = 0L;
        foreach (var block in _blocks.Take(_blockCount))
        {
            block[0].copy_(inputs.narrow(0, start, block.Rows));
            start += block.Rows;
            Linearize(block, ref outputs);
        }
    }

    // t' = W t + dW a + db, times the derivative.
    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        CheckLinearized();
        TensorCopy.Overwrite(vector, _direction.Flat);
        for (var b = 0; b < _blockCount; b++)
        {
            var block = _blocks[b];
            ResizeScratch(block.Rows);
            for (var i = 0; i < _layers; i++)
            {
                var tangent = _scratch[i].copy_(_direction.Bias(i)).addmm_(block[i], _direction.Transposed(i), 1, 1);
                if (i > 0)
                    tangent.addmm_(_scratch[i - 1], _parameters.Transposed(i), 1, 1);
                if (i + 1 < _layers)
                    tangent.mul_(block[_layers + i]);
            }

            CopyOutputs(ref tangents);
        }
    }

    // dW = u^T a, db = sum u, and u' = W^T u times the derivative.
    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        CheckLinearized();
        for (var b = 0; b < _blockCount; b++)
        {
            var block = _blocks[b];
            ResizeScratch(block.Rows);
            TensorCopy.Overwrite(Take(ref cotangents, (int)block.Rows * Outputs), _scratch[_layers - 1]);

            // With a factor of zero for the previous contents, libtorch writes a product without reading them.
            var previous = b > 0 ? 1 : 0;
            for (var i = _layers - 1; i >= 0; i--)
            {
                _gradient.Weight(i).addmm_(_scratch.Transposed(i), block[i], previous, 1);
                _gradient.Bias(i).addmv_(_scratch.Transposed(i), _ones!, previous, 1);
                if (i > 0)
                    _scratch[i - 1].addmm_(_scratch[i], _parameters.Weight(i), 0, 1).mul_(block[_layers + i - 1]);
            }
        }

        TensorCopy.Copy(_gradient.Flat, gradient);
    }

    public void Dispose()
    {
        foreach (var block in _blocks)
            block.Dispose();
        _scratch.Dispose();
        _ones?.Dispose();
        _parameters.Dispose();
        _direction.Dispose();
        _gradient.Dispose();
        _network.Dispose();
    }

    private static ReadOnlySpan<T> Take<T>(ref ReadOnlySpan<T> values, int count)
    {
        var taken = values[..count];
        values = values[count..];
        return taken;
    }

    private RowTensors CreateRows(IReadOnlyList<int> widths) => new(widths, _gradient.Flat.dtype, _gradient.Flat.device);

    private void Divide(int rows)
    {
        var blocks = new RowBlocks(rows, _maxBlockRows);
        var hidden = _perceptron.Widths.Skip(1).SkipLast(1);
        while (_blocks.Count < blocks.Count)
            _blocks.Add(CreateRows([_perceptron.Widths[0], .. hidden, .. hidden]));
        for (var i = 0; i < blocks.Count; i++)
            _blocks[i].Resize(blocks.RowsOf(i));
        _blockCount = blocks.Count;
    }

    private void Linearize(RowTensors block, ref Span<double> outputs)
    {
        ResizeScratch(block.Rows);
        for (var i = 0; i < _layers; i++)
        {
            var isLast = i + 1 == _layers;
            var value = (isLast ? _scratch[i] : block[i + 1]).copy_(_parameters.Bias(i)).addmm_(block[i], _parameters.Transposed(i), 1, 1);
            if (!isLast)
                TorchActivation.Apply(_perceptron.Activation, value, block[_layers + i]);
        }

        CopyOutputs(ref outputs);
    }

    private void CopyOutputs(ref Span<double> outputs)
    {
        var length = (int)_scratch.Rows * Outputs;
        TensorCopy.Copy(_scratch[_layers - 1], outputs[..length]);
        outputs = outputs[length..];
    }

    private void ResizeScratch(long rows)
    {
        if (_scratch.Rows == rows)
            return;
        using var modes = GradientMode.Enable();
        _scratch.Resize(rows);
        _ones?.Dispose();
        _ones = ones(rows, dtype: _gradient.Flat.dtype, device: _gradient.Flat.device).DetachFromDisposeScope();
    }

    private void CheckLinearized()
    {
        if (_blockCount == 0)
            throw new InvalidOperationException("The perceptron is not linearized at the present parameters: call Linearize before computing products.");
    }
}
