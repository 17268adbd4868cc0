using Trpo.Estimators;
using Trpo.Reports;

namespace Trpo.Tests.Support;

/// <summary>The folder of a run, deleted at the end.</summary>
internal sealed class RunFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("trpo-run-").FullName;

    public string Metrics => System.IO.Path.Combine(Path, "metrics.csv");

    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>The event files, in the order in which TensorBoard reads them.</summary>
    public string[] Events => [.. Directory.GetFiles(Path, "events.out.tfevents.*").Order(StringComparer.Ordinal)];

    public void Record(IEnumerable<TrpoIteration> iterations, RunDescription? description = null)
    {
        using var recorder = new RunRecorder(Path, description);
        foreach (var iteration in iterations)
            recorder.Report(iteration);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
