using System.Numerics.Tensors;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A module of any kind, differentiated by libtorch. Batches and products are computed on the device of its parameters; on the processor in blocks of rows, so that the
/// intermediate values of one stay in the cache and free memory for the next.
/// </summary>
internal sealed class TorchNetwork : IDifferentiableNetwork
{
    private const int MaxBlockRows = 2_048;

    private readonly ExportableModule _module;
    private readonly ScalarType _type;
    private readonly Device _device;
    private readonly List<Graph> _graphs = [];
    private double[] _part = [];

    /// <exception cref="ArgumentException">The module has no parameters, or one that cannot be trained; the message names it.</exception>
    public TorchNetwork(ExportableModule module, int outputs)
    {
        _module = module;
        Outputs = outputs;
        Model = new ModuleModel(module);
        Parameters = new FlatParameters(module);
        (_type, _device) = (Parameters.Tensors[0].dtype, Parameters.Tensors[0].device);

        // In training mode, random layers such as dropout would give other outputs at every evaluation.
        module.eval();
    }

    public INetworkModel Model { get; }

    public int Outputs { get; }

    public FlatParameters Parameters { get; }

    IParameterVector IDifferentiableNetwork.Parameters => Parameters;

    public void Assign(ReadOnlySpan<double> parameters)
    {
        Release();
        Parameters.Assign(parameters);
    }

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        using var withoutGradients = no_grad();
        var rows = CountRows(inputs.Length, outputs.Length);
        var (blocks, width) = (Divide(rows), inputs.Length / rows);
        for (var i = 0; i < blocks.Count; i++)
        {
            using var scope = NewDisposeScope();
            var (start, count) = (blocks.Start(i), blocks.RowsOf(i));
            TensorCopy.Copy(Forward(TensorCopy.From(inputs.Slice(start * width, count * width), count, width).to(_type, _device)), outputs.Slice(start * Outputs, count * Outputs));
        }
    }

    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();
        Linearize(ToTensor(inputs, outputs.Length), outputs);
    }

    /// <summary>Computes the outputs of a batch.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">Receives <c>[N, outputs]</c>.</param>
    public void Evaluate(Tensor inputs, Span<double> outputs)
    {
        using var withoutGradients = no_grad();
        var blocks = Divide((int)inputs.shape[0]);
        for (var i = 0; i < blocks.Count; i++)
        {
            using var scope = NewDisposeScope();
            TensorCopy.Copy(Forward(Rows(inputs, blocks, i)), outputs.Slice(blocks.Start(i) * Outputs, blocks.RowsOf(i) * Outputs));
        }
    }

    /// <summary>Computes the outputs of a batch and prepares the products for it.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">Receives <c>[N, outputs]</c>.</param>
    public void Linearize(Tensor inputs, Span<double> outputs)
    {
        Release();
        using var withGradients = GradientMode.Enable();
        var blocks = Divide((int)inputs.shape[0]);
        try
        {
            for (var i = 0; i < blocks.Count; i++)
            {
                using var scope = NewDisposeScope();
                var computed = Forward(Rows(inputs, blocks, i));
                if (!computed.requires_grad)
                    throw new InvalidOperationException($"The output of module '{_module.GetName()}' does not depend on its parameters, according to libtorch. Remove detach and no_grad from forward.");
                _graphs.Add(new Graph(computed.DetachFromDisposeScope()));
            }
        }
        catch
        {
            Release();
            throw;
        }

        for (var i = 0; i < blocks.Count; i++)
            TensorCopy.Copy(_graphs[i].Outputs, outputs.Slice(blocks.Start(i) * Outputs, blocks.RowsOf(i) * Outputs));
    }

    // J^T u is linear in u, and the derivative of v . (J^T u) with respect to u is J v, so that the graph of J^T u is built only once.
    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();
        var direction = TensorCopy.From(vector).to(_type, _device);
        foreach (var graph in Linearized())
        {
            using var temporaries = NewDisposeScope();
            var part = tangents[..graph.Length];
            tangents = tangents[graph.Length..];
            var (cotangents, transposed) = graph.Transposed ??= Transpose(graph.Outputs);
            if (!transposed.requires_grad)
            {
                part.Clear();
                continue;
            }

            autograd.backward([(transposed * direction).sum()], retain_graph: true, inputs: [cotangents]);
            TensorCopy.Copy(cotangents.grad!, part);
            cotangents.grad = null;
        }
    }

    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        using var withGradients = GradientMode.Enable();
        gradient.Clear();
        if (_part.Length == 0)
            _part = new double[Parameters.Length];
        foreach (var graph in Linearized())
        {
            using var scope = NewDisposeScope();
            var part = cotangents[..graph.Length];
            cotangents = cotangents[graph.Length..];
            Parameters.Gradient((graph.Outputs * TensorCopy.From(part).to(_type, _device).view(graph.Outputs.shape)).sum(), _part, retainGraph: true);
            TensorPrimitives.Add(gradient, _part, gradient);
        }
    }

    public void Dispose()
    {
        Release();
        _module.Dispose();
    }

    private List<Graph> Linearized() => _graphs.Count > 0 ? _graphs : throw new InvalidOperationException("The network is not linearized at the present parameters: call Linearize before computing products.");

    private (Tensor Cotangents, Tensor Transposed) Transpose(Tensor outputs)
    {
        var cotangents = zeros_like(outputs).requires_grad_(true);
        var gradients = Parameters.DifferentiableGradients((outputs * cotangents).sum());
        var transposed = cat([.. gradients.Select(gradient => gradient.reshape(-1))]);
        return (cotangents.DetachFromDisposeScope(), transposed.DetachFromDisposeScope());
    }

    private RowBlocks Divide(int rows) => new(rows, _device.type == TorchSharp.DeviceType.CPU ? MaxBlockRows : int.MaxValue);

    private static Tensor Rows(Tensor inputs, RowBlocks blocks, int block) => blocks.Count == 1 ? inputs : inputs.narrow(0, blocks.Start(block), blocks.RowsOf(block));

    private Tensor Forward(Tensor inputs)
    {
        var outputs = _module.forward(inputs);
        if (outputs is null)
            throw new InvalidOperationException($"Module '{_module.GetName()}' returned null.");
        if (outputs.shape is not [var rows, var columns] || rows != inputs.shape[0] || columns != Outputs)
            throw new InvalidOperationException($"Module '{_module.GetName()}' returned the shape [{string.Join(", ", outputs.shape)}] for inputs of the shape [{string.Join(", ", inputs.shape)}]; it must return [{inputs.shape[0]}, {Outputs}].");
        return outputs;
    }

    /// <summary>Creates the tensor of a batch of inputs, in the type and on the device of the parameters.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">The number of outputs over all rows, from which <c>N</c> follows.</param>
    /// <exception cref="ArgumentException">The lengths are not those of a whole number of rows.</exception>
    private Tensor ToTensor(ReadOnlySpan<float> inputs, int outputs)
    {
        var rows = CountRows(inputs.Length, outputs);
        return TensorCopy.From(inputs, rows, inputs.Length / rows).to(_type, _device);
    }

    /// <summary>Returns the number of rows of a batch, <c>N</c>.</summary>
    /// <exception cref="ArgumentException">The lengths are not those of a whole number of rows.</exception>
    internal int CountRows(int inputs, int outputs)
    {
        var rows = outputs / Outputs;
        if (rows == 0 || rows * Outputs != outputs || inputs % rows != 0)
            throw new ArgumentException($"{inputs} inputs and {outputs} outputs are not a whole number of rows of {Outputs} outputs.", nameof(outputs));
        return rows;
    }

    /// <summary>Frees the tensors of the last linearization; the module stays.</summary>
    internal void Release()
    {
        foreach (var graph in _graphs)
            graph.Dispose();
        _graphs.Clear();
    }

    /// <summary>The graphs of a block of rows.</summary>
    /// <param name="outputs">The outputs, <c>[N, outputs]</c>, as a function of the parameters.</param>
    private sealed class Graph(Tensor outputs) : IDisposable
    {
        public Tensor Outputs => outputs;

        /// <summary>Gets the number of outputs of all rows.</summary>
        public int Length { get; } = (int)outputs.numel();

        /// <summary>Gets or sets <c>u</c>, of the shape of the outputs, and <c>J^T u</c>, <c>[n]</c>, as a function of it; null before the first product.</summary>
        public (Tensor Cotangents, Tensor Gradient)? Transposed { get; set; }

        public void Dispose()
        {
            outputs.Dispose();
            Transposed?.Cotangents.Dispose();
            Transposed?.Gradient.Dispose();
        }
    }
}
