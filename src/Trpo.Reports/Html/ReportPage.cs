using Trpo.Estimators;
using Trpo.Estimators.Workers;
using Trpo.Reports.Charts;
using Trpo.Reports.Descriptions;
using Trpo.Reports.History;
using Trpo.Reports.Verdicts;

namespace Trpo.Reports.Html;

/// <summary>The report of a training run.</summary>
internal static class ReportPage
{
    /// <summary>Returns the page as HTML.</summary>
    public static string Of(RunHistory history, RunDescription? description, IReadOnlyList<Chart> charts, IReadOnlyList<WorkerTimes> workers)
    {
        var title = description?.Environment ?? "Training run";
        var status = RunStatus.Of(history, description);
        var verdicts = RunVerdicts.Of(history);
        return HtmlPage.Of($"{title}: TRPO training report", $"""
            {HtmlPage.Head(title, About(description), status.Text, status.IsFinished ? "good" : "look")}
            {Numbers(history, description)}
            <section aria-labelledby="health">
            <h2 id="health">Health: {Markup.Encode(RunHealth.Of(verdicts).Summary)}</h2>
            <ul class="verdicts">
            {string.Concat(verdicts.Select(VerdictItem))}</ul>
            </section>
            <section aria-labelledby="charts">
            <h2 id="charts">Charts</h2>
            <div class="charts">
            {string.Concat(charts.Select(ChartFigure.Of))}</div>
            </section>
            {WorkersTable.Of(workers)}{(description is null ? "" : $"<section aria-labelledby=\"settings\">\n<h2 id=\"settings\">Settings</h2>\n<div class=\"tables\">\n{SettingsTables.Of(description)}</div>\n</section>\n")}<footer>Made from metrics.csv{(workers.Count == 0 ? "" : ", workers.csv")}{(description is null ? "" : " and run.json")} by Trpo.Reports. The numbers of every iteration are in metrics.csv, and in the event files for TensorBoard.</footer>
            """);
    }

    private static string About(RunDescription? description) => description is null
        ? "Trust Region Policy Optimization"
        : string.Join(" · ", (string[])["Trust Region Policy Optimization", .. description.Seed is { } seed ? [FormattableString.Invariant($"seed {seed}")] : Array.Empty<string>(),
            $"{NumberText.Count(description.Environments)} {(description.Environments == 1 ? "environment" : "environments")}", $"started {NumberText.Moment(description.Started)}",
            .. description.Sessions.Count > 1 ? [$"resumed {NumberText.Count(description.Sessions.Count - 1)} {(description.Sessions.Count == 2 ? "time" : "times")}"] : Array.Empty<string>()]);

    private static string Numbers(RunHistory history, RunDescription? description)
    {
        var last = history.Last;
        var returns = history[TrpoMetric.ReturnOfLast100].Where(value => !double.IsNaN(value)).ToList();
        (string Name, string Value)[] numbers =
        [
            ("mean return, last 100 episodes", NumberText.Measured(returns.LastOrDefault(double.NaN))),
            ("best mean return of 100", NumberText.Measured(returns.DefaultIfEmpty(double.NaN).Max())),
            .. description?.Evaluations.Where(evaluation => evaluation.Policy == RunEvaluation.Trained).Select(evaluation => ($"mean return, {NumberText.Count(evaluation.Episodes)} evaluated", NumberText.Measured(evaluation.MeanReturn))) ?? [],
            ("environment steps", NumberText.Count(last.Steps)),
            ("iterations", NumberText.Count(last.Iteration)),
            ("time", NumberText.Duration(last.Elapsed)),
            ("steps per second", NumberText.Count(history[TrpoMetric.StepsPerSecond][^1])),
        ];
        return HtmlPage.Numbers(numbers);
    }

    private static string VerdictItem(Verdict verdict) => $"""
        <li class="{ClassOf(verdict.Grade)}">
        <div class="head"><h3><a href="#{Markup.Encode(verdict.Chart)}">{Markup.Encode(verdict.Subject)}</a></h3><span class="grade">{GradeText(verdict.Grade)}</span></div>
        <p>{Markup.Encode(verdict.Finding)}</p>{(verdict.Advice is null ? "" : $"\n<p class=\"advice\">{Markup.Encode(verdict.Advice)}</p>")}
        </li>

        """;

    private static string GradeText(VerdictGrade grade) => grade switch
    {
        VerdictGrade.Good => "✓ Good",
        VerdictGrade.Warning => "! Look",
        VerdictGrade.Bad => "✕ Bad",
        _ => "? Not known",
    };

    private static string ClassOf(VerdictGrade grade) => grade switch
    {
        VerdictGrade.Good => "good",
        VerdictGrade.Warning => "look",
        VerdictGrade.Bad => "bad",
        _ => "unknown",
    };
}
