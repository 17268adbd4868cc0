using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Report;

namespace Trpo.Results;

/// <summary>The verbs that compare candidates: measures them, and writes the tables that compare them.</summary>
internal static class ComparisonRun
{
    /// <summary>Returns the run that writes a page.</summary>
    public static Func<ResultsSettings, IAnsiConsole, CancellationToken, int> Of(ComparisonPage page) => (settings, console, cancel) => Execute(page, settings, console, cancel);

    /// <returns>0, or 130 if the run was interrupted; finished seeds are kept.</returns>
    /// <exception cref="TrainingException">A training run diverged; finished seeds are kept.</exception>
    public static int Execute(ComparisonPage page, ResultsSettings settings, IAnsiConsole console, CancellationToken cancel)
    {
        var names = settings.Chosen.Select(study => study.Name).ToHashSet();
        var chosen = page.Comparisons(settings).Where(comparison => names.Contains(comparison.Study.Name)).SelectMany(comparison => comparison.Rows).Where(row => settings.Measures(row.Candidate.Name)).SelectMany(row => row.Studies).ToList();
        var exitCode = MeasuringRun.Execute(settings with { Chosen = chosen }, console, (_, _) => { }, cancel);
        if (exitCode == 0)
            console.Profile.Out.Writer.WriteLine($"Wrote {ComparisonDocument.Save(page, settings)}");
        return exitCode;
    }
}
