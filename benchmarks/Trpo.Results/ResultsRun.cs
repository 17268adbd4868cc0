using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Results.Studies;

namespace Trpo.Results;

/// <summary>The program without a verb: measures studies, and writes the document whenever one is complete.</summary>
internal static class ResultsRun
{
    /// <returns>0, or 130 if the run was interrupted; finished seeds are kept.</returns>
    /// <exception cref="TrainingException">A training run diverged; finished seeds are kept.</exception>
    public static int Execute(ResultsSettings settings, IAnsiConsole console, CancellationToken cancel) =>
        MeasuringRun.Execute(settings, console, (study, say) => Complete(settings, study, say), cancel);

    private static void Complete(ResultsSettings settings, Study study, Action<string> say)
    {
        var store = new ResultStore(settings.Kept);
        var all = settings.All.Select(other => Measured.Of(other, store, settings.Seeds, settings.Episodes)).ToList();
        if (all.Single(measured => measured.Study == study).Summary is not { } summary)
            throw new IOException($"The finished seeds of {study.Title} are no longer in {settings.Kept.FullName}: another run with other settings replaced or removed them. Give each run its own folder with --kept, and start this one again.");
        var picture = Path.Combine(settings.Documents.FullName, ResultsDocument.PictureOf(study.Name));
        CurvePlot.Save(summary, picture);
        say($"Wrote {picture}");
        say($"Wrote {ResultsDocument.Save(all, settings.Seeds, settings.Episodes, settings.Documents)}");
    }
}
