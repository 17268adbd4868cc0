using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>
/// A linear layer, <c>y = W x + b</c>, in the two layouts that kernels read: <c>W^T</c> with padded rows for the forward pass, and
/// <c>W</c> with padded rows for the backward pass. All padding is zero.
/// </summary>
internal sealed unsafe class PerceptronLayer(int inputs, int outputs, int vectorLength)
{
    // The maximum number of outputs for which dot products of the rows of W cost less than a vector of padded outputs.
    private const int FewOutputs = 4;

    private const int TransposedTogether = 16;

    private readonly AlignedBuffer _transposed = new((long)Padded(inputs, PerceptronKernel.RowMultiple) * Padded(outputs, vectorLength));
    private readonly AlignedBuffer _weights = new((long)Padded(outputs, PerceptronKernel.RowMultiple) * Padded(inputs, vectorLength));
    private readonly AlignedBuffer _biases = new(Padded(outputs, vectorLength));

    /// <summary>Gets the number of inputs.</summary>
    public int Inputs => inputs;

    /// <summary>Gets the number of outputs.</summary>
    public int Outputs => outputs;

    /// <summary>Gets the distance between rows of inputs.</summary>
    public int InputStride { get; } = Padded(inputs, vectorLength);

    /// <summary>Gets the distance between rows of outputs.</summary>
    public int OutputStride { get; } = Padded(outputs, vectorLength);

    /// <summary>Gets the number of weights and biases.</summary>
    public int ParameterCount => (inputs + 1) * outputs;

    /// <summary>True if the forward pass reads <c>W</c> instead of <c>W^T</c>.</summary>
    public bool IsNarrow => outputs <= FewOutputs;

    /// <summary>True if the derivatives are summed in the layout of <c>W^T</c>, because it has less padding than that of <c>W</c>.</summary>
    public bool SumsTransposed { get; } =
        (long)Padded(inputs, PerceptronKernel.RowMultiple) * Padded(outputs, vectorLength) < (long)Padded(outputs, PerceptronKernel.RowMultiple) * Padded(inputs, vectorLength);

    /// <summary>Gets the address of <c>W^T</c>, <c>[inputs, OutputStride]</c>, with room for whole tiles of rows.</summary>
    public float* Transposed => _transposed.Pointer;

    /// <summary>Gets the address of <c>W</c>, <c>[outputs, InputStride]</c>, with room for whole tiles of rows.</summary>
    public float* Weights => _weights.Pointer;

    /// <summary>Gets the address of <c>b</c>, <c>[OutputStride]</c>.</summary>
    public float* Biases => _biases.Pointer;

    /// <summary>Rounds a length up to a multiple.</summary>
    public static int Padded(int length, int multiple) => (length + multiple - 1) / multiple * multiple;

    /// <summary>Sets <c>W</c>, row by row, and then <c>b</c>, in both layouts.</summary>
    public void Set(ReadOnlySpan<double> parameters)
    {
        SetTransposed(parameters);
        SetWeights(parameters);
    }

    /// <summary>Sets <c>W</c> and <c>b</c> in the layout that the forward pass reads.</summary>
    public void SetForward(ReadOnlySpan<double> parameters)
    {
        if (IsNarrow)
            SetWeights(parameters);
        else
            SetTransposed(parameters);
    }

    /// <summary>Sets the sums to zero.</summary>
    public void ClearSums()
    {
        var sums = SumsTransposed ? _transposed : _weights;
        sums.Span(0, sums.Length).Clear();
        _biases.Span(0, _biases.Length).Clear();
    }

    /// <summary>Adds the sums for <c>W</c>, row by row, and then those for <c>b</c> to a vector.</summary>
    public void AddSumsTo(Span<double> parameters)
    {
        for (var output = 0; output < outputs; output++)
        {
            var derivatives = parameters.Slice(output * inputs, inputs);
            if (SumsTransposed)
                AddColumn(Transposed + output, OutputStride, derivatives);
            else
                AddColumn(Weights + (output * InputStride), 1, derivatives);
        }

        AddColumn(Biases, 1, parameters.Slice(inputs * outputs, outputs));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddColumn(float* sums, nint stride, Span<double> values)
    {
        if (stride == 1)
        {
            var sum = new ReadOnlySpan<float>(sums, values.Length);
            for (; sum.Length >= Vector<float>.Count; sum = sum[Vector<float>.Count..], values = values[Vector<float>.Count..])
            {
                Vector.Widen(new Vector<float>(sum), out var low, out var high);
                (new Vector<double>(values) + low).CopyTo(values);
                (new Vector<double>(values[Vector<double>.Count..]) + high).CopyTo(values[Vector<double>.Count..]);
            }

            for (var i = 0; i < sum.Length; i++)
                values[i] += sum[i];
            return;
        }

        foreach (ref var value in values)
        {
            value += *sums;
            sums += stride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetTransposed(ReadOnlySpan<double> parameters)
    {
        fixed (double* weights = parameters[..(inputs * outputs)])
        {
            // Some outputs at a time: each cache line is written once, and read from as many as are written.
            for (var first = 0; first < outputs; first += TransposedTogether)
            {
                var last = Math.Min(first + TransposedTogether, outputs);
                for (var input = 0; input < inputs; input++)
                {
                    double* source = weights + input;
                    float* destination = Transposed + ((nint)input * OutputStride);
                    for (var output = first; output < last; output++)
                        destination[output] = (float)source[(nint)output * inputs];
                }
            }
        }

        SetBiases(parameters);
    }

    private void SetWeights(ReadOnlySpan<double> parameters)
    {
        for (var output = 0; output < outputs; output++)
            TensorPrimitives.ConvertTruncating(parameters.Slice(output * inputs, inputs), new Span<float>(Weights + (output * InputStride), inputs));
        SetBiases(parameters);
    }

    private void SetBiases(ReadOnlySpan<double> parameters) =>
        TensorPrimitives.ConvertTruncating(parameters.Slice(inputs * outputs, outputs), new Span<float>(Biases, outputs));
}
