using Trpo.Estimators.Evaluation;
using Trpo.Reports.Html;

namespace Trpo.Reports.Comparisons;

/// <summary>The page of a comparison.</summary>
internal static class ComparisonPage
{
    // A table of more columns is wider than a screen.
    private const int MaxColumns = 8;

    /// <summary>Returns the page as HTML.</summary>
    public static string Of(RunComparison comparison)
    {
        var groups = comparison.Groups;
        string[] names = [.. groups.Select((group, index) => groups.Count == 1 ? group.Name : $"{ShortName(index)}: {group.Name}")];
        var unfinished = groups.SelectMany(group => group.Runs).Count(run => run.Steps < run.TotalSteps);
        var runs = groups.Sum(group => group.Runs.Count);
        return HtmlPage.Of($"{comparison.Environment}: comparison of TRPO runs", $"""
            {HtmlPage.Head(comparison.Environment, FormattableString.Invariant($"Comparison of {runs} {(runs == 1 ? "run" : "runs")} in {groups.Count} {(groups.Count == 1 ? "group" : "groups")} of equal settings · the score of a run is the {comparison.Measure}"),
                unfinished == 0 ? "All runs finished" : FormattableString.Invariant($"{unfinished} of {runs} runs ended early, or still run"), unfinished == 0 ? "good" : "look")}
            {HtmlPage.Numbers(Numbers(comparison))}
            <section aria-labelledby="curves">
            <h2 id="curves">Charts</h2>
            <div class="charts">
            {ChartFigure.Of(ComparisonCharts.Of(comparison, names))}{ScoresFigure.Of(comparison, [.. groups.Index().Where(group => group.Item.Scores is not null).Select(group => ShortName(group.Index))])}</div>
            </section>
            <section aria-labelledby="scores">
            <h2 id="scores">Scores</h2>
            {Markup.WideTable(["group", "seeds", "interquartile mean", "95 % interval", "mean", "95 % interval", "minimum", "maximum"], groups.Select((group, index) => Scores(group, names[index])))}
            </section>
            {Improvement(groups)}{Settings(groups)}<section aria-labelledby="runs">
            <h2 id="runs">Runs</h2>
            {Markup.WideTable(["folder", "group", "seed", "score", "steps"], groups.Index().SelectMany(group => group.Item.Runs.Select((run, index) => Markup.WideRow([run.Folder, ShortName(group.Index), run.Description.Seed is { } seed ? FormattableString.Invariant($"{seed}") : "not known", NumberText.Measured(group.Item.RunScores[index]), NumberText.Count(run.Steps)]))))}
            </section>
            <footer>Made by Trpo.Reports from metrics.csv and run.json of each run. The statistics are those of Agarwal et al. (2021), as rliable defines them: the interquartile mean leaves out a quarter of the seeds at either end, intervals are those of the percentile bootstrap over seeds, and the probability of improvement is that a seed of one group has a greater score than a seed of another. With few seeds, intervals are too narrow: 95 % are some 85 % with five seeds.</footer>
            """);
    }

    private static IEnumerable<(string Name, string Value)> Numbers(RunComparison comparison)
    {
        if (comparison.Groups[0].Scores is { } best)
        {
            yield return ("best interquartile mean", NumberText.Measured(best.InterquartileMean));
            yield return ("95 % interval", Interval(best.Count, best.InterquartileMeanInterval()));
            if (comparison.Groups.Count > 1 && comparison.Groups[1].Scores is { } second)
                yield return ("probability that A improves on B", Share(best.ProbabilityOfImprovement(second)));
        }

        if (comparison.Random is { } random)
            yield return ("random policy", NumberText.Measured(random.MeanReturn));
        yield return ("runs", NumberText.Count(comparison.Groups.Sum(group => group.Runs.Count)));
    }

    private static string Scores(RunGroup group, string name)
    {
        var seeds = NumberText.Count(group.Runs.Count);
        return group.Scores is not { } scores
            ? Markup.WideRow([name, seeds, .. Enumerable.Repeat(NumberText.Measured(double.NaN), 6)])
            : Markup.WideRow([name, scores.Count == group.Runs.Count ? seeds : $"{NumberText.Count(scores.Count)} of {seeds} with a score", NumberText.Measured(scores.InterquartileMean), Interval(scores.Count, scores.InterquartileMeanInterval()),
                NumberText.Measured(scores.Mean), Interval(scores.Count, scores.MeanInterval()), NumberText.Measured(scores.Tasks[0][0]), NumberText.Measured(scores.Tasks[0][^1])]);
    }

    private static string Improvement(IReadOnlyList<RunGroup> groups)
    {
        RunGroup[] compared = [.. groups.Take(MaxColumns).Where(group => group.Scores is not null)];
        if (compared.Length < 2)
            return "";
        var rows = compared.Select((row, i) => Markup.WideRow([ShortName(i), .. compared.Select((column, j) => i == j ? "" : Improvement(row, column))]));
        return $"""
            <section aria-labelledby="improvement">
            <h2 id="improvement">Probability of improvement</h2>
            <p class="about">The probability that a seed of the row has a greater score than a seed of the column, with its 95 % interval. An interval that holds 50 % tells nothing apart.</p>
            {Markup.WideTable(["better than", .. compared.Select((_, index) => ShortName(index))], rows)}
            </section>

            """;
    }

    private static string Improvement(RunGroup row, RunGroup column)
    {
        var text = Share(row.Scores!.ProbabilityOfImprovement(column.Scores!));
        if (row.Scores.Count == 1 && column.Scores!.Count == 1)
            return text;
        var interval = row.Scores.ProbabilityOfImprovementInterval(column.Scores!);
        return $"{text} ({Share(interval.Low)} to {Share(interval.High)})";
    }

    private static string Settings(IReadOnlyList<RunGroup> groups)
    {
        if (groups.Count == 1)
            return "";
        string[] names = [.. groups.SelectMany(group => group.Settings).Select(setting => setting.Key).Distinct()];
        var rows = groups.Select((group, index) => Markup.WideRow([ShortName(index), .. names.Select(name => group.Settings.FirstOrDefault(setting => setting.Key == name).Value ?? "none")]));
        return $"""
            <section aria-labelledby="settings">
            <h2 id="settings">Settings that differ</h2>
            {Markup.WideTable(["group", .. names], rows)}
            </section>

            """;
    }

    // A, B, ..., Z, A2, B2, ...
    private static string ShortName(int index) => FormattableString.Invariant($"{(char)('A' + (index % 26))}{(index < 26 ? "" : FormattableString.Invariant($"{(index / 26) + 1}"))}");

    private static string Interval(int count, ConfidenceInterval interval) => count == 1 ? "one seed" : $"{NumberText.Measured(interval.Low)} to {NumberText.Measured(interval.High)}";

    private static string Share(double probability) => FormattableString.Invariant($"{100 * probability:G3} %");
}
