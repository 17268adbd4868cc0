using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Report;

namespace Trpo.Results;

/// <summary>The verb <c>candidates</c>: measures the ways to end a training, and writes the tables that compare them.</summary>
internal static class CandidatesRun
{
    /// <returns>0, or 130 if the run was interrupted; finished seeds are kept.</returns>
    /// <exception cref="TrainingException">A training run diverged; finished seeds are kept.</exception>
    public static int Execute(ResultsSettings settings, IAnsiConsole console, CancellationToken cancel)
    {
        var names = settings.Chosen.Select(study => study.Name).ToHashSet();
        var chosen = settings.Candidates.Where(comparison => names.Contains(comparison.Study.Name)).SelectMany(comparison => comparison.Rows).Where(row => settings.Measures(row.Candidate.Name)).SelectMany(row => row.Studies).ToList();
        var exitCode = MeasuringRun.Execute(settings with { Chosen = chosen }, console, (_, _) => { }, cancel);
        if (exitCode == 0)
            console.Profile.Out.Writer.WriteLine($"Wrote {CandidatesDocument.Save(settings)}");
        return exitCode;
    }
}
