using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>
/// A perceptron's passes, a block of rows at a time, so that what one layer leaves is in the cache when the next one reads it.
/// </summary>
internal sealed unsafe class PerceptronKernel<TSimd, TVector> : IPerceptronKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int BlockRows = 128;

    // The sum over this many rows is kept in float32 before it goes to float64.
    private const int RowsPerSum = 1_024;

    private readonly Activation _activation;
    private readonly PerceptronLayer[] _layers;
    private readonly PerceptronLayer[] _directions;
    private readonly AlignedBuffer[] _activations;
    private readonly AlignedBuffer[] _scratch;
    private readonly AlignedBuffer _zeros;
    private int _rows;

    public PerceptronKernel(IReadOnlyList<int> widths, Activation activation)
    {
        _activation = activation;
        _layers = Layers(widths);
        _directions = Layers(widths);
        _activations = [.. _layers.Select(_ => new AlignedBuffer(0))];
        var widest = _layers.Max(layer => Math.Max(layer.InputStride, layer.OutputStride));
        _scratch = [new(BlockRows * widest), new(BlockRows * widest)];
        _zeros = new(widest);
    }

    private PerceptronLayer Last => _layers[^1];

    public void Assign(ReadOnlySpan<double> parameters) => Set(_layers, parameters);

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        var rows = outputs.Length / Last.Outputs;
        for (var start = 0; start < rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - start);
            float* source = _scratch[0].Pointer, destination = _scratch[1].Pointer;
            CopyInputs(inputs, start, count, source);
            for (var i = 0; i < _layers.Length; i++)
            {
                Forward(i, source, destination, Padded(count));
                Swap(ref source, ref destination);
            }

            CopyOut(source, start, count, outputs);
        }
    }

    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        _rows = outputs.Length / Last.Outputs;
        for (var i = 0; i < _layers.Length; i++)
            _activations[i].EnsureLength(Padded(_rows) * _layers[i].InputStride);
        for (var start = 0; start < _rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, _rows - start);
            CopyInputs(inputs, start, count, Activations(0, start));
            for (var i = 0; i < _layers.Length; i++)
                Forward(i, Activations(i, start), i + 1 < _layers.Length ? Activations(i + 1, start) : _scratch[0].Pointer, Padded(count));
            CopyOut(_scratch[0].Pointer, start, count, outputs);
        }
    }

    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        Set(_directions, vector);
        for (var start = 0; start < _rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, _rows - start);
            float* source = _scratch[0].Pointer, destination = _scratch[1].Pointer;
            for (var i = 0; i < _layers.Length; i++)
            {
                // t' = W t + dW a + db, times the derivative.
                var (layer, direction) = (_layers[i], _directions[i]);
                var rows = Padded(count);
                Multiply(rows, layer.OutputStride, layer.Inputs, Activations(i, start), layer.InputStride, direction.Transposed, direction.Biases, 0, destination);
                if (i > 0)
                    Multiply(rows, layer.OutputStride, layer.Inputs, source, layer.InputStride, layer.Transposed, destination, layer.OutputStride, destination);
                if (i + 1 < _layers.Length)
                    ActivationKernel<TSimd, TVector>.MultiplyByDerivative(_activation, Activations(i + 1, start), destination, rows * layer.OutputStride);
                Swap(ref source, ref destination);
            }

            CopyOut(source, start, count, tangents);
        }
    }

    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        gradient.Clear();
        foreach (var direction in _directions)
            direction.Clear();
        for (var start = 0; start < _rows; start += BlockRows)
        {
            Backward(cotangents, start, Math.Min(BlockRows, _rows - start));
            if ((start + BlockRows) % RowsPerSum != 0 && start + BlockRows < _rows)
                continue;
            var place = 0;
            foreach (var direction in _directions)
            {
                direction.AddTo(gradient[place..]);
                direction.Clear();
                place += direction.ParameterCount;
            }
        }
    }

    // dW += u^T a, db += u, and u' = W^T u times the derivative.
    private void Backward(ReadOnlySpan<double> cotangents, int start, int count)
    {
        float* source = _scratch[0].Pointer, destination = _scratch[1].Pointer;
        var rows = Padded(count);
        CopyIn(cotangents, start, count, source);
        for (var i = _layers.Length - 1; i >= 0; i--)
        {
            var (layer, sum) = (_layers[i], _directions[i]);
            AddRows(source, sum.Biases, rows, layer.OutputStride);
            var sumRows = PerceptronLayer.Padded(layer.Outputs, PerceptronKernel.RowMultiple);
            MatrixKernel<TSimd, TVector>.MultiplyAdd(sumRows, layer.InputStride, rows, source, 1, layer.OutputStride, Activations(i, start), layer.InputStride, sum.Weights, layer.InputStride, sum.Weights, layer.InputStride);
            if (i == 0)
                break;
            Multiply(rows, layer.InputStride, layer.Outputs, source, layer.OutputStride, layer.Weights, _zeros.Pointer, 0, destination);
            ActivationKernel<TSimd, TVector>.MultiplyByDerivative(_activation, Activations(i, start), destination, rows * layer.InputStride);
            Swap(ref source, ref destination);
        }
    }

    private void Forward(int index, float* source, float* destination, int rows)
    {
        var layer = _layers[index];
        Multiply(rows, layer.OutputStride, layer.Inputs, source, layer.InputStride, layer.Transposed, layer.Biases, 0, destination);
        if (index + 1 < _layers.Length)
            ActivationKernel<TSimd, TVector>.Apply(_activation, destination, rows * layer.OutputStride);
    }

    // C = D + A B, with rows of B and C that are as long as their padded columns.
    private static void Multiply(int rows, int columns, int inner, float* a, int aRow, float* b, float* d, int dRow, float* c) =>
        MatrixKernel<TSimd, TVector>.MultiplyAdd(rows, columns, inner, a, aRow, 1, b, columns, d, dRow, c, columns);

    private float* Activations(int layer, int row) => _activations[layer].Pointer + ((nint)row * _layers[layer].InputStride);

    private void CopyInputs(ReadOnlySpan<float> inputs, int start, int count, float* destination)
    {
        var layer = _layers[0];
        new Span<float>(destination, Padded(count) * layer.InputStride).Clear();
        for (var row = 0; row < count; row++)
            inputs.Slice((start + row) * layer.Inputs, layer.Inputs).CopyTo(new Span<float>(destination + (row * layer.InputStride), layer.Inputs));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyIn(ReadOnlySpan<double> cotangents, int start, int count, float* destination)
    {
        new Span<float>(destination, Padded(count) * Last.OutputStride).Clear();
        var source = cotangents.Slice(start * Last.Outputs, count * Last.Outputs);
        for (var row = 0; row < count; row++)
        {
            for (var i = 0; i < Last.Outputs; i++)
                destination[(row * Last.OutputStride) + i] = (float)source[(row * Last.Outputs) + i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyOut(float* source, int start, int count, Span<double> outputs)
    {
        var destination = outputs.Slice(start * Last.Outputs, count * Last.Outputs);
        for (var row = 0; row < count; row++)
        {
            for (var i = 0; i < Last.Outputs; i++)
                destination[(row * Last.Outputs) + i] = source[(row * Last.OutputStride) + i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(float* source, float* sum, int rows, int length)
    {
        for (var j = 0; j < length; j += TSimd.Count)
        {
            var total = TSimd.Load(sum + j);
            for (var i = 0; i < rows; i++)
                total = TSimd.Add(total, TSimd.Load(source + ((nint)i * length) + j));
            TSimd.Store(total, sum + j);
        }
    }

    private static void Swap(ref float* left, ref float* right)
    {
        var kept = left;
        left = right;
        right = kept;
    }

    private static int Padded(int rows) => PerceptronLayer.Padded(rows, PerceptronKernel.RowMultiple);

    private static void Set(PerceptronLayer[] layers, ReadOnlySpan<double> parameters)
    {
        foreach (var layer in layers)
        {
            layer.Set(parameters[..layer.ParameterCount]);
            parameters = parameters[layer.ParameterCount..];
        }
    }

    private static PerceptronLayer[] Layers(IReadOnlyList<int> widths) =>
        [.. Enumerable.Range(0, widths.Count - 1).Select(i => new PerceptronLayer(widths[i], widths[i + 1], TSimd.Count))];
}
