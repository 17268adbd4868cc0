using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>
/// One linear layer, <c>y = W x + b</c>, in the two layouts that kernels read: <c>W^T</c> with its rows padded for the way forward, and
/// <c>W</c> with its rows padded for the way back. All padding is zero.
/// </summary>
internal sealed unsafe class PerceptronLayer(int inputs, int outputs, int vectorLength)
{
    // Up to this many outputs, dot products of W's rows cost less than a vector of padded outputs.
    private const int FewOutputs = 4;

    private readonly AlignedBuffer _transposed = new(Padded(inputs, PerceptronKernel.RowMultiple) * Padded(outputs, vectorLength));
    private readonly AlignedBuffer _weights = new(Padded(outputs, PerceptronKernel.RowMultiple) * Padded(inputs, vectorLength));
    private readonly AlignedBuffer _biases = new(Padded(outputs, vectorLength));

    public int Inputs => inputs;

    public int Outputs => outputs;

    /// <summary>The distance between rows of inputs.</summary>
    public int InputStride { get; } = Padded(inputs, vectorLength);

    /// <summary>The distance between rows of outputs.</summary>
    public int OutputStride { get; } = Padded(outputs, vectorLength);

    /// <summary>The number of weights and biases.</summary>
    public int ParameterCount => (inputs + 1) * outputs;

    /// <summary>Whether the way forward reads <c>W</c> rather than <c>W^T</c>.</summary>
    public bool IsNarrow => outputs <= FewOutputs;

    /// <summary>Whether the derivatives of <c>W</c> are summed as those of <c>W^T</c>, which has less padding.</summary>
    public bool SumsTransposed { get; } =
        Padded(inputs, PerceptronKernel.RowMultiple) * Padded(outputs, vectorLength) < Padded(outputs, PerceptronKernel.RowMultiple) * Padded(inputs, vectorLength);

    /// <summary><c>W^T</c>, <c>[inputs, OutputStride]</c>, with room for whole tiles of rows.</summary>
    public float* Transposed => _transposed.Pointer;

    /// <summary><c>W</c>, <c>[outputs, InputStride]</c>, with room for whole tiles of rows.</summary>
    public float* Weights => _weights.Pointer;

    /// <summary><c>b</c>, <c>[OutputStride]</c>.</summary>
    public float* Biases => _biases.Pointer;

    public static int Padded(int length, int multiple) => (length + multiple - 1) / multiple * multiple;

    /// <summary>Takes the values of <c>W</c>, row by row, and then of <c>b</c>, in both layouts.</summary>
    public void Set(ReadOnlySpan<double> parameters)
    {
        SetTransposed(parameters);
        SetWeights(parameters);
    }

    /// <summary>Takes the values in the layout that the way forward reads.</summary>
    public void SetForward(ReadOnlySpan<double> parameters)
    {
        if (IsNarrow)
            SetWeights(parameters);
        else
            SetTransposed(parameters);
    }

    /// <summary>Makes the sums zero.</summary>
    public void ClearSums()
    {
        var sums = SumsTransposed ? _transposed : _weights;
        sums.Span(0, sums.Length).Clear();
        _biases.Span(0, _biases.Length).Clear();
    }

    /// <summary>Adds the sums for <c>W</c>, row by row, and then those for <c>b</c> to a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddSumsTo(Span<double> parameters)
    {
        var (row, column) = SumsTransposed ? (1, OutputStride) : (InputStride, 1);
        float* sums = SumsTransposed ? Transposed : Weights;
        for (var output = 0; output < outputs; output++)
        {
            var derivatives = parameters.Slice(output * inputs, inputs);
            for (var input = 0; input < derivatives.Length; input++)
                derivatives[input] += sums[(output * row) + (input * column)];
            parameters[(inputs * outputs) + output] += Biases[output];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetTransposed(ReadOnlySpan<double> parameters)
    {
        float* transposed = Transposed;
        nint stride = OutputStride;
        for (var output = 0; output < outputs; output++)
        {
            var weights = parameters.Slice(output * inputs, inputs);
            var destination = transposed + output;
            foreach (var weight in weights)
            {
                *destination = (float)weight;
                destination += stride;
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
