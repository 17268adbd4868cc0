using System.Globalization;
using System.Text;
using Trpo.Onnx.Files;
using Trpo.Results.Statistics;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>Writes what was measured as a document with a table, and a section for each environment.</summary>
internal static class ResultsDocument
{
    public const string FileName = "results.md";
    public const string Pictures = "results";

    private const string EarlierBuild = "¹";

    public static void Save(IReadOnlyList<Measured> all, int seeds, int episodes, DirectoryInfo folder) =>
        AtomicFile.Write(Path.Combine(folder.FullName, FileName), Encoding.UTF8.GetBytes(Text(all, seeds, episodes)));

    public static string PictureOf(string name) => $"{Pictures}/{name}.png";

    public static string Text(IReadOnlyList<Measured> all, int seeds, int episodes)
    {
        var text = new StringBuilder();
        var options = OptionsOf(seeds, episodes);
        Paragraph(text, "# Results");
        Paragraph(text, $"Everything here is written by one command, which trains every environment with {Count(seeds, "seed")}, evaluates each policy over {Count(episodes, "episode")}, and draws the learning curves:");
        Paragraph(text, $"```\ndotnet run -c Release --project benchmarks/Trpo.Results -- all{options}\n```");
        Paragraph(text, "With the name of an environment instead of `all`, it measures that one alone; `--help` lists the names. Stopped with Ctrl-C and started again, it goes on where it was. The settings are in [Catalog.cs](../benchmarks/Trpo.Results/Studies/Catalog.cs). The returns do not depend on how many trainings run side by side.");

        Line(text, "| environment | steps | reference | ours: mean of the seeds ± std over seeds | std over all episodes | 95 % of the mean | worst seed | steps to solve: median, range | seeds not solved | time of a training |");
        Line(text, "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var measured in all)
            Line(text, Row(measured, seeds));
        Line(text, "");
        Notes(text, all, seeds, episodes);
        foreach (var measured in all)
            Section(text, measured, seeds, options);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>The settings of a study, in a sentence.</summary>
    public static string Describe(Study study)
    {
        var settings = SettingsReader.Differences(study).Select(setting => $"`{setting}`").ToList();
        var trainer = settings.Count == 0 ? "every setting of the trainer is the default" : $"settings of the trainer that are not the defaults: {string.Join(", ", settings)}";
        return $"{Count(study.Environments, "environment")} side by side, observations {(study.Normalization is null ? "as they are" : $"through `{study.Normalization}`")}; {trainer}. Solved at a mean return of {Numbers.Return(study.Solved.Threshold)} over the last {Count(study.Solved.Episodes, "episode")}.";
    }

    private static string OptionsOf(int seeds, int episodes) =>
        (seeds, episodes) == (ResultsSettings.DefaultSeeds, ResultsSettings.DefaultEpisodes) ? "" : $" --seeds {seeds} --episodes {episodes}";

    private static string Row(Measured measured, int seeds)
    {
        var study = measured.Study;
        string[] known = [study.Title, Numbers.Steps(study.Options.TotalSteps), ReferenceOf(measured)];
        string[] reached = measured.Summary is { } summary
            ?
            [
                $"**{Numbers.Return(summary.Mean)}** ± {Numbers.Return(summary.DeviationOverSeeds)}{(summary.IsOfThisBuild ? "" : " " + EarlierBuild)}",
                Numbers.Return(summary.DeviationOverEpisodes),
                $"{Numbers.Return(summary.Interval.Low)} to {Numbers.Return(summary.Interval.High)}",
                Numbers.Return(summary.Worst),
                Numbers.Solved(summary),
                $"{summary.Failed} of {seeds}",
                Numbers.Seconds(summary.MedianSeconds),
            ]
            : [$"not measured with these settings: {measured.Finished} of {seeds} seeds are finished", "", "", "", "", "", ""];
        return $"| {string.Join(" | ", known.Concat(reached))} |";
    }

    private static string ReferenceOf(Measured measured)
    {
        var reference = measured.Study.Reference;
        var steps = reference.Steps == measured.Study.Options.TotalSteps ? "" : $", {Numbers.Steps(reference.Steps)} steps";
        return $"{Numbers.Return(reference.Mean)} ± {Numbers.Return(reference.Deviation)}{steps}";
    }

    private static void Notes(StringBuilder text, IReadOnlyList<Measured> all, int seeds, int episodes)
    {
        Line(text, "- Reference: TRPO in the [benchmark of rl-baselines3-zoo](https://github.com/DLR-RM/rl-baselines3-zoo/blob/master/benchmark.md), one run of each environment, after the same number of steps unless another one is given; its ± is over the episodes of one evaluation.");
        Line(text, $"- Ours: the mean over {Count(seeds, "seed")} of the mean return of {Count(episodes, "episode")} with the deterministic policy, after the last step, whether it was the best or not. ± is the standard deviation of the seeds' means (n − 1). The next column is that of all {Numbers.Steps(seeds * episodes)} returns, to be compared with the reference's ±.");
        Line(text, "- 95 % of the mean: the interval of percentiles of a bootstrap over the seeds' means, 10,000 draws. Of few seeds it is too narrow: with ten normally distributed numbers, such intervals hold the mean in about 90 of 100 cases.");
        Line(text, "- Steps to solve: the environment steps at the end of the first iteration at which the last episodes of training, with a policy that explores, reach a mean return that each section names. A range without an end has seeds that did not get there, and in the median they took for ever.");
        var machines = all.Where(measured => measured.Summary is not null)
            .SelectMany(measured => measured.Summary!.Results)
            .Select(result => (result.Cores, result.SideBySide)).Distinct().Order()
            .Select(machine => $"{Count(machine.Cores, "core")} with {Count(machine.SideBySide, "training")} side by side");
        Line(text, $"- Time: the median over seeds of what `Fit` took, with one thread for each training, on {string.Join("; ", machines)}.");
        if (all.Any(measured => measured.Summary is { IsOfThisBuild: false }))
            Line(text, $"- {EarlierBuild} Measured with the settings of this page, but with an earlier build of the library than the rest.");
        Line(text, "");
    }

    private static void Section(StringBuilder text, Measured measured, int seeds, string options)
    {
        var study = measured.Study;
        Paragraph(text, $"## {study.Title}");
        Paragraph(text, Describe(study));
        if (measured.Summary is not { } summary)
        {
            Paragraph(text, $"Not measured with these settings: {measured.Finished} of {seeds} seeds are finished. `dotnet run -c Release --project benchmarks/Trpo.Results -- {study.Name}{options}` measures it.");
            return;
        }

        Paragraph(text, $"![Learning curve of {study.Title}: the mean over {Count(seeds, "seed")} of the mean return of the last {Count(study.Solved.Episodes, "episode")}, with the band from the least seed to the greatest]({PictureOf(study.Name)})");
        Paragraph(text, "<details><summary>Each seed</summary>");
        Line(text, "| seed | mean return | std over episodes | least | greatest | steps to solve | time |");
        Line(text, "| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var result in summary.Results)
            Line(text, $"| {result.Seed} | {Numbers.Return(result.Mean)} | {Numbers.Return(Sample.DeviationOfPopulation([.. result.Returns]))} | {Numbers.Return(result.Returns.Min())} | {Numbers.Return(result.Returns.Max())} | {(result.SolvedAt(study.Solved) is { } steps ? Numbers.Steps(steps) : "–")} | {Numbers.Seconds(result.TrainingSeconds)} |");
        Line(text, "");
        Paragraph(text, "</details>");
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static void Paragraph(StringBuilder text, string paragraph) => text.Append(paragraph).Append("\n\n");
}
