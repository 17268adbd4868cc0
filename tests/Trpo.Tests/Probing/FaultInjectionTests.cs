using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Probing;

namespace Trpo.Tests.Probing;

/// <summary>Tests that probes find faults, and find none where there are none.</summary>
public sealed class FaultInjectionTests
{
    // 200 by hand: TRPO_PROBE_RUNS=200 dotnet test ...
    private static readonly int HealthyRuns = int.Parse(Environment.GetEnvironmentVariable("TRPO_PROBE_RUNS") ?? "3", CultureInfo.InvariantCulture);

    private static readonly TrpoOptions[] HealthyOptions =
    [
        new() { HiddenLayers = [32], NormalizeObservations = true, ActionMask = true, TrustRegion = new() { MaxKl = 0.02, Damping = 0.01 } },
        new() { HiddenLayers = [32, 32], Shards = 2, Threads = 2, ReusedIterations = 2 },
        new(),
        new() { NormalizeObservations = true },
        new() { ActionMask = true },
        TrpoOptions.SampleEfficient,
        new() { HiddenLayers = [], ValueFunction = new() { HiddenLayers = [32] } },
        new() { HiddenLayers = [32, 32], HiddenActivation = Activation.Relu, RewardScale = 0.1 },
        new() { HiddenLayers = [32, 32], NormalizeAdvantages = false, RescaleActions = false },
    ];

    [Test]
    public void Probes_find_the_faults_of_a_trainer()
    {
        var missed = new List<string>();
        foreach (var fault in InjectedFault.All)
        {
            var report = new MLContext().ReinforcementLearning.Probe(fault.Options, new ProbeOptions { Actions = fault.Actions }, fault.Joints);
            var failed = report.Results.Where(result => !result.Passed).Select(result => $"{result.Name}{(result.Actions.Length > 0 ? $" ({result.Actions})" : "")}").ToList();
            TestContext.Out.WriteLine($"| {fault.Name} | {(failed.Count == 0 ? "**missed**" : string.Join(", ", failed))} |");
            if (failed.Count == 0)
                missed.Add(fault.Name);
        }

        Assert.That(InjectedFault.All, Has.Count.GreaterThanOrEqualTo(20));
        Assert.That(missed, Is.Empty);
    }

    [Test]
    public void Probes_of_healthy_options_find_nothing()
    {
        for (var run = 0; run < HealthyRuns; run++)
        {
            var report = new MLContext().ReinforcementLearning.Probe(HealthyOptions[run % HealthyOptions.Length], new ProbeOptions { Seed = run });
            var closest = report.Results.Where(result => result.Tolerance > 0).MaxBy(Share)!;
            TestContext.Out.WriteLine(FormattableString.Invariant($"{run}: {report.Elapsed.TotalSeconds:F2} s, closest to its tolerance: {closest.Name} {Share(closest):P0}"));
            Assert.That(report.Passed, Is.True, $"run {run}\n{report}");
        }

        static double Share(ProbeResult result) => Math.Abs(result.Found - result.Expected) / result.Tolerance;
    }
}
