using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>
/// A perceptron kernel for one vector type. It processes a block of rows at a time, so that the outputs of a layer are still in the cache when the next layer reads them.
/// </summary>
internal sealed unsafe class PerceptronKernel<TSimd, TVector> : IPerceptronKernel
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int BlockRows = 64;

    // The number of rows whose sum is accumulated in float32 before it is added to the float64 sum.
    private const int RowsPerSum = 1_024;

    private readonly KernelActivation _activation;
    private readonly PerceptronLayer[] _layers;
    private readonly PerceptronLayer[] _directions;
    private readonly AlignedBuffer[] _activations;

    // The derivatives of the activation function, where they do not follow from its results.
    private readonly AlignedBuffer[] _slopes;
    private readonly AlignedBuffer[] _scratch;
    private readonly AlignedBuffer _zeros;
    private readonly int _parameterCount;
    private int _rows;

    public PerceptronKernel(IReadOnlyList<int> widths, KernelActivation activation)
    {
        _activation = activation;
        _layers = Layers(widths);
        _directions = Layers(widths);
        _parameterCount = _layers.Sum(layer => layer.ParameterCount);
        _activations = [.. _layers.Select(_ => new AlignedBuffer(0))];
        _slopes = activation == KernelActivation.Silu ? [.. _layers.Select(_ => new AlignedBuffer(0))] : _activations;
        var widest = _layers.Max(layer => Math.Max(layer.InputStride, layer.OutputStride));
        _scratch = [new(BlockRows * widest), new(BlockRows * widest)];
        _zeros = new(widest);
    }

    private PerceptronLayer Last => _layers[^1];

    public void Assign(ReadOnlySpan<double> parameters)
    {
        CheckLength(parameters.Length, _parameterCount, nameof(parameters));
        _rows = 0;
        foreach (var layer in _layers)
        {
            layer.Set(parameters[..layer.ParameterCount]);
            parameters = parameters[layer.ParameterCount..];
        }
    }

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        var rows = Rows(inputs.Length, outputs.Length);
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

        GC.KeepAlive(this);
    }

    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        var rows = Rows(inputs.Length, outputs.Length);
        _rows = 0;
        for (var i = 0; i < _layers.Length; i++)
        {
            _activations[i].EnsureLength((long)Padded(rows) * _layers[i].InputStride);
            if (i > 0)
                _slopes[i].EnsureLength((long)Padded(rows) * _layers[i].InputStride);
        }

        for (var start = 0; start < rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - start);
            CopyInputs(inputs, start, count, Activations(0, start));
            for (var i = 0; i < _layers.Length; i++)
            {
                var isLast = i + 1 == _layers.Length;
                Forward(i, Activations(i, start), isLast ? _scratch[0].Pointer : Activations(i + 1, start), Padded(count), isLast ? null : Slopes(i + 1, start));
            }

            CopyOut(_scratch[0].Pointer, start, count, outputs);
        }

        _rows = rows;
        GC.KeepAlive(this);
    }

    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        CheckLinearized();
        CheckLength(vector.Length, _parameterCount, nameof(vector));
        CheckLength(tangents.Length, _rows * Last.Outputs, nameof(tangents));
        foreach (var direction in _directions)
        {
            direction.SetForward(vector[..direction.ParameterCount]);
            vector = vector[direction.ParameterCount..];
        }

        for (var start = 0; start < _rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, _rows - start);
            float* source = _scratch[0].Pointer, destination = _scratch[1].Pointer;
            for (var i = 0; i < _layers.Length; i++)
            {
                // t' = W t + dW a + db, times the derivative.
                var (layer, direction) = (_layers[i], _directions[i]);
                var rows = Padded(count);
                Apply(direction, Activations(i, start), rows, direction.Biases, 0, destination);
                if (i > 0)
                    Apply(layer, source, rows, destination, layer.OutputStride, destination);
                if (i + 1 < _layers.Length)
                    ActivationKernel<TSimd, TVector>.MultiplyByDerivative(_activation, Slopes(i + 1, start), destination, rows * layer.OutputStride);
                Swap(ref source, ref destination);
            }

            CopyOut(source, start, count, tangents);
        }

        GC.KeepAlive(this);
    }

    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        CheckLinearized();
        CheckLength(cotangents.Length, _rows * Last.Outputs, nameof(cotangents));
        CheckLength(gradient.Length, _parameterCount, nameof(gradient));
        gradient.Clear();
        foreach (var direction in _directions)
            direction.ClearSums();
        for (var start = 0; start < _rows; start += BlockRows)
        {
            Backward(cotangents, start, Math.Min(BlockRows, _rows - start));
            if ((start + BlockRows) % RowsPerSum != 0 && start + BlockRows < _rows)
                continue;
            var offset = 0;
            foreach (var direction in _directions)
            {
                direction.AddSumsTo(gradient[offset..]);
                direction.ClearSums();
                offset += direction.ParameterCount;
            }
        }

        GC.KeepAlive(this);
    }

    // Returns the number of rows that both lengths agree on.
    private int Rows(int inputs, int outputs)
    {
        var rows = outputs / Last.Outputs;
        if (rows == 0 || outputs != rows * Last.Outputs || inputs != (long)rows * _layers[0].Inputs)
            throw new ArgumentException($"{inputs} inputs and {outputs} outputs are not a whole number of rows of {_layers[0].Inputs} inputs and {Last.Outputs} outputs.", nameof(outputs));
        return rows;
    }

    private void CheckLinearized()
    {
        if (_rows == 0)
            throw new InvalidOperationException("The perceptron is not linearized at the present parameters: call Linearize before computing products.");
    }

    private static void CheckLength(int length, int expected, string name)
    {
        if (length != expected)
            throw new ArgumentException($"Expected {expected} elements, not {length}.", name);
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
            AddOuterProducts(source, Activations(i, start), rows, sum);
            if (i == 0)
                break;
            MatrixKernel<TSimd, TVector>.MultiplyAdd(rows, layer.InputStride, layer.Outputs, source, layer.OutputStride, 1, layer.Weights, layer.InputStride, _zeros.Pointer, 0, destination, layer.InputStride);
            ActivationKernel<TSimd, TVector>.MultiplyByDerivative(_activation, Slopes(i, start), destination, rows * layer.InputStride);
            Swap(ref source, ref destination);
        }
    }

    private void Forward(int index, float* source, float* destination, int rows, float* slopes = null)
    {
        var layer = _layers[index];
        Apply(layer, source, rows, layer.Biases, 0, destination);
        if (index + 1 == _layers.Length)
            return;
        if (_activation == KernelActivation.Silu && slopes is not null)
            ActivationKernel<TSimd, TVector>.ApplySilu(destination, slopes, rows * layer.OutputStride);
        else
            ActivationKernel<TSimd, TVector>.Apply(_activation, destination, rows * layer.OutputStride);
    }

    // outputs = addend + W inputs, for each row.
    private static void Apply(PerceptronLayer layer, float* inputs, int rows, float* addend, int addendRow, float* outputs)
    {
        if (layer.IsNarrow)
            MatrixKernel<TSimd, TVector>.DotProducts(rows, layer.Outputs, layer.InputStride, inputs, layer.Weights, addend, addendRow, outputs, layer.OutputStride);
        else
            MatrixKernel<TSimd, TVector>.MultiplyAdd(rows, layer.OutputStride, layer.Inputs, inputs, layer.InputStride, 1, layer.Transposed, layer.OutputStride, addend, addendRow, outputs, layer.OutputStride);
    }

    // dW += u^T a over all rows, or its transpose.
    private static void AddOuterProducts(float* cotangents, float* activations, int rows, PerceptronLayer sum)
    {
        var (inputs, outputs) = (sum.InputStride, sum.OutputStride);
        if (sum.SumsTransposed)
            MatrixKernel<TSimd, TVector>.MultiplyAdd(Padded(sum.Inputs), outputs, rows, activations, 1, inputs, cotangents, outputs, sum.Transposed, outputs, sum.Transposed, outputs);
        else
            MatrixKernel<TSimd, TVector>.MultiplyAdd(Padded(sum.Outputs), inputs, rows, cotangents, 1, outputs, activations, inputs, sum.Weights, inputs, sum.Weights, inputs);
    }

    private float* Slopes(int layer, int row) => _slopes[layer].Pointer + ((nint)row * _layers[layer].InputStride);

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
            // Four sums at a time, so that no addition waits for the one before it.
            TVector s0 = TSimd.Load(sum + j), s1 = TSimd.Create(0), s2 = s1, s3 = s1;
            float* row = source + j;
            for (var i = 0; i < rows; i += PerceptronKernel.RowMultiple, row += PerceptronKernel.RowMultiple * (nint)length)
            {
                s0 = TSimd.Add(s0, TSimd.Load(row));
                s1 = TSimd.Add(s1, TSimd.Load(row + length));
                s2 = TSimd.Add(s2, TSimd.Load(row + (2 * length)));
                s3 = TSimd.Add(s3, TSimd.Load(row + (3 * length)));
            }

            TSimd.Store(TSimd.Add(TSimd.Add(s0, s1), TSimd.Add(s2, s3)), sum + j);
        }
    }

    private static void Swap(ref float* left, ref float* right)
    {
        var kept = left;
        left = right;
        right = kept;
    }

    private static int Padded(int rows) => PerceptronLayer.Padded(rows, PerceptronKernel.RowMultiple);

    private static PerceptronLayer[] Layers(IReadOnlyList<int> widths) =>
        [.. Enumerable.Range(0, widths.Count - 1).Select(i => new PerceptronLayer(widths[i], widths[i + 1], TSimd.Count))];
}
