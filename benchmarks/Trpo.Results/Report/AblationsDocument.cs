using System.Text;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>The document that compares all variations with the studies' own settings in a table.</summary>
internal static class AblationsDocument
{
    public const string FileName = "ablations.md";

    /// <returns>The path of the file.</returns>
    public static string Save(IReadOnlyList<Ablation> all, IReadOnlyList<Variation> variations, int seeds, int episodes, DirectoryInfo folder) =>
        Markdown.Save(Text(all, variations, seeds, episodes), folder, FileName);

    public static string Text(IReadOnlyList<Ablation> all, IReadOnlyList<Variation> variations, int seeds, int episodes)
    {
        var columns = all.SelectMany(AblationColumn.Of).ToList();
        var rows = variations.Where(variation => all.Any(ablation => ablation.Varied.ContainsKey(variation.Name))).ToList();
        var text = new StringBuilder();
        text.Paragraph("# The effect of each option");
        text.Paragraph($"Each row changes one of the settings of [the results](results.md) and trains again with {Numbers.Count(seeds, "seed")}. A cell is the mean over seeds of the mean return of {Numbers.Count(episodes, "episode")}; the difference from the study's own settings is in brackets. A difference is **bold** if its 95 % interval excludes 0; others may be chance. The effect of a setting depends on the study's other settings, and may be larger elsewhere. One command writes this page; after an interruption, the same command resumes:");
        text.Command("ablations all", seeds, episodes);

        text.TableHead(["variation", "setting", .. columns.Select(column => column.Title)]);
        text.TableRow(["the study's own settings", "", .. columns.Select(column => column.Own())]);
        foreach (var variation in rows)
            text.TableRow([variation.Title, $"`{variation.Setting}`", .. columns.Select(column => column.Cell(variation))]);
        text.Line("");
        Notes(text, all, columns, rows);

        text.Paragraph("## The studies' own settings");
        foreach (var ablation in all)
            text.Line($"- {ablation.Own.Study.Title}: {ResultsDocument.Describe(ablation.Own.Study)}");
        return text.Finish();
    }

    private static void Notes(StringBuilder text, IReadOnlyList<Ablation> all, List<AblationColumn> columns, List<Variation> rows)
    {
        var intervals = rows.Sum(variation => columns.Count(column => column.Compared(variation) is not null));
        text.Line($"- {AblationColumn.NoChange}: the study has this setting already. Variations that change no study are left out; all are in [Variations.cs](../benchmarks/Trpo.Results/Studies/Variations.cs).");
        text.Line("- Interval: the percentile bootstrap over the differences seed by seed, 10,000 resamples; both studies start a seed with the same weights and evaluate it on the same episodes.");
        text.Line($"- By chance: with ten seeds such an interval misses the true difference about once in ten, with fewer seeds more often. Of the {Numbers.Steps(intervals)} differences here, about that share would be bold even if no variation changed anything.");
        if (columns.Count > all.Count)
            text.Line("- Steps to solve: the mean over seeds, for the studies with a goal for them. A seed that did not solve the task counts with all its steps; the mean is then a lower bound (≥), and so are the means behind the difference.");
        if (all.Any(ablation => ablation.Varied.Values.Prepend(ablation.Own).Any(measured => measured.IsOfEarlierBuild)))
            text.Line($"-{Measured.EarlierBuild} Measured with these settings, but with an earlier build of the library than the rest.");
        text.Line("");
    }
}
