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
        text.Paragraph("# What each option is worth");
        text.Paragraph($"Each row changes one thing in the settings that [the results](results.md) were measured with, and trains again with {Numbers.Count(seeds, "seed")}. A cell is the mean over seeds of the mean return of {Numbers.Count(episodes, "episode")}; in brackets stands how much that is more than with the study's own settings. A difference is **bold** where its 95 % interval excludes 0; one that is not bold may be nothing. Each setting is judged beside the study's other ones, and what does little there may do much elsewhere. One command writes this page; stopped and started again, it goes on where it was:");
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
        text.Line($"- {AblationColumn.NoChange}: the study has this setting anyway. Variations that change no study are left out; all are in [Variations.cs](../benchmarks/Trpo.Results/Studies/Variations.cs).");
        text.Line("- Interval: that of percentiles of a bootstrap over the differences seed by seed, 10,000 draws; a seed starts with the same weights and is evaluated on the same episodes in both.");
        text.Line($"- By chance: with ten seeds such an interval misses the truth about once in ten, with fewer more often. Of the {Numbers.Steps(intervals)} differences here, about that share would be bold even if no variation changed anything.");
        if (columns.Count > all.Count)
            text.Line("- Steps to solve: the mean over seeds, for the studies with a goal for them. A seed that did not solve the task counts with all its steps; the mean is then at least (≥) what is given, and the difference is one of such means.");
        if (all.Any(ablation => ablation.Varied.Values.Prepend(ablation.Own).Any(measured => measured.IsOfEarlierBuild)))
            text.Line($"-{Measured.EarlierBuild} Measured with these settings, but with an earlier build of the library than the rest.");
        text.Line("");
    }
}
