using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>A module of any kind, differentiated by libtorch. Batches and products are computed on the device of its parameters.</summary>
internal sealed class TorchNetwork : IDifferentiableNetwork
{
    private readonly nn.Module<Tensor, Tensor> _module;
    private readonly ScalarType _type;
    private readonly Device _device;
    private Tensor? _outputs;
    private Tensor? _cotangents;
    private Tensor? _transposed;

    /// <exception cref="ArgumentException">The module has no parameters, or one that cannot be trained; the message names it.</exception>
    public TorchNetwork(nn.Module<Tensor, Tensor> module, int outputs)
    {
        _module = module;
        Outputs = outputs;
        Parameters = new FlatParameters(module);
        (_type, _device) = (Parameters.Tensors[0].dtype, Parameters.Tensors[0].device);

        // In training mode, random layers such as dropout would give other outputs at every evaluation.
        module.eval();
    }

    public int Outputs { get; }

    public FlatParameters Parameters { get; }

    public void Assign(ReadOnlySpan<double> parameters)
    {
        Release();
        Parameters.Assign(parameters);
    }

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        using var scope = NewDisposeScope();
        Evaluate(ToTensor(inputs, outputs.Length), outputs);
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
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        TensorCopy.Copy(Forward(inputs), outputs);
    }

    /// <summary>Computes the outputs of a batch and prepares the products for it.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">Receives <c>[N, outputs]</c>.</param>
    public void Linearize(Tensor inputs, Span<double> outputs)
    {
        Release();
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();
        _outputs = Forward(inputs);
        if (!_outputs.requires_grad)
        {
            _outputs = null;
            throw new InvalidOperationException($"The output of module '{_module.GetName()}' does not depend on its parameters, according to libtorch. Remove detach and no_grad from forward.");
        }

        _outputs.DetachFromDisposeScope();
        TensorCopy.Copy(_outputs, outputs);
    }

    // J^T u is linear in u, and the derivative of v . (J^T u) with respect to u is J v, so that the graph of J^T u is built only once.
    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();
        if (_transposed is null)
        {
            _cotangents = zeros_like(Linearized()).requires_grad_(true);
            var gradients = Parameters.DifferentiableGradients((Linearized() * _cotangents).sum());
            _transposed = cat([.. gradients.Select(gradient => gradient.reshape(-1))]);
            _cotangents.DetachFromDisposeScope();
            _transposed.DetachFromDisposeScope();
        }

        if (!_transposed.requires_grad)
        {
            tangents.Clear();
            return;
        }

        autograd.backward([(_transposed * TensorCopy.From(vector).to(_type, _device)).sum()], retain_graph: true, inputs: [_cotangents!]);
        TensorCopy.Copy(_cotangents!.grad!, tangents);
        _cotangents.grad = null;
    }

    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();
        Parameters.Gradient((Linearized() * TensorCopy.From(cotangents).to(_type, _device).view(Linearized().shape)).sum(), gradient, retainGraph: true);
    }

    public void Dispose()
    {
        Release();
        _module.Dispose();
    }

    private Tensor Linearized() => _outputs ?? throw new InvalidOperationException("The network is not linearized at the present parameters: call Linearize before computing products.");

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
    internal Tensor ToTensor(ReadOnlySpan<float> inputs, int outputs)
    {
        var rows = outputs / Outputs;
        if (rows == 0 || rows * Outputs != outputs || inputs.Length % rows != 0)
            throw new ArgumentException($"{inputs.Length} inputs and {outputs} outputs are not a whole number of rows of {Outputs} outputs.", nameof(outputs));
        return TensorCopy.From(inputs, rows, inputs.Length / rows).to(_type, _device);
    }

    /// <summary>Frees the tensors of the last linearization; the module stays.</summary>
    internal void Release()
    {
        _outputs?.Dispose();
        _cotangents?.Dispose();
        _transposed?.Dispose();
        _outputs = _cotangents = _transposed = null;
    }
}
