using Trpo.Estimators.Workers;

namespace Trpo.Reports.Html;

/// <summary>The table of the blocks of shards on workers: their speed, their times by part of an iteration, and their losses.</summary>
internal static class WorkersTable
{
    private static readonly string[] Head = ["shards", "steps", "steps per second of acting", "acting", "advantages", "policy's update", "value function's fit", "begun anew"];

    /// <summary>Returns the section as HTML; an empty string for a run in one process.</summary>
    /// <param name="blocks">The times of the blocks in every iteration.</param>
    public static string Of(IReadOnlyList<WorkerTimes> blocks) => blocks.Count == 0 ? "" : $"""
        <section aria-labelledby="workers">
        <h2 id="workers">Workers</h2>
        <p class="about">The times of each block of shards over the run, as the training saw them: the way there and back and the wait for another worker included. Each part of an iteration waits for its slowest block.</p>
        {Markup.WideTable(Head, blocks.GroupBy(block => (block.FirstShard, block.Shards)).OrderBy(block => block.Key).Select(Row))}</section>

        """;

    private static string Row(IGrouping<(int First, int Count), WorkerTimes> block)
    {
        double Seconds(Func<WorkerTimes, TimeSpan> part) => block.Sum(times => part(times).TotalSeconds);
        var (steps, acting) = (block.Sum(times => (long)times.Steps), Seconds(times => times.Rollout));
        var shards = block.Key.Count == 1 ? NumberText.Count(block.Key.First) : $"{NumberText.Count(block.Key.First)} to {NumberText.Count((double)block.Key.First + block.Key.Count - 1)}";
        return Markup.WideRow([shards, NumberText.Count(steps), acting > 0 ? NumberText.Count(steps / acting) : NumberText.Count(double.NaN), NumberText.Duration(acting),
            .. ((Func<WorkerTimes, TimeSpan>[])[times => times.Advantages, times => times.PolicyUpdate, times => times.ValueFit]).Select(part => NumberText.Duration(Seconds(part))),
            NumberText.Count(block.Sum(times => (long)times.BeginsAnew))]);
    }
}
