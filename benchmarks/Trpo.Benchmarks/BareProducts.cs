using static TorchSharp.torch;

namespace Trpo.Benchmarks;

/// <summary>
/// The matrix products that any Fisher-vector product of a perceptron needs, and nothing else, computed by libtorch into preallocated memory.
/// </summary>
internal sealed class BareProducts : IDisposable
{
    private readonly (Tensor Left, Tensor Right, Tensor Result)[] _products;
    private readonly List<Tensor> _owned = [];

    public BareProducts(Workload workload)
    {
        var widths = workload.Widths;
        var rows = workload.Rows;
        Tensor[] activations = [.. widths.Select(width => Own(rand(rows, width)))];
        Tensor[] others = [.. widths.Select(width => Own(rand(rows, width)))];
        var products = new List<(Tensor, Tensor, Tensor)>();
        for (var i = 0; i + 1 < widths.Count; i++)
        {
            var weights = Own(rand(widths[i + 1], widths[i]));

            // Forward: dW a, and W t behind the first layer.
            products.Add((activations[i], weights.t(), others[i + 1]));
            if (i > 0)
                products.Add((others[i], weights.t(), activations[i + 1]));

            // Backward: u a^T, and W^T u down to the first layer.
            products.Add((others[i + 1].t(), activations[i], Own(rand(widths[i + 1], widths[i]))));
            if (i > 0)
                products.Add((others[i + 1], weights, others[i]));
        }

        _products = [.. products];
    }

    public void Run()
    {
        foreach (var (left, right, result) in _products)
            result.addmm_(left, right, 0, 1);
    }

    public void Dispose()
    {
        foreach (var tensor in _owned)
            tensor.Dispose();
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor);
        return tensor;
    }
}
