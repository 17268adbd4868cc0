using TorchSharp.Modules;
using Trpo.Estimators.Foundation;
using static TorchSharp.torch;

namespace Trpo.Estimators.Optimization;

/// <summary>
/// The parameters of a model as one vector of float64, in the order in which the model names them. Values of float32 parameters
/// survive the way there and back bit for bit.
/// </summary>
public sealed class FlatParameters : IParameterVector
{
    private readonly (string Name, Parameter Value)[] _parameters;
    private readonly List<Tensor> _tensors;
    private readonly int[] _counts;

    /// <summary>Lists the parameters of a module.</summary>
    /// <param name="module">The module.</param>
    /// <exception cref="ArgumentException">It has no parameter, or one that takes no gradient, stands twice, is neither float32 nor float64, or of another type or on another device than the rest; the message names it.</exception>
    public FlatParameters(nn.Module module)
        : this((module ?? throw new ArgumentNullException(nameof(module))).named_parameters())
    {
    }

    /// <summary>Lists parameters.</summary>
    /// <param name="parameters">Their names, which errors mention, and the parameters.</param>
    /// <exception cref="ArgumentException">There is no parameter, or one that takes no gradient, stands twice, is neither float32 nor float64, or of another type or on another device than the rest; the message names it.</exception>
    public FlatParameters(IEnumerable<(string Name, Parameter Parameter)> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = [.. parameters];
        if (_parameters.Length == 0)
            throw new ArgumentException("There is no parameter to optimize.", nameof(parameters));
        if (_parameters.FirstOrDefault(parameter => parameter.Value is null) is { Name: { } missing })
            throw new ArgumentException($"Parameter '{missing}' is null.", nameof(parameters));
        CheckTrainable();
        var type = _parameters[0].Value.dtype;
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        foreach (var (name, value) in _parameters)
        {
            if (!seen.Add(value))
                throw new ArgumentException($"Parameter '{name}' stands twice.", nameof(parameters));
            if (value.dtype is not (ScalarType.Float32 or ScalarType.Float64))
                throw new ArgumentException($"Parameter '{name}' is {value.dtype}; parameters must be Float32 or Float64.", nameof(parameters));
            if (value.device_type != _parameters[0].Value.device_type || value.device_index != _parameters[0].Value.device_index)
                throw new ArgumentException($"Parameter '{name}' is on {value.device}, but '{_parameters[0].Name}' is on {_parameters[0].Value.device}; all must be on one device.", nameof(parameters));
            if (value.dtype != type)
                throw new ArgumentException($"Parameter '{name}' is {value.dtype}, but '{_parameters[0].Name}' is {type}; all must have one type.", nameof(parameters));
        }

        _tensors = [.. _parameters.Select(parameter => parameter.Value)];
        _counts = [.. _tensors.Select(tensor => (int)tensor.numel())];
        Length = _counts.Sum();
    }

    /// <summary>The number of elements, <c>n</c>.</summary>
    public int Length { get; }

    internal IList<Tensor> Tensors => _tensors;

    /// <inheritdoc/>
    bool IParameterVector.IsSingle => _tensors[0].dtype == ScalarType.Float32;

    /// <summary>Returns the name of the parameter that an element belongs to.</summary>
    /// <param name="index">The index of the element in the vector.</param>
    public string NameOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        foreach (var (name, value) in _parameters)
        {
            if (index < value.numel())
                return name;
            index -= (int)value.numel();
        }

        throw new ArgumentOutOfRangeException(nameof(index), $"There are {Length} elements.");
    }

    /// <summary>Copies the parameters out.</summary>
    /// <param name="values">Receives the vector, <c>[n]</c>.</param>
    public void CopyTo(Span<double> values) => Flatten(_tensors, values);

    /// <summary>Copies the parameters in; each becomes the nearest value of its type.</summary>
    /// <param name="values">The vector, <c>[n]</c>.</param>
    public void Assign(ReadOnlySpan<double> values)
    {
        CheckLength(values.Length);

        // libtorch does not see what is written to its memory; zeroing tells it that a tensor is not what it was.
        // It returns a tensor of its own, which would wait for the garbage collector.
        using (NewDisposeScope())
        using (no_grad())
        {
            foreach (var tensor in _tensors)
                tensor.zero_();
        }

        Overwrite(values);
    }

    private void Overwrite(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < _tensors.Count; i++)
        {
            TensorCopy.Overwrite(values[.._counts[i]], _tensors[i]);
            values = values[_counts[i]..];
        }
    }

    /// <summary>Computes the gradient of a scalar with respect to the parameters; zero for parameters that the scalar does not depend on.</summary>
    /// <param name="scalar">A tensor of one element, computed from the parameters.</param>
    /// <param name="gradient">Receives the gradient, <c>[n]</c>.</param>
    /// <param name="retainGraph">True if the graph behind the scalar is needed again.</param>
    /// <exception cref="ArgumentException">The tensor has more than one element, or the lengths differ.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch refuses, as when a parameter was changed since the scalar was computed.</exception>
    public void Gradient(Tensor scalar, Span<double> gradient, bool retainGraph = false)
    {
        CheckScalar(scalar);
        CheckLength(gradient.Length);
        CheckTrainable();
        if (!scalar.requires_grad)
        {
            gradient.Clear();
            return;
        }

        // What autograd.grad cannot do makes libtorch end the process; backward throws instead, but adds to the parameters' own
        // gradients, which may be someone else's: those are put aside.
        using var scope = NewDisposeScope();
        var own = TakeGradients();
        try
        {
            autograd.backward([scalar], retain_graph: retainGraph, inputs: _tensors);
            Flatten([.. _tensors.Select(tensor => tensor.grad ?? zeros_like(tensor))], gradient);
        }
        finally
        {
            SetGradients(own);
        }
    }

    /// <summary>Returns the gradients of a scalar, one tensor per parameter, that can be differentiated in turn; zeros for parameters that the scalar does not depend on.</summary>
    internal IReadOnlyList<Tensor> DifferentiableGradients(Tensor scalar)
    {
        CheckScalar(scalar);
        CheckTrainable();
        if (!scalar.requires_grad)
            return [.. _tensors.Select(tensor => zeros_like(tensor))];

        // Whatever would make libtorch end the process here makes the plain gradient, on the same graph, throw.
        ThrowIfNotDifferentiable(scalar);
        var gradients = autograd.grad([scalar], _tensors, retain_graph: true, create_graph: true, allow_unused: true);
        return [.. _tensors.Zip(gradients, (tensor, gradient) => gradient is null || gradient.IsInvalid ? zeros_like(tensor) : gradient)];
    }

    private void ThrowIfNotDifferentiable(Tensor scalar)
    {
        using var scope = NewDisposeScope();
        var own = TakeGradients();
        try
        {
            autograd.backward([scalar], retain_graph: true, inputs: _tensors);
        }
        finally
        {
            SetGradients(own);
        }
    }

    private void Flatten(IReadOnlyList<Tensor> tensors, Span<double> values)
    {
        CheckLength(values.Length);
        var start = 0;
        foreach (var tensor in tensors)
        {
            var count = (int)tensor.numel();
            TensorCopy.Copy(tensor, values.Slice(start, count));
            start += count;
        }
    }

    private void CheckLength(int length)
    {
        if (length != Length)
            throw new ArgumentException($"The vector has {length} elements, the parameters {Length}.");
    }

    private void CheckTrainable()
    {
        foreach (var (name, value) in _parameters)
        {
            if (!value.requires_grad)
                throw new ArgumentException($"Parameter '{name}' takes no gradient (requires_grad is false): leave it out, or let it take one.");
        }
    }

    private static void CheckScalar(Tensor scalar)
    {
        ArgumentNullException.ThrowIfNull(scalar);
        if (scalar.numel() != 1)
            throw new ArgumentException($"A gradient is taken of one element, but the tensor has the shape [{string.Join(", ", scalar.shape)}].", nameof(scalar));
    }

    private Tensor?[] TakeGradients()
    {
        Tensor?[] own = [.. _tensors.Select(tensor => tensor.grad)];
        SetGradients(new Tensor?[own.Length]);
        return own;
    }

    private void SetGradients(Tensor?[] gradients)
    {
        for (var i = 0; i < gradients.Length; i++)
            _tensors[i].grad = gradients[i];
    }
}
