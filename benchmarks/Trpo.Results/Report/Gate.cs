using Trpo.Results.Statistics;

namespace Trpo.Results.Report;

/// <summary>The comparison of results with the goals.</summary>
internal static class Gate
{
    /// <summary>Checks a study and describes the outcome in a line. Results of another build of the library do not count.</summary>
    public static (bool Holds, string Line) Check(Measured measured, int seeds)
    {
        var study = measured.Study;
        if (measured.Summary is not { } summary)
            return (false, $"missing  {study.Title}: {measured.Finished} of {seeds} seeds are finished with these settings. Run it with '{study.Name}'.");
        if (!summary.IsOfThisBuild)
            return (false, $"missing  {study.Title}: its results are from an earlier build of the library. Run it with '{study.Name}'.");

        var conditions = Conditions(summary).ToList();
        var holds = conditions.All(condition => condition.Holds);
        return (holds, $"{(holds ? "holds  " : "MISSED ")}  {study.Title}: {string.Join(", ", conditions.Select(condition => condition.Text + (condition.Holds ? "" : " MISSED")))}");
    }

    private static IEnumerable<(bool Holds, string Text)> Conditions(Summary summary)
    {
        var goal = summary.Study.Goal;
        yield return (summary.Mean >= goal.MinMean, $"mean return {Numbers.Return(summary.Mean)} (goal: at least {Numbers.Return(goal.MinMean)})");
        if (goal.EverySeedSolves)
            yield return (summary.Failed == 0, $"seeds not solved {summary.Failed} (goal: none)");
        if (goal.SolvedBefore is { } steps)
            yield return (summary.MedianSolved < steps, $"median of the steps to solve {Numbers.Median(summary)} (goal: below {Numbers.Steps(steps)})");
    }
}
