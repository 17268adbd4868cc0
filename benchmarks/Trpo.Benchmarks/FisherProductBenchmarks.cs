using BenchmarkDotNet.Attributes;
using Trpo.Estimators.Policies;

namespace Trpo.Benchmarks;

/// <summary>Benchmarks of four implementations of a Fisher-vector product.</summary>
[MemoryDiagnoser]
public class FisherProductBenchmarks : IDisposable
{
    private StochasticPolicy _policy = null!;
    private StochasticPolicy _torchPolicy = null!;
    private PolicyProblem _kernels = null!;
    private PolicyProblem _torch = null!;
    private PlainUpdate _plain = null!;
    private BareProducts _bare = null!;
    private Tensor _ones = null!;
    private double[] _vector = [];
    private double[] _product = [];

    [Params(2_048, 50_000)]
    public int States { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var workload = Workload.Gaussian(States);
        TorchSharp.torch.set_num_threads(1);
        (_policy, _torchPolicy) = (workload.CreatePolicy(), workload.CreateTorchPolicy());
        (_kernels, _torch) = (workload.CreateProblem(_policy), workload.CreateProblem(_torchPolicy));
        (_plain, _bare) = (new PlainUpdate(workload), new BareProducts(workload));
        _ones = _plain.Ones();
        _vector = [.. Enumerable.Repeat(1.0, _kernels.Length)];
        _product = new double[_vector.Length];
        _kernels.Gradient(_product);
        _torch.Gradient(_product);
    }

    [Benchmark(Baseline = true)]
    public void Plain() => _plain.FisherProduct(_ones).Dispose();

    [Benchmark]
    public void Torch() => _torch.FisherProduct(_vector, _product);

    [Benchmark]
    public void Kernels() => _kernels.FisherProduct(_vector, _product);

    [Benchmark]
    public void BareMatrixProducts() => _bare.Run();

    [GlobalCleanup]
    public void Dispose()
    {
        foreach (var disposable in (IDisposable[])[_policy, _torchPolicy, _plain, _bare, _ones])
            disposable.Dispose();
        GC.SuppressFinalize(this);
    }
}
