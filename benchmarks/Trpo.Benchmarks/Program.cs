using System.Globalization;
using System.Runtime.CompilerServices;
using BenchmarkDotNet.Running;
using Trpo.Benchmarks;
using Trpo.Benchmarks.Logs;
using Trpo.Benchmarks.Ratios;
using Trpo.Benchmarks.Throughput;
using Trpo.Benchmarks.Workers;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    [StartupProbe.Verb, var part, var start] => StartupProbe.Execute(part, long.Parse(start, CultureInfo.InvariantCulture)),
    ["throughput", var picture] => ThroughputRun.Execute(picture),
    ["log-scale"] => LogScaleRun.Execute(),
    [LogScaleProbe.Verb, var rows] => LogScaleProbe.Execute(int.Parse(rows, CultureInfo.InvariantCulture)),
    ["workers"] => WorkerRun.Execute(),
    ["ratios", .. var parts] => RatioRun.Execute(parts),
    _ => Profile(args),
};

// Not inlined: the start of a process is measured without BenchmarkDotNet.
[MethodImpl(MethodImplOptions.NoInlining)]
static int Profile(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(FisherProductBenchmarks).Assembly).Run(args);
    return 0;
}
