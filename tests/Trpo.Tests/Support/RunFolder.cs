using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Reports.Descriptions;

namespace Trpo.Tests.Support;

/// <summary>The folder of a run, deleted at the end.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.FullName;

    public string Metrics => _folder.PathOf("metrics.csv");

    public string Report => _folder.PathOf("report.html");

    /// <summary>The event files, in the order in which TensorBoard reads them.</summary>
    public string[] Events => [.. Directory.GetFiles(Path, "events.out.tfevents.*").Order(StringComparer.Ordinal)];

    public void Record(IEnumerable<TrpoIteration> iterations, RunDescription? description = null)
    {
        using var recorder = new RunRecorder(Path, description);
        foreach (var iteration in iterations)
            recorder.Report(iteration);
    }

    public void Dispose() => _folder.Dispose();
}
