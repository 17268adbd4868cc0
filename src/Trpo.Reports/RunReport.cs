using System.Text;
using Trpo.Onnx.Files;
using Trpo.Reports.Charts;
using Trpo.Reports.Csv;
using Trpo.Reports.Descriptions;
using Trpo.Reports.Html;
using Trpo.Reports.Verdicts;

namespace Trpo.Reports;

/// <summary>
/// The report of a run, made from the files in its folder: one page of HTML that opens without a network and shows at a glance whether the run is healthy, and its charts as images.
/// The run may still go on, or may have crashed.
/// </summary>
public static class RunReport
{
    /// <summary>Gets the name of the page, in the run's folder.</summary>
    public static string FileName => "report.html";

    /// <summary>Reads metrics.csv and, if present, run.json and workers.csv, and writes report.html and plots/*.png.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <returns>The paths of the written files, that of the page first.</returns>
    /// <exception cref="FileNotFoundException">There is no metrics.csv in the folder.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or metrics.csv has no iteration yet; the message names the file and the place.</exception>
    public static IReadOnlyList<string> Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var history = MetricsReader.Read(Path.Combine(folder, MetricsFormat.FileName));
        var description = File.Exists(RunDescription.PathIn(folder)) ? RunDescription.Load(folder) : null;
        var workers = WorkersReader.Read(Path.Combine(folder, WorkersFormat.FileName));
        var charts = RunCharts.Of(history, description?.Evaluations);
        List<string> written = [Path.Combine(folder, FileName)];
        AtomicFile.Write(written[0], Encoding.UTF8.GetBytes(ReportPage.Of(history, description, charts, workers)));
        foreach (var chart in charts)
        {
            written.Add(Path.Combine(folder, "plots", $"{chart.Id}.png"));
            AtomicFile.Write(written[^1], ChartPng.Of(chart));
        }

        return written;
    }

    /// <summary>Judges the health of a run, from its metrics.csv alone.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <returns>The verdicts that the page shows.</returns>
    /// <exception cref="FileNotFoundException">There is no metrics.csv in the folder.</exception>
    /// <exception cref="InvalidDataException">metrics.csv is damaged, or has no iteration yet; the message names the place.</exception>
    public static RunHealth Judge(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return RunHealth.Of(RunVerdicts.Of(MetricsReader.Read(Path.Combine(folder, MetricsFormat.FileName))));
    }
}
