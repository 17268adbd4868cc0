using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Learning;

/// <summary>Tests of learning from long logs: 20 values, 10 actions. TRPO_LOG_ROWS sets the number of rows; the suite has 20,000.</summary>
public sealed class LearningScaleTests
{
    private const int Length = 20, Actions = 10;

    private static readonly int Rows = int.Parse(Environment.GetEnvironmentVariable("TRPO_LOG_ROWS") ?? "20000", CultureInfo.InvariantCulture);

    // Several batches in the suite too.
    private static readonly int BatchRows = Math.Min(16_384, Rows / 4);

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_long_log_is_learned_from_in_steps_of_bounded_size()
    {
        using var process = Process.GetCurrentProcess();
        var watch = Stopwatch.StartNew();
        var (first, peak) = (TimeSpan.Zero, 0L);
        var reports = new Reports(_ =>
        {
            first = first == TimeSpan.Zero ? watch.Elapsed : first;
            process.Refresh();
            peak = Math.Max(peak, process.WorkingSet64);
        });
        using var policy = _ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), new TrpoFromLogOptions { Seed = 1, Iterations = 30, BatchRows = BatchRows, Progress = reports }).Fit(View(Rows, missing: null));
        var seconds = (watch.Elapsed - first).TotalSeconds / (reports.Last.Iteration - 1);
        TestContext.Out.WriteLine(FormattableString.Invariant($"{Rows} rows: {first.TotalSeconds:F1} s to the end of the first step, {seconds:F2} s for each step of {reports.Last.Rows} rows, working set {peak >> 20} MiB ({process.PeakWorkingSet64 >> 20} at most); held-out value {reports.Last.HeldOutValue:F4} ± {reports.Last.HeldOutError:F4}"));

        // The uniform policy has 0.5.
        Assert.That(reports.Last.HeldOutValue, Is.GreaterThan(0.6));
        Assert.That(reports.Last.Rows, Is.LessThanOrEqualTo(BatchRows).And.GreaterThan(BatchRows / 2));
    }

    [Test]
    public void One_missing_reward_among_many_rows_is_named() =>
        Assert.That(() => _ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns()).Fit(View(Rows, missing: Rows - 7)), Throws.TypeOf<LogException>().With.Message.StartsWith($"In row {Rows - 7} (from 0), the reward in column 'Reward' is NaN.").And.Property(nameof(LogException.Row)).EqualTo(Rows - 7));

    private IDataView View(int rows, int? missing)
    {
        var schema = SchemaDefinition.Create(typeof(Decision));
        schema[nameof(Decision.Observation)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Length);
        schema[nameof(Decision.Eligible)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1);
        return _ml.Data.LoadFromEnumerable(Draw(rows, missing), schema);
    }

    // Action a pays with a chance that grows with value a; actions are tossed for.
    private static IEnumerable<Decision> Draw(int rows, int? missing)
    {
        var random = new RandomSource(11);
        for (var i = 0; i < rows; i++)
        {
            float[] observation = [.. Enumerable.Range(0, Length).Select(_ => (float)random.NextGaussian())];
            var action = (int)(random.NextDouble() * Actions);
            var pays = random.NextDouble() < 1 / (1 + Math.Exp(-observation[action]));
            yield return new Decision { Observation = observation, Action = action, Probability = 1.0 / Actions, Reward = i == missing ? double.NaN : pays ? 1 : 0 };
        }
    }
}
