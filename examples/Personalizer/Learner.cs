using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;
using Trpo.Onnx.Hosting;
using Trpo.Runtime.Spaces;

namespace Trpo.Examples.Personalizer;

/// <summary>The lessons: learn from settled decisions, judge on those that no verdict used, and deploy only what is better.</summary>
internal sealed class Learner(PersonalizerOptions options, Database database, Serving serving, TimeProvider clock)
{
    private readonly string _me = Guid.NewGuid().ToString("N");
    private readonly VerdictBudget _budget = new(options.Budget);

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Gives a lesson, if no other instance is giving one and there are enough fresh decisions.</summary>
    public async Task<Lesson> LearnAsync(CancellationToken cancellation)
    {
        if (!await HoldLeaseAsync())
            return new Lesson("Busy", "Another instance is learning.");
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var renewal = RenewLeaseAsync(held.Token);
        try
        {
            using var activity = Serving.Activities.StartActivity("learn");
            return await LearnUnderLeaseAsync(held.Token);
        }
        finally
        {
            await held.CancelAsync();
            await renewal;
            await database.WriteAsync((connection, transaction) => Database.ExecuteAsync(connection, transaction, "UPDATE lease SET until_ms = 0 WHERE owner = @p0", _me), CancellationToken.None);
        }
    }

    /// <summary>Deploys the version that was deployed before the present one.</summary>
    public async Task<Lesson> RollBackAsync()
    {
        var present = serving.Current!;
        var before = (await database.QueryAsync("SELECT name, version, sha256 FROM deployment WHERE version < @p0 ORDER BY version DESC LIMIT 1", present.Number)).SingleOrDefault();
        if (before is null)
            return new Lesson("None", "There is no version before the present one.");
        await database.WriteAsync((connection, transaction) => DeployAsync(connection, transaction, (string)before[0]!, new PolicyVersion(Convert.ToInt32(before[1], CultureInfo.InvariantCulture), (string)before[2]!), "rolled back"), CancellationToken.None);
        await serving.FollowAsync();
        return new Lesson("RolledBack", (string)before[0]!);
    }

    private async Task<Lesson> LearnUnderLeaseAsync(CancellationToken cancellation)
    {
        // Frozen: all of these decisions are settled, and no reward can change them any more.
        var to = options.Rules.SettledBefore(clock.GetUtcNow()).ToUnixTimeMilliseconds();
        var deployed = await NumberAsync("SELECT MAX(time_ms) FROM deployment");
        var from = Math.Max(await NumberAsync("SELECT MAX(judge_to) FROM verdict"), deployed);
        var (reward, condition) = database.JoinedReward();
        var fresh = await NumberAsync($"SELECT COUNT(*) FROM decision LEFT JOIN reward ON reward.event = decision.event WHERE decision.time_ms >= {from} AND decision.time_ms < {to} AND {condition}");
        if (fresh < options.MinFreshRows)
            return new Lesson("TooFew", string.Create(CultureInfo.InvariantCulture, $"{fresh} settled decisions of the present version have been used for no verdict, of {options.MinFreshRows} that a lesson needs."));
        var split = await NumberAsync($"SELECT decision.time_ms FROM decision LEFT JOIN reward ON reward.event = decision.event WHERE decision.time_ms >= {from} AND decision.time_ms < {to} AND {condition} ORDER BY decision.time_ms LIMIT 1 OFFSET {(long)(fresh * (1 - options.JudgeShare))}");

        // Where the reward of the present version has moved, older decisions tell of a world that is gone.
        var drift = await DriftAsync(from, to, deployed);
        var window = await NumberAsync($"SELECT MIN(time_ms) FROM (SELECT time_ms FROM decision WHERE time_ms < {split} ORDER BY time_ms DESC LIMIT {options.Window}) AS latest");
        var learnFrom = Math.Abs(drift) > 4 ? Math.Max(window, from) : window;
        var number = (int)await NumberAsync("SELECT MAX(number) FROM verdict") + 1;
        var name = string.Create(CultureInfo.InvariantCulture, $"v{number}");

        var ml = new MLContext(seed: number);
        var columns = new LogColumns { Eligible = "Eligible" };
        var trainer = ml.ReinforcementLearning.Trainers.TrpoFromLog(columns, new TrpoFromLogOptions
        {
            Actions = (DiscreteActionSpace)ActionSpace.Discrete(options.Actions),
            HiddenLayers = options.HiddenLayers,
            Iterations = options.Iterations,
            RewardModel = RewardModel.Network(),
            Seed = number,
            Cancellation = cancellation,
            Provenance = new Dictionary<string, string> { ["version"] = name },
        });
        using var policy = trainer.Fit(Rows(ml, learnFrom, split, reward, condition));
        // The rows are spent, and so is the share of the budget, before anybody looks: also if this process is killed on the way.
        await database.WriteAsync(
            (connection, transaction) => Database.ExecuteAsync(connection, transaction, "INSERT INTO verdict (number, time_ms, learn_from, judge_from, judge_to, level, verdict, drift) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, 'Unfinished', @p6)", number, Now, learnFrom, split, to, _budget.LevelOf(number), drift),
            cancellation);
        var evaluation = ml.ReinforcementLearning.EvaluateFromLog(policy, Rows(ml, split, to, reward, condition), columns, new LogEvaluationOptions
        {
            VerdictLevel = _budget.LevelOf(number),
            Selection = ActionSelection.Sample(floor: options.Floor),
            Cancellation = cancellation,
        });
        var isBetter = evaluation.Gain.Verdict == LogVerdict.Better;
        var version = isBetter ? serving.Versions.Add(policy.Onnx.ToArray()) : null;
        await database.WriteAsync((connection, transaction) => RecordAsync(connection, transaction, number, name, evaluation, version), cancellation);
        await serving.FollowAsync();
        return new Lesson(evaluation.Gain.Verdict.ToString(), evaluation.ToString());
    }

    private async Task<int> RecordAsync(DbConnection connection, DbTransaction transaction, int number, string name, LogEvaluation evaluation, PolicyVersion? version)
    {
        // An instance that stood still for longer than its lease deploys nothing.
        if (await Database.ExecuteAsync(connection, transaction, "UPDATE lease SET until_ms = until_ms WHERE owner = @p0 AND until_ms > @p1", _me, Now) != 1)
            throw new InvalidOperationException("The lease on learning was lost: another instance learns.");
        var value = evaluation.DoublyRobust;
        await Database.ExecuteAsync(
            connection, transaction, "UPDATE verdict SET verdict = @p0, rows_judged = @p1, log_value = @p2, value = @p3, low = @p4, high = @p5, doubt = @p6 WHERE number = @p7",
            evaluation.Gain.Verdict.ToString(), evaluation.Rows, value.Value - evaluation.Gain.DoublyRobust, value.Value, value.Interval?.Low, value.Interval?.High, evaluation.Doubt, number);
        return version is null ? 0 : await DeployAsync(connection, transaction, name, version, "better");
    }

    private Task<int> DeployAsync(DbConnection connection, DbTransaction transaction, string name, PolicyVersion version, string reason) => Database.ExecuteAsync(
        connection, transaction, "INSERT INTO deployment (number, time_ms, name, version, sha256, reason) VALUES ((SELECT MAX(number) + 1 FROM deployment), @p0, @p1, @p2, @p3, @p4)", Now, name, version.Number, version.Sha256, reason);

    // One range of columns is the observation, and its end the mask.
    private IDataView Rows(MLContext ml, long from, long to, string reward, string condition)
    {
        var (features, all) = (options.Features.Length, options.Features.Length + options.Actions.Length);
        var loader = ml.Data.CreateDatabaseLoader(
            new DatabaseLoader.Column("Observation", DbType.Single, 0, all - 1),
            new DatabaseLoader.Column("Eligible", DbType.Single, features, all - 1),
            new DatabaseLoader.Column("Action", DbType.String, all),
            new DatabaseLoader.Column("Probability", DbType.Double, all + 1),
            new DatabaseLoader.Column("Reward", DbType.Double, all + 2));
        return loader.Load(new DatabaseSource(database.Factory, database.ConnectionString, $"SELECT {database.ObservationColumns}, action, probability, {reward} FROM decision LEFT JOIN reward ON reward.event = decision.event WHERE decision.time_ms >= {from} AND decision.time_ms < {to} AND {condition} ORDER BY decision.time_ms, decision.event"));
    }

    // The difference between the mean rewards of the present version before and after a time, in standard errors.
    private async Task<double> DriftAsync(long from, long to, long deployed)
    {
        var (reward, condition) = database.JoinedReward();
        var sums = new List<(double Count, double Mean, double Variance)>();
        foreach (var (first, last) in new[] { (deployed, from), (from, to) })
        {
            var row = (await database.QueryAsync($"SELECT COUNT(*), AVG(r), AVG(r * r) FROM (SELECT {reward} AS r FROM decision LEFT JOIN reward ON reward.event = decision.event WHERE decision.time_ms >= {first} AND decision.time_ms < {last} AND {condition}) AS joined")).Single();
            var (count, mean) = (Convert.ToDouble(row[0], CultureInfo.InvariantCulture), Convert.ToDouble(row[1] ?? 0.0, CultureInfo.InvariantCulture));
            sums.Add((count, mean, Convert.ToDouble(row[2] ?? 0.0, CultureInfo.InvariantCulture) - (mean * mean)));
        }

        var error = Math.Sqrt(sums.Sum(part => part.Variance / Math.Max(1, part.Count)));
        return sums[0].Count < 100 || error == 0 ? 0 : (sums[1].Mean - sums[0].Mean) / error;
    }

    private async Task<bool> HoldLeaseAsync() => await database.WriteAsync(
        (connection, transaction) => Database.ExecuteAsync(connection, transaction, "UPDATE lease SET owner = @p0, until_ms = @p1 WHERE name = 'learn' AND (until_ms < @p2 OR owner = @p0)", _me, Now + (long)options.Lease.TotalMilliseconds, Now),
        CancellationToken.None) == 1;

    private async Task RenewLeaseAsync(CancellationToken cancellation)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Lease / 3, clock);
            while (await timer.WaitForNextTickAsync(cancellation))
                await HoldLeaseAsync();
        }
        catch (Exception exception) when (exception is OperationCanceledException or DbException)
        {
            // The lesson has ended; or the database is away, and the lease is checked before anything is deployed.
        }
    }

    private async Task<long> NumberAsync(string query) => Convert.ToInt64((await database.QueryAsync(query)).Single()[0] ?? 0L, CultureInfo.InvariantCulture);
}
