using Trpo.Results.Statistics;

namespace Trpo.Results.Report;

/// <summary>Compares what was measured with the goals.</summary>
internal static class Gate
{
    /// <summary>A line for a study, and whether it reached its goal. What was measured with another build of the library proves nothing of this one.</summary>
    public static (bool Holds, string Line) Check(Measured measured, int seeds)
    {
        var study = measured.Study;
        if (measured.Summary is not { } summary)
            return (false, $"missing  {study.Title}: {measured.Finished} of {seeds} seeds are finished with these settings. Run it with '{study.Name}'.");
        if (!summary.IsOfThisBuild)
            return (false, $"missing  {study.Title}: its results are of an earlier build of the library. Run it with '{study.Name}'.");

        var conditions = Conditions(summary).ToList();
        var holds = conditions.All(condition => condition.Holds);
        return (holds, $"{(holds ? "holds  " : "MISSED ")}  {study.Title}: {string.Join(", ", conditions.Select(condition => condition.Text + (condition.Holds ? "" : " MISSED")))}");
    }

    private static IEnumerable<(bool Holds, string Text)> Conditions(Summary summary)
    {
        var goal = summary.Study.Goal;
        yield return (summary.Mean >= goal.LeastMean, $"mean return {Numbers.Return(summary.Mean)} (goal: at least {Numbers.Return(goal.LeastMean)})");
        if (goal.EverySeedSolves)
            yield return (summary.Failed == 0, $"seeds not solved {summary.Failed} (goal: none)");
        if (goal.SolvedBefore is { } steps)
            yield return (summary.MedianSolved < steps, $"median of the steps to solve {Numbers.Median(summary)} (goal: below {Numbers.Steps(steps)})");
    }
}
