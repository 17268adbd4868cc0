using System.Text;
using Trpo.Results.Studies;
using Trpo.Results.Training;

namespace Trpo.Results.Report;

/// <summary>A document that compares candidates, with a table for each study, and one of all where tasks have a return from which on they are learned.</summary>
internal static class ComparisonDocument
{
    /// <returns>The path of the file.</returns>
    public static string Save(ComparisonPage page, ResultsSettings settings) => Markdown.Save(Text(page, settings), settings.Documents, page.FileName);

    public static string Text(ComparisonPage page, ResultsSettings settings)
    {
        var all = page.Comparisons(settings).Select(comparison => MeasuredComparison.Of(comparison, settings)).ToList();
        var text = new StringBuilder();
        text.Paragraph($"# {page.Title}");
        text.Paragraph($"{page.Introduction}: {Numbers.Count(settings.Seeds, "seed")} each, evaluated over {Numbers.Count(settings.Episodes, "episode")} with the deterministic policy after the last step. Those that became no default are here too. One command writes this page; after an interruption, the same command resumes:");
        text.Command($"{page.Verb} all", settings.Seeds, settings.Episodes);
        text.Line("- A cell is the mean over seeds of the mean return, the interquartile mean in brackets, and the worst seed behind the stroke.");
        text.Line("- Steps to solve: the mean over seeds, in the longest training; a seed that did not solve the task counts with all its steps, so that the mean is a lower bound (≥).");
        foreach (var note in page.Notes)
            text.Line($"- {note}");
        text.Line("");
        Overview(text, page, [.. all.Where(measured => measured.Comparison.Learned is not null)]);
        foreach (var paragraph in page.Conclusions)
            text.Paragraph(paragraph);
        foreach (var measured in all)
            Table(text, page, measured, settings);
        return text.Finish();
    }

    // A row for each candidate and a column for each task: the seeds that learned it in the longest training.
    private static void Overview(StringBuilder text, ComparisonPage page, List<MeasuredComparison> all)
    {
        if (all.Count == 0)
            return;
        text.Paragraph("## Seeds that learned");
        text.TableHead([page.Column, .. all.Select(measured => $"{measured.Comparison.Study.Title}, {measured.Comparison.Basis}")]);
        foreach (var candidate in all.SelectMany(measured => measured.Rows).Select(row => row.Candidate).DistinctBy(candidate => candidate.Name))
        {
            text.TableRow([candidate.Title, .. all.Select(measured =>
            {
                var row = measured.Rows.FirstOrDefault(row => row.Candidate.Name == candidate.Name);
                return row.Measured is null ? AblationColumn.NotMeasured : Learned(row.Measured[^1], measured.Comparison.Learned!);
            })]);
        }

        text.Line("");
    }

    private static void Table(StringBuilder text, ComparisonPage page, MeasuredComparison measured, ResultsSettings settings)
    {
        var comparison = measured.Comparison;
        text.Paragraph($"## {comparison.Study.Title}, {comparison.Basis}");
        text.Paragraph(ResultsDocument.Describe(comparison.Study));
        if (comparison.Learned is { } learned)
        {
            var untrained = UntrainedReturns.Of(comparison.Study, settings.Episodes);
            text.Paragraph($"Learned: a mean return of at least {Numbers.Return(learned.MinReturn)}, {learned.Meaning}. Without training, actions that are uniform between the bounds have a mean return of {Numbers.Return(untrained.Uniform)}; the best of {UntrainedReturns.Constants} constant actions, {Numbers.Percent(untrained.Share)} of the way from the low to the high bound, one of {Numbers.Return(untrained.BestConstant)}.");
        }

        text.TableHead([page.Column, "setting", .. comparison.Steps.Select(steps => $"{Numbers.Steps(steps)} steps"), "steps to solve", .. comparison.Learned is null ? Enumerable.Empty<string>() : ["seeds that learned"]]);
        foreach (var (candidate, studies) in measured.Rows)
            text.TableRow([candidate.Title, $"`{candidate.Setting}`", .. studies.Select(Cell), Solved(studies[^1]), .. comparison.Learned is { } rule ? [Learned(studies[^1], rule)] : Enumerable.Empty<string>()]);
        text.Line("");
    }

    private static string Cell(Measured measured) => measured.Summary is { } summary
        ? $"{Numbers.Return(summary.Mean)} ({Numbers.Return(summary.InterquartileMean)}) / {Numbers.Return(summary.Worst)}"
        : AblationColumn.NotMeasured;

    private static string Solved(Measured measured) => measured.Summary is { } summary
        ? (summary.Failed > 0 ? "≥ " : "") + Numbers.Steps(summary.Results.Average(result => result.SolvedAt(summary.Study.Solved) ?? result.Curve[^1].Steps))
        : AblationColumn.NotMeasured;

    private static string Learned(Measured measured, LearnedRule rule) => measured.Summary is { } summary
        ? $"{summary.Results.Count(result => result.Mean >= rule.MinReturn)} of {summary.Results.Count}"
        : AblationColumn.NotMeasured;
}
