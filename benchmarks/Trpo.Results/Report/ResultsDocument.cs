using System.Text;
using Trpo.Results.Statistics;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>The document of the results: a table, and a section for each environment.</summary>
internal static class ResultsDocument
{
    public const string FileName = "results.md";
    public const string Pictures = "results";

    /// <returns>The path of the file.</returns>
    public static string Save(IReadOnlyList<Measured> all, int seeds, int episodes, DirectoryInfo folder) =>
        Markdown.Save(Text(all, seeds, episodes, File.Exists(Path.Combine(folder.FullName, AblationsDocument.FileName))), folder, FileName);

    public static string PictureOf(string name) => $"{Pictures}/{name}.png";

    private static string Text(IReadOnlyList<Measured> all, int seeds, int episodes, bool hasAblations)
    {
        var text = new StringBuilder();
        text.Paragraph("# Results");
        text.Paragraph($"One command writes this page. The command trains every environment with {Numbers.Count(seeds, "seed")}, evaluates each policy over {Numbers.Count(episodes, "episode")}, and draws the learning curves:");
        text.Command("all", seeds, episodes);
        text.Paragraph("With the name of an environment instead of `all`, the command measures that environment alone; `--help` lists the names. After Ctrl-C, the same command resumes. The settings are in [Catalog.cs](../benchmarks/Trpo.Results/Studies/Catalog.cs). Returns do not depend on the number of concurrent training runs.");
        if (hasAblations)
            text.Paragraph($"The effect of each setting is in [{AblationsDocument.FileName}]({AblationsDocument.FileName}).");

        text.TableHead(["environment", "steps", "reference", "Trpo.MLNet: mean of the seeds ± std over seeds", "interquartile mean", "std over all episodes", "95 % of the mean", "worst seed", "steps to solve: median, range", "seeds not solved", "time of a training run"]);
        foreach (var measured in all)
            text.TableRow(Row(measured, seeds));
        text.Line("");
        Notes(text, all, seeds, episodes);
        foreach (var measured in all)
            Section(text, measured, seeds, episodes);
        return text.Finish();
    }

    /// <summary>Describes the settings of a study.</summary>
    public static string Describe(Study study)
    {
        var settings = SettingsReader.Differences(study).Select(setting => $"`{setting}`").ToList();
        var trainer = settings.Count == 0 ? "all settings of the trainer are the defaults" : $"settings of the trainer other than the defaults: {string.Join(", ", settings)}";
        return $"{Numbers.Count(study.Environments, "environment")}, observations {(study.Normalization is null ? "as they are" : $"through `{study.Normalization}`")}; {trainer}. Solved at a mean return of {Numbers.Return(study.Solved.Threshold)} over the last {Numbers.Count(study.Solved.Episodes, "episode")}.";
    }

    private static IEnumerable<string> Row(Measured measured, int seeds)
    {
        var study = measured.Study;
        string[] known = [study.Title, Numbers.Steps(study.Options.TotalSteps), ReferenceOf(measured)];
        string[] reached = measured.Summary is { } summary
            ?
            [
                $"**{Numbers.Return(summary.Mean)}** ± {Numbers.Return(summary.DeviationOverSeeds)}{measured.Mark}",
                Numbers.Return(summary.InterquartileMean),
                Numbers.Return(summary.DeviationOverEpisodes),
                $"{Numbers.Return(summary.Interval.Low)} to {Numbers.Return(summary.Interval.High)}",
                Numbers.Return(summary.Worst),
                Numbers.Solved(summary),
                $"{summary.Failed} of {seeds}",
                Numbers.Seconds(summary.MedianSeconds),
            ]
            : [$"not measured with these settings: {measured.Finished} of {seeds} seeds are finished", "", "", "", "", "", "", ""];
        return known.Concat(reached);
    }

    private static string ReferenceOf(Measured measured)
    {
        var reference = measured.Study.Reference;
        var steps = reference.Steps == measured.Study.Options.TotalSteps ? "" : $", {Numbers.Steps(reference.Steps)} steps";
        return $"{Numbers.Return(reference.Mean)} ± {Numbers.Return(reference.Deviation)}{steps}";
    }

    private static void Notes(StringBuilder text, IReadOnlyList<Measured> all, int seeds, int episodes)
    {
        text.Line("- Reference: TRPO in the [benchmark of rl-baselines3-zoo](https://github.com/DLR-RM/rl-baselines3-zoo/blob/master/benchmark.md), one run per environment, after the same number of steps unless another one is given; its ± is over the episodes of one evaluation.");
        text.Line($"- Trpo.MLNet: the mean over {Numbers.Count(seeds, "seed")} of the mean return of {Numbers.Count(episodes, "episode")} with the deterministic policy after the last step, not the best one. ± is the standard deviation of the seeds' means (n − 1). The interquartile mean is that of the middle half of the seeds. The column behind it is the standard deviation of all {Numbers.Steps(seeds * episodes)} returns, to be compared with the reference's ±.");
        text.Line("- 95 % of the mean: the percentile bootstrap over the seeds' means, 10,000 resamples. With few seeds the interval is too narrow: of ten normally distributed values, it holds the mean in about 90 of 100 cases.");
        text.Line("- Steps to solve: the environment steps at the end of the first iteration at which the last episodes of training, with a policy that explores, reach the mean return that each section gives. A range without an end has seeds that did not solve the task; in the median they count as infinity.");
        var machines = all.Where(measured => measured.Summary is not null)
            .SelectMany(measured => measured.Summary!.Results)
            .Select(result => (result.Cores, result.SideBySide)).Distinct().Order()
            .Select(machine => $"{Numbers.Count(machine.Cores, "core")} with {Numbers.Count(machine.SideBySide, "concurrent training run")}");
        text.Line($"- Time: the median over seeds of the duration of `Fit`, with one thread for each training run, on {string.Join("; ", machines)}.");
        if (all.Any(measured => measured.IsOfEarlierBuild))
            text.Line($"-{Measured.EarlierBuild} Measured with the settings of this page, but with an earlier build of the library than the rest.");
        text.Line("");
    }

    private static void Section(StringBuilder text, Measured measured, int seeds, int episodes)
    {
        var study = measured.Study;
        text.Paragraph($"## {study.Title}");
        text.Paragraph(Describe(study));
        if (measured.Summary is not { } summary)
        {
            text.Paragraph($"Not measured with these settings: {measured.Finished} of {seeds} seeds are finished. `{Markdown.CommandOf(study.Name, seeds, episodes)}` measures it.");
            return;
        }

        text.Paragraph($"![Learning curve of {study.Title}: the mean over {Numbers.Count(seeds, "seed")} of the mean return of the last {Numbers.Count(study.Solved.Episodes, "episode")}, with the band from the minimum to the maximum over seeds]({PictureOf(study.Name)})");
        text.Paragraph("<details><summary>Each seed</summary>");
        text.TableHead(["seed", "mean return", "std over episodes", "min", "max", "steps to solve", "time"]);
        foreach (var result in summary.Results)
        {
            text.TableRow(
            [
                $"{result.Seed}",
                Numbers.Return(result.Mean),
                Numbers.Return(Sample.PopulationDeviation([.. result.Returns])),
                Numbers.Return(result.Returns.Min()),
                Numbers.Return(result.Returns.Max()),
                result.SolvedAt(study.Solved) is { } steps ? Numbers.Steps(steps) : "–",
                Numbers.Seconds(result.TrainingSeconds),
            ]);
        }

        text.Line("");
        text.Paragraph("</details>");
    }
}
