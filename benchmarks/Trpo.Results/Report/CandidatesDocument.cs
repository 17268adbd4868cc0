using System.Text;
using Trpo.Results.Files;
using Trpo.Results.Statistics;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>The document that compares the ways to end a training, with a table for each study.</summary>
internal static class CandidatesDocument
{
    public const string FileName = "endings.md";

    /// <returns>The path of the file.</returns>
    public static string Save(ResultsSettings settings) => Markdown.Save(Text(settings), settings.Documents, FileName);

    public static string Text(ResultsSettings settings)
    {
        var store = new ResultStore(settings.Kept);
        var text = new StringBuilder();
        text.Paragraph("# How a training ends");
        text.Paragraph($"The last policy is the one that is deployed. These tables compare ways to make it a good one: {Numbers.Count(settings.Seeds, "seed")} each, evaluated over {Numbers.Count(settings.Episodes, "episode")} with the deterministic policy after the last step. Those that became no default are here too. One command writes this page; after an interruption, the same command resumes:");
        text.Command("candidates all", settings.Seeds, settings.Episodes);
        text.Line("- A cell is the mean over seeds of the mean return, the interquartile mean in brackets, and the worst seed behind the stroke.");
        text.Line("- Steps to solve: the mean over seeds, in the longest training; a seed that did not solve the task counts with all its steps, so that the mean is a lower bound (≥).");
        text.Line($"- Settings: \"{Candidate.Defaults}\" are the trainer's defaults and what the task needs; \"{Candidate.Preset}\" has the settings of [the results](results.md), whose radius falls to 0.001 in every row.");
        text.Line("- A candidate that was not measured on a study has no row there; all are in [Candidates.cs](../benchmarks/Trpo.Results/Studies/Candidates.cs).");
        text.Line("- What follows from the tables for a training of one's own is in [training.md](training.md).");
        text.Line("");
        foreach (var comparison in settings.Candidates)
            Table(text, comparison, settings, store);
        return text.Finish();
    }

    private static void Table(StringBuilder text, Comparison comparison, ResultsSettings settings, ResultStore store)
    {
        text.Paragraph($"## {comparison.Study.Title}, {comparison.Basis}");
        text.Paragraph(ResultsDocument.Describe(comparison.Study));
        text.TableHead(["ending", "setting", .. comparison.Steps.Select(steps => $"{Numbers.Steps(steps)} steps"), "steps to solve"]);
        foreach (var (candidate, studies) in comparison.Rows)
        {
            var measured = studies.Select(study => Measured.Of(study, store, settings.Seeds, settings.Episodes)).ToList();
            if (measured.All(study => study.Summary is null))
                continue;
            text.TableRow([candidate.Title, $"`{candidate.Setting}`", .. measured.Select(Cell), Solved(measured[^1])]);
        }

        text.Line("");
    }

    private static string Cell(Measured measured) => measured.Summary is { } summary
        ? $"{Numbers.Return(summary.Mean)} ({Numbers.Return(Sample.InterquartileMean([.. summary.Results.Select(result => result.Mean)]))}) / {Numbers.Return(summary.Worst)}"
        : AblationColumn.NotMeasured;

    private static string Solved(Measured measured) => measured.Summary is { } summary
        ? (summary.Failed > 0 ? "≥ " : "") + Numbers.Steps(summary.Results.Average(result => result.SolvedAt(summary.Study.Solved) ?? result.Curve[^1].Steps))
        : AblationColumn.NotMeasured;
}
