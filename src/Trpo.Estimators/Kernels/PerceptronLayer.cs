using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Kernels;

/// <summary>
/// One linear layer, <c>y = W x + b</c>, in the two layouts that kernels read: <c>W^T</c> with its rows padded for the way forward, and
/// <c>W</c> with its rows padded for the way back. All padding is zero.
/// </summary>
internal sealed unsafe class PerceptronLayer(int inputs, int outputs, int vectorLength)
{
    private readonly AlignedBuffer _transposed = new(inputs * Padded(outputs, vectorLength));
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

    /// <summary><c>W^T</c>, <c>[inputs, OutputStride]</c>.</summary>
    public float* Transposed => _transposed.Pointer;

    /// <summary><c>W</c>, <c>[outputs, InputStride]</c>, with room for whole tiles of rows.</summary>
    public float* Weights => _weights.Pointer;

    /// <summary><c>b</c>, <c>[OutputStride]</c>.</summary>
    public float* Biases => _biases.Pointer;

    public static int Padded(int length, int multiple) => (length + multiple - 1) / multiple * multiple;

    /// <summary>Takes the values of <c>W</c>, row by row, and then of <c>b</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Set(ReadOnlySpan<double> parameters)
    {
        for (var output = 0; output < outputs; output++)
        {
            for (var input = 0; input < inputs; input++)
            {
                var value = (float)parameters[(output * inputs) + input];
                Transposed[(input * OutputStride) + output] = value;
                Weights[(output * InputStride) + input] = value;
            }

            Biases[output] = (float)parameters[(inputs * outputs) + output];
        }
    }

    /// <summary>Makes all values zero.</summary>
    public void Clear()
    {
        _weights.Span(0, _weights.Length).Clear();
        _biases.Span(0, _biases.Length).Clear();
    }

    /// <summary>Adds <c>W</c>, row by row, and then <c>b</c> to a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddTo(Span<double> parameters)
    {
        for (var output = 0; output < outputs; output++)
        {
            for (var input = 0; input < inputs; input++)
                parameters[(output * inputs) + input] += Weights[(output * InputStride) + input];
            parameters[(inputs * outputs) + output] += Biases[output];
        }
    }
}
