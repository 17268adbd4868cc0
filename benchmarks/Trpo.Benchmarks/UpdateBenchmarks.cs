using BenchmarkDotNet.Attributes;

namespace Trpo.Benchmarks;

/// <summary>Benchmarks of a whole update: the step of the policy and the fit of the value function.</summary>
[MemoryDiagnoser]
public class UpdateBenchmarks : IDisposable
{
    private OurUpdate _ours = null!;
    private PlainUpdate _plain = null!;

    [Params(1_024, 2_048)]
    public int States { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var workload = Workload.Categorical(States);
        TorchSharp.torch.set_num_threads(1);
        (_ours, _plain) = (new OurUpdate(workload), new PlainUpdate(workload));
    }

    [Benchmark(Baseline = true)]
    public void Plain() => _plain.Run(OurUpdate.ConjugateGradientSteps, OurUpdate.Tolerance);

    [Benchmark]
    public void Ours() => _ours.Run();

    [GlobalCleanup]
    public void Dispose()
    {
        _ours.Dispose();
        _plain.Dispose();
        GC.SuppressFinalize(this);
    }
}
