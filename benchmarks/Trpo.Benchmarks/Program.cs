using System.Globalization;
using BenchmarkDotNet.Running;
using Trpo.Benchmarks;
using Trpo.Benchmarks.Ratios;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["ratios", .. var parts])
    return RatioRun.Execute(parts);
BenchmarkSwitcher.FromAssembly(typeof(FisherProductBenchmarks).Assembly).Run(args);
return 0;
