using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Results.Studies;

namespace Trpo.Results;

/// <summary>Measures studies, and writes the document whenever one is complete.</summary>
internal static class ResultsRun
{
    /// <returns>0; or 130 if it was interrupted, with what was finished kept.</returns>
    /// <exception cref="TrainingException">A training diverged; what was finished is kept.</exception>
    public static int Execute(ResultsSettings settings, IAnsiConsole console, CancellationToken cancel) =>
        MeasuringRun.Execute(settings, console, (study, say) => Complete(settings, study, say), cancel);

    private static void Complete(ResultsSettings settings, Study study, Action<string> say)
    {
        var store = new ResultStore(settings.Kept);
        var all = settings.All.Select(other => Measured.Of(other, store, settings.Seeds, settings.Episodes)).ToList();
        var picture = Path.Combine(settings.Documents.FullName, ResultsDocument.PictureOf(study.Name));
        CurvePlot.Save(all.Single(measured => measured.Study == study).Summary!, picture);
        say($"Wrote {picture}");
        say($"Wrote {ResultsDocument.Save(all, settings.Seeds, settings.Episodes, settings.Documents)}");
    }
}
