using System.Globalization;
using Trpo.Estimators;

namespace Trpo.Reports.Csv;

/// <summary>The format of workers.csv: a row per iteration and block of shards, like <see cref="MetricsFormat"/>.</summary>
internal static class WorkersFormat
{
    /// <summary>The name of the file, in the run's folder.</summary>
    public const string FileName = "workers.csv";

    public const string FirstShard = "first_shard";
    public const string Shards = "shards";
    public const string Steps = "steps";
    public const string Rollout = "rollout_seconds";
    public const string Advantages = "advantages_seconds";
    public const string PolicyUpdate = "policy_update_seconds";
    public const string ValueFit = "value_fit_seconds";
    public const string BeginsAnew = "begins_anew";

    /// <summary>Gets the header, with its line end.</summary>
    public static string Header { get; } = MetricsFormat.Line(MetricsFormat.Iteration, FirstShard, Shards, Steps, Rollout, Advantages, PolicyUpdate, ValueFit, BeginsAnew);

    /// <summary>Returns the blocks of an iteration as rows, with their line ends.</summary>
    public static string Rows(TrpoIteration iteration) => string.Concat(iteration.Workers.Select(block => MetricsFormat.Line(
        Text(iteration.Iteration), Text(block.FirstShard), Text(block.Shards), Text(block.Steps), Text(block.Rollout), Text(block.Advantages), Text(block.PolicyUpdate), Text(block.ValueFit), Text(block.BeginsAnew))));

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(TimeSpan time) => time.TotalSeconds.ToString("R", CultureInfo.InvariantCulture);
}
