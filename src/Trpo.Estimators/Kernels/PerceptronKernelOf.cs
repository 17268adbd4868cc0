using System.Numerics.Tensors;
using System.Runtime.InteropServices;

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

    // The parameters of all layers but the last, as the kernel rounds them, and those that replace them.
    private readonly float[] _hidden;
    private readonly float[] _rounded;

    // The rows that the activations are those of, at the present parameters of all layers but the last.
    private int _activatedRows;
    private int _rows;

    public PerceptronKernel(IReadOnlyList<int> widths, KernelActivation activation)
    {
        _activation = activation;
        _layers = Layers(widths);
        _directions = Layers(widths);
        _parameterCount = _layers.Sum(layer => layer.ParameterCount);
        _hidden = new float[_parameterCount - Last.ParameterCount];
        _rounded = new float[_hidden.Length];
        _activations = [.. _layers.Select(_ => new AlignedBuffer(0))];
        _slopes = activation == KernelActivation.Silu ? [.. _layers.Select(_ => new AlignedBuffer(0))] : _activations;
        var widest = _layers.Max(layer => Math.Max(layer.InputStride, layer.OutputStride));
        _scratch = [new(BlockRows * widest), new(BlockRows * widest)];
        _zeros = new(widest);
    }

    private PerceptronLayer First => _layers[0];

    private PerceptronLayer Last => _layers[^1];

    public void Assign(ReadOnlySpan<double> parameters)
    {
        CheckLength(parameters.Length, _parameterCount, nameof(parameters));
        _rows = 0;

        // Where only the last layer changes, as where values get another scale, the activations before it are kept.
        TensorPrimitives.ConvertTruncating(parameters[.._hidden.Length], _rounded);
        if (!MemoryMarshal.AsBytes<float>(_rounded).SequenceEqual(MemoryMarshal.AsBytes<float>(_hidden)))
        {
            _rounded.CopyTo(_hidden);
            _activatedRows = 0;
            var rest = parameters;
            for (var i = 0; i + 1 < _layers.Length; rest = rest[_layers[i++].ParameterCount..])
                _layers[i].Set(rest[.._layers[i].ParameterCount]);
        }

        Last.Set(parameters[_hidden.Length..]);
    }

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        var rows = Rows(inputs.Length, outputs.Length);
        for (var start = 0; start < rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - start);
            float* source = _scratch[0].Pointer, destination = _scratch[1].Pointer;
            RowKernel<TSimd, TVector>.CopyIn(inputs.Slice(start * First.Inputs, count * First.Inputs), First.Inputs, source, First.InputStride);
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
        if (rows != _activatedRows || !RowKernel<TSimd, TVector>.AreSame(Activations(0, 0), First.InputStride, inputs, First.Inputs))
            Activate(inputs, rows);
        for (var start = 0; start < rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - start);
            Forward(_layers.Length - 1, Activations(_layers.Length - 1, start), _scratch[0].Pointer, Padded(count));
            CopyOut(_scratch[0].Pointer, start, count, outputs);
        }

        _rows = rows;
        GC.KeepAlive(this);
    }

    public bool TryRestrict(ReadOnlySpan<int> rows)
    {
        if (_rows == 0)
            return false;
        _activatedRows = 0;
        for (var i = 0; i < _layers.Length; i++)
        {
            RowKernel<TSimd, TVector>.Gather(Activations(i, 0), _layers[i].InputStride, rows);
            if (i > 0 && _slopes[i] != _activations[i])
                RowKernel<TSimd, TVector>.Gather(Slopes(i, 0), _layers[i].InputStride, rows);
        }

        _rows = rows.Length;
        GC.KeepAlive(this);
        return true;
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

    // Computes the inputs of all layers for a batch.
    private void Activate(ReadOnlySpan<float> inputs, int rows)
    {
        _activatedRows = 0;
        for (var i = 0; i < _layers.Length; i++)
        {
            _activations[i].EnsureLength((long)Padded(rows) * _layers[i].InputStride);
            if (i > 0)
                _slopes[i].EnsureLength((long)Padded(rows) * _layers[i].InputStride);
        }

        for (var start = 0; start < rows; start += BlockRows)
        {
            var count = Math.Min(BlockRows, rows - start);
            RowKernel<TSimd, TVector>.CopyIn(inputs.Slice(start * First.Inputs, count * First.Inputs), First.Inputs, Activations(0, start), First.InputStride);
            for (var i = 0; i + 1 < _layers.Length; i++)
                Forward(i, Activations(i, start), Activations(i + 1, start), Padded(count), Slopes(i + 1, start));
        }

        _activatedRows = rows;
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
        RowKernel<TSimd, TVector>.CopyIn(cotangents.Slice(start * Last.Outputs, count * Last.Outputs), Last.Outputs, source, Last.OutputStride);
        for (var i = _layers.Length - 1; i >= 0; i--)
        {
            var (layer, sum) = (_layers[i], _directions[i]);
            RowKernel<TSimd, TVector>.AddSum(source, rows, layer.OutputStride, sum.Biases);
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

    private void CopyOut(float* source, int start, int count, Span<double> outputs) =>
        RowKernel<TSimd, TVector>.CopyOut(source, Last.OutputStride, outputs.Slice(start * Last.Outputs, count * Last.Outputs), Last.Outputs);

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
