using System.Globalization;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Examples.Personalizer;

/// <summary>The numbers of GET /report, which the dashboard draws.</summary>
internal sealed class Reporting(PersonalizerOptions options, Database database, TimeProvider clock)
{
    private const int Buckets = 40;

    public async Task<object> ReportAsync()
    {
        var (reward, condition) = database.JoinedReward();
        var settled = options.Rules.SettledBefore(clock.GetUtcNow()).ToUnixTimeMilliseconds();
        var joined = $"FROM decision LEFT JOIN reward ON reward.event = decision.event";
        var counts = (await database.QueryAsync($"SELECT COUNT(*), COALESCE(SUM(CASE WHEN decision.time_ms >= {settled} THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN decision.time_ms < {settled} AND reward.late = 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN reward.late = 1 THEN 1 ELSE 0 END), 0), MIN(decision.time_ms), MAX(decision.time_ms) {joined}")).Single();
        var (all, pending, rewarded) = (Long(counts[0]), Long(counts[1]), Long(counts[2]));
        var start = Long(counts[4]);
        var width = Math.Max(1, ((Math.Min(settled, Long(counts[5])) - start) / Buckets) + 1);
        var buckets = await database.QueryAsync($"SELECT bucket, COUNT(*), AVG(r) FROM (SELECT (decision.time_ms - {start}) / {width} AS bucket, {reward} AS r {joined} WHERE decision.time_ms < {settled} AND {condition}) AS rows_of GROUP BY bucket ORDER BY bucket");
        var versions = await database.QueryAsync($"SELECT version, COUNT(*), AVG(r), AVG(r * r), AVG(probability), MIN(time_ms) FROM (SELECT decision.version, decision.time_ms, decision.probability, {reward} AS r {joined} WHERE decision.time_ms < {settled} AND {condition}) AS rows_of GROUP BY version ORDER BY MIN(time_ms)");
        var verdicts = await database.QueryAsync("SELECT number, time_ms, verdict, level, rows_judged, log_value, value, low, high, drift, doubt FROM verdict ORDER BY number");
        var deployments = await database.QueryAsync("SELECT number, time_ms, name, reason, sha256 FROM deployment ORDER BY number");
        var present = (string)deployments[^1][2]!;
        var policy = new List<object>();
        foreach (var (i, feature) in options.Features.Index())
        {
            var rows = await database.QueryAsync($"SELECT CASE WHEN c{i} > 0 THEN 1 ELSE 0 END, action, COUNT(*) FROM (SELECT c{i}, action FROM decision WHERE version = @p0 ORDER BY time_ms DESC LIMIT 10000) AS latest GROUP BY 1, action", present);
            policy.AddRange(rows.GroupBy(row => Long(row[0])).OrderBy(half => half.Key).Select(half => new
            {
                Context = $"{feature} {(half.Key == 1 ? "above 0" : "0 or below")}",
                Shares = options.Actions.Select(action => half.Where(row => (string)row[1]! == action).Sum(row => Long(row[2])) / (double)half.Sum(row => Long(row[2]))),
            }));
        }

        var budget = new VerdictBudget(options.Budget);
        return new
        {
            Now = clock.GetUtcNow(),
            Version = present,
            options.Floor,
            options.Actions,
            Counts = new { Decisions = all, Pending = pending, Rewarded = rewarded, WithoutReward = all - pending - rewarded, LateRewards = Long(counts[3]) },
            Deleted = Long((await database.QueryAsync("SELECT SUM(decisions) FROM deletion")).Single()[0]),
            Budget = new { budget.Total, Spent = Enumerable.Range(1, verdicts.Count).Sum(budget.ShareOf), NextLevel = budget.LevelOf(verdicts.Count + 1) },
            Rewards = buckets.Select(row => new { Time = Time(start + ((Long(row[0]) + 0.5) * width)), Decisions = Long(row[1]), Mean = Double(row[2]) }),
            Versions = versions.Select(row => new { Name = row[0], Decisions = Long(row[1]), Mean = Double(row[2]), Error = Math.Sqrt(Math.Max(0, Double(row[3])!.Value - Math.Pow(Double(row[2])!.Value, 2)) / Long(row[1])), MeanProbability = Double(row[4]) }),
            Verdicts = verdicts.Select(row => new { Number = Long(row[0]), Time = Time(Long(row[1])), Verdict = row[2], Level = Double(row[3]), Rows = row[4], LogValue = Double(row[5]), Value = Double(row[6]), Low = Double(row[7]), High = Double(row[8]), Drift = Double(row[9]), Doubt = row[10] }),
            Deployments = deployments.Select(row => new { Number = Long(row[0]), Time = Time(Long(row[1])), Name = row[2], Reason = row[3], Sha256 = row[4] }),
            Policy = policy,
        };
    }

    private static long Long(object? value) => Convert.ToInt64(value ?? 0L, CultureInfo.InvariantCulture);

    private static double? Double(object? value) => value is null ? null : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(double milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);
}
