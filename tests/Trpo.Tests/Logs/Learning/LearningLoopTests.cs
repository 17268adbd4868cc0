using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Logs.Learning;

/// <summary>Tests of the loop: the choice by held-out rows, minibatches, reports, cancellation, memory.</summary>
public sealed class LearningLoopTests
{
    private static readonly TrpoFromLogOptions Options = new() { Seed = 1, HiddenLayers = [32], Iterations = 40, MinEffectiveRows = 0, TrustRegion = new() { MaxKl = 0.05 } };

    [Test]
    public void Held_out_rows_choose_the_policy_that_is_returned()
    {
        // Few rows, and a network that learns them by heart.
        var (rows, reports) = (SyntheticWorld.Decisions(400, seed: 9), new Reports());
        using var policy = TinyLog.Learn(rows, Options with { Progress = reports });
        var best = reports.Iterations.MaxBy(iteration => iteration.HeldOutValue)!;
        using var until = TinyLog.Learn(rows, Options with { Iterations = best.Iteration });

        Assert.That(best.Iteration, Is.InRange(1, 39));
        Assert.That(best.IsBest, Is.True);
        Assert.That(best.HeldOutError, Is.GreaterThan(0));
        Assert.That(policy.Metadata.Provenance["iteration"], Is.EqualTo($"{best.Iteration}"));
        Assert.That(policy.Metadata.Provenance["outcome"], Is.EqualTo("IterationsDone"));
        Assert.That(SyntheticWorld.Scores(policy, [[1, 0, 0, 0, 0]]), Is.EqualTo(SyntheticWorld.Scores(until, [[1, 0, 0, 0, 0]])), "learning that ends with that iteration returns the same");
        Assert.That(reports.Last.Value, Is.GreaterThan(best.Value), "the rows that are learned from look better and better");
    }

    [Test]
    public void Without_held_out_rows_the_last_policy_is_returned()
    {
        var reports = new Reports();
        using var policy = TinyLog.Learn(SyntheticWorld.Decisions(400, seed: 9), Options with { HeldOutShare = 0, Iterations = 7, Progress = reports });

        Assert.That(policy.Metadata.Provenance["iteration"], Is.EqualTo("7"));
        Assert.That(reports.Iterations.Select(iteration => (iteration.HeldOutValue, iteration.Rows, iteration.Iterations)), Is.All.EqualTo(((double?)null, 400, 7)));
        Assert.That(reports.Iterations.Select(iteration => iteration.Outcome), Is.EqualTo(new LearningOutcome?[] { null, null, null, null, null, null, LearningOutcome.IterationsDone }));
    }

    [Test]
    public void A_policy_that_no_step_improves_is_the_start()
    {
        // Rewards without any relation to actions: for some of twelve seeds, no step is better by chance.
        var warnings = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.RawMessage);
        };
        Decision[] rows = [.. SyntheticWorld.Decisions(1_000, seed: 3).Select((row, i) => row with { Reward = i * 7_919 % 13 })];
        for (var seed = 1; seed <= 12; seed++)
        {
            warnings.Clear();
            using var policy = ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), Options with { Seed = seed, Iterations = 3 }).Fit(Decision.View(ml, rows));
            var isStart = policy.Metadata.Provenance["iteration"] == "0";
            Assert.That(warnings.Exists(warning => warning.StartsWith("No iteration's policy is better than the start on the held-out rows", StringComparison.Ordinal)), Is.EqualTo(isStart));
            if (!isStart)
                continue;
            Assert.That(SyntheticWorld.Scores(policy, [[1, 2, 3, 4, 5]])[0], Is.All.EqualTo(0.1).Within(1e-6));
            return;
        }

        Assert.Fail("No seed returned the start.");
    }

    // Each row is held out in turn. Without a limit of its weight, it alone would decide: not to take its action, or to take nothing else.
    [Test]
    public void No_single_row_of_a_small_probability_chooses_the_iteration()
    {
        var rows = TinyLog.Rows();
        for (var i = 0; i < rows.Length; i++)
        {
            Decision[] changed = [.. rows.Select((row, index) => index == i ? row with { Probability = 1e-9 } : row)];
            using var policy = TinyLog.Learn(changed, new TrpoFromLogOptions { MinEffectiveRows = 0 });
            var scores = SyntheticWorld.Scores(policy, TinyLog.Contexts);

            Assert.That((scores[0][0], scores[1][1]), Is.GreaterThan((0.5f, 0.5f)).Using<(float Left, float Right)>((x, y) => x.Left > y.Left && x.Right > y.Right ? 1 : -1), $"row {i}");
        }
    }

    // 3,200 rows of 200 actions: the three arrays of a step are 15 MB.
    [Test]
    public void Steps_use_the_memory_of_the_first_one()
    {
        var allocated = new List<long>();
        Decision[] rows = [.. SyntheticWorld.Decisions(4_000, seed: 9).Select((row, i) => row with { Action = i % 200 })];
        using var policy = TinyLog.Learn(rows, Options with { HiddenLayers = [4], Iterations = 8, Threads = 1, Estimator = LearningEstimator.SNIPS, Progress = new Reports(_ => allocated.Add(GC.GetAllocatedBytesForCurrentThread())) });

        Assert.That(allocated, Has.Count.GreaterThan(3));
        Assert.That((allocated[^1] - allocated[1]) / (allocated.Count - 2), Is.LessThan(1_000_000));
    }

    [Test]
    public void Steps_take_the_next_rows_of_a_long_log()
    {
        var reports = new Reports();
        TinyLog.Learn(SyntheticWorld.Decisions(2_500, seed: 4), Options with { BatchRows = 900, Iterations = 6, Progress = reports }).Dispose();

        Assert.That(reports.Iterations.Select(iteration => iteration.Rows), Is.EqualTo(new[] { 667, 667, 666, 667, 667, 666 }), "2,000 rows that are not held out, in three parts");
        Assert.That(reports.Last.HeldOutValue, Is.GreaterThan(0.55));
    }

    [Test]
    public void Cancellation_returns_the_best_policy_so_far()
    {
        using var source = new CancellationTokenSource();
        var reports = new Reports(iteration =>
        {
            if (iteration.Iteration == 3)
                source.Cancel();
        });
        using var policy = TinyLog.Learn(SyntheticWorld.Decisions(400, seed: 9), Options with { HeldOutShare = 0, Progress = reports, Cancellation = source.Token });

        Assert.That(reports.Iterations, Has.Count.EqualTo(3));
        Assert.That(policy.Metadata.Provenance["outcome"], Is.EqualTo("Cancelled"));
        Assert.That(policy.Metadata.Provenance["iteration"], Is.EqualTo("3"));
        Assert.That(() => TinyLog.Learn(TinyLog.Rows(), Options with { Cancellation = source.Token }), Throws.InstanceOf<OperationCanceledException>(), "before there is a policy");
    }

    [Test]
    public void Cancellation_of_the_context_throws()
    {
        var ml = new MLContext(seed: 1);
        var reports = new Reports(_ => typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(ml, null));

        Assert.That(() => ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), Options with { Progress = reports }).Fit(Decision.View(ml, TinyLog.Rows())), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(reports.Iterations, Has.Count.EqualTo(1));
    }

    [Test]
    public void Steps_are_reported_to_the_log_of_the_context()
    {
        var ml = new MLContext(seed: 1);
        var lines = new List<string>();
        ml.Log += (_, message) => lines.Add(message.RawMessage);
        ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), Options with { Iterations = 2 }).Fit(Decision.View(ml, TinyLog.Rows())).Dispose();

        Assert.That(lines, Has.Exactly(1).StartsWith("Iteration 2 of 2: value ").And.Exactly(1).Contains("IterationsDone"));
        Assert.That(lines, Has.Exactly(2).Contains("held out").And.Exactly(2).Contains($"{TrustRegionOutcome.Accepted}"));
    }

    [Test]
    public void Memory_is_linear_in_the_rows()
    {
        var (few, many) = (BytesPerRow(4_000), BytesPerRow(16_000));
        TestContext.Out.WriteLine(FormattableString.Invariant($"{few:F0} and {many:F0} bytes allocated per row"));

        Assert.That(many, Is.LessThan(1.3 * few));

        static double BytesPerRow(int count)
        {
            var rows = SyntheticWorld.Decisions(count, seed: 1);
            var before = GC.GetAllocatedBytesForCurrentThread();
            TinyLog.Learn(rows, Options with { Iterations = 2, Threads = 1 }).Dispose();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)count;
        }
    }
}
