using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;
using Trpo.Tests.Support;

namespace Trpo.Tests.Workers;

/// <summary>Trainings on workers behave like those in one process where they are cancelled, resumed, rolled back, or fail.</summary>
public sealed class WorkerBehaviorTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [8], Seed = 3, ReusedIterations = 1, NormalizeObservations = true, Shards = 3 };

    private static readonly Func<IEnvironment> Pole = () => new CartPole();

    [Test]
    public void A_training_in_pieces_on_clusters_of_other_sizes_and_in_one_process_equals_an_undisturbed_one()
    {
        using var folder = new TemporaryFolder();
        var undisturbed = Train(null, Small, Pole).Onnx;
        foreach (var (steps, perWorker) in ((int, int?)[])[(100, 1), (301, 2), (150, null), (200, 4)])
            Piece(folder.FullName, perWorker, steps);

        Assert.That(Piece(folder.FullName, perWorker: 1, int.MaxValue), Is.EqualTo(undisturbed));
    }

    [Test]
    public void Checkpoints_at_every_occasion_change_nothing()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Checkpoints = new() { Folder = folder.FullName, Interval = TimeSpan.FromTicks(1) } };

        Assert.That(Train(1, options, () => new StepCounter(new CartPole(), () => Thread.SpinWait(2_000))).Onnx, Is.EqualTo(Train(null, Small, Pole).Onnx));
    }

    [Test]
    public void Rollbacks_give_the_bits_of_one_process()
    {
        var options = Small with { Health = new() { MaxRollbacks = 20 } };
        Func<IEnvironment> brittle = () => new BrittleEnvironment(0.0007);
        var here = Train(null, options, brittle);

        Assert.That(here.Iterations[^1].Rollbacks, Is.Positive, "the test is about something");
        Assert.That(Train(1, options, brittle).Onnx, Is.EqualTo(here.Onnx));
        Assert.That(Train(2, options, brittle).Onnx, Is.EqualTo(here.Onnx));
    }

    [Test]
    public void Restarts_of_environments_give_the_bits_of_one_process_and_are_counted_and_limited()
    {
        Func<IEnvironment> flaky = () => new FlakyWalk(failsAt: 77);
        var here = Train(null, Small, flaky, maxRestarts: 50);

        Assert.That(here.Iterations[^1].Restarts, Is.GreaterThan(10));
        foreach (var perWorker in (int[])[1, 2])
        {
            var there = Train(perWorker, Small, flaky, maxRestarts: 50);
            Assert.That(there.Onnx, Is.EqualTo(here.Onnx));
            Assert.That(there.Iterations.Select(iteration => iteration.Restarts), Is.EqualTo(here.Iterations.Select(iteration => iteration.Restarts)));
            Assert.That(there.Warnings, Is.EquivalentTo(here.Warnings));
        }

        Assert.That(() => Train(1, Small, flaky, maxRestarts: 5), Throws.TypeOf<EnvironmentException>().With.Message.Contains("maxRestarts"));
    }

    [Test]
    public void The_failure_of_an_environment_is_that_of_one_process([Values(1, 2)] int perWorker)
    {
        Func<IEnvironment> failing = () => new FlakyWalk(failsAt: 30);
        var here = Assert.Throws<EnvironmentException>(() => Train(null, Small, failing))!;
        var there = Assert.Throws<EnvironmentException>(() => Train(perWorker, Small, failing))!;

        Assert.That(there.Message, Is.EqualTo(here.Message));
        Assert.That(there.InnerException!.Message, Does.Contain("The robot does not answer.").And.Contain(nameof(FlakyWalk)), "the worker's stack");
    }

    [Test]
    public void An_environment_that_cannot_be_saved_is_reset_on_another_worker_with_a_warning()
    {
        var deliveries = 0;
        var there = Train(1, Small with { NormalizeObservations = false }, () => new HookedEnvironment(new CartPole(), _ => { }), deliver: (connection, send) =>
        {
            if (Interlocked.Increment(ref deliveries) == 40)
                connection.Lose();
            return send();
        });

        Assert.That(there.Warnings, Has.Exactly(1).Contains("their episodes were dropped"));
        Assert.That(there.Iterations, Has.Count.EqualTo(4));
    }

    [Test]
    public void A_worker_that_is_slower_than_all_others_is_left_once_for_another_and_changes_no_bit()
    {
        using var release = new ManualResetEventSlim();
        var isSlow = 0;
        var there = Train(1, Small, () => new StepCounter(new CartPole(), () =>
        {
            // One environment of one worker stands still in the middle of the training, and lives on when the training has ended.
            if (Interlocked.Increment(ref isSlow) == 500)
                release.Wait();
        }), straggler: TimeSpan.FromSeconds(0.2));
        release.Set();

        Assert.That(there.Warnings, Has.Exactly(1).Contains("more than twice as long as all others"));
        Assert.That(there.Onnx, Is.EqualTo(Train(null, Small, Pole).Onnx));
    }

    [Test]
    public void A_cluster_without_workers_ends_the_training_with_what_to_do()
    {
        var attempt = () => Train(1, Small, Pole, deliver: (_, _) => throw new TimeoutException("No silo."), recovery: TimeSpan.FromSeconds(0.3));

        Assert.That(attempt, Throws.TypeOf<WorkerException>().With.Message.Contains("the test cluster could run shard").And.Message.Contains("Start workers").And.Message.Contains("No silo."));
    }

    [Test]
    public void An_environment_that_ends_every_worker_ends_the_training_after_some()
    {
        using var release = new ManualResetEventSlim();
        var (isInside, questions, asked) = (false, 0, new TaskCompletionSource());
        var (gate, ended) = (new Lock(), new EndedProcesses("The process has ended."));
        Func<IEnvironment> deadly = () => new StepCounter(new CartPole(), () =>
        {
            Volatile.Write(ref isInside, true);
            release.Wait();
        });
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment("CartPole", deadly))
        {
            Deliver = async (connection, _, send) =>
            {
                ended.ThrowIfEnded(connection);
                var answer = send();
                if (await Task.WhenAny(answer, Asked()) == answer)
                    return await answer;
                ended.End(connection);
                lock (gate)
                    (isInside, questions, asked) = (false, 0, new());
                ended.ThrowIfEnded(connection);
                return [];
            },
            DeliverQuestion = (connection, ask) =>
            {
                ended.ThrowIfEnded(connection);

                // The second question comes when the answer to the first has shown that the worker lives.
                var status = ask();
                lock (gate)
                {
                    if (Volatile.Read(ref isInside) && ++questions == 2)
                        asked.SetResult();
                }

                return Task.FromResult(status);
            },
            Move = ended.Move,
        };
        var workers = new TrainingWorkers { Transport = transport, HeartbeatInterval = TimeSpan.FromMilliseconds(5) };

        Assert.That(() => ClusterRun.Train(Small with { Shards = 1, Workers = workers }, Pole, count: 6),
            Throws.TypeOf<WorkerException>().With.Message.Contains("11 workers of the test cluster were lost").And.Message.Contains("MaxLosses is 10"));
        release.Set();
        Assert.That(ended.Count, Is.EqualTo(11));

        Task Asked()
        {
            lock (gate)
                return asked.Task;
        }
    }

    [Test]
    public void Attempts_that_find_no_worker_are_no_losses()
    {
        var deliveries = 0;
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment("CartPole", Pole))
        {
            // Each attempt sends three times before it ends.
            Deliver = (_, _, send) => Interlocked.Increment(ref deliveries) is > 10 and <= 19 ? throw new WorkerException("No silo has answered.") : send(),
            Move = _ => { },
        };
        var there = ClusterRun.Train(Small with { Shards = 1, Workers = new() { Transport = transport, MaxLosses = 0 } }, Pole, count: 6);

        Assert.That(deliveries, Is.GreaterThan(19));
        Assert.That(there.Digest, Is.EqualTo(ClusterRun.Train(Small with { Shards = 1 }, Pole, count: 6).Digest));
    }

    [Test]
    public void A_training_that_is_cancelled_while_no_worker_answers_ends()
    {
        using var cancellation = new CancellationTokenSource();
        var deliveries = 0;
        var options = Small with { Cancellation = cancellation.Token };
        var there = Train(1, options, Pole, deliver: (_, send) => Interlocked.Increment(ref deliveries) < 40 ? send() : Cancelled());

        Assert.That(there.Iterations, Has.Count.LessThan(4));

        Task<byte[]> Cancelled()
        {
            cancellation.Cancel();
            throw new TimeoutException("No silo.");
        }
    }

    [Test]
    public void Environments_are_disposed_when_the_training_ends()
    {
        var open = 0;
        Train(2, Small with { NormalizeObservations = false }, () =>
        {
            Interlocked.Increment(ref open);
            return new HookedEnvironment(new CartPole(), _ => { }, () => Interlocked.Decrement(ref open));
        });

        Assert.That(() => Volatile.Read(ref open), Is.Zero.After(10_000, 10));
    }

    private static byte[] Piece(string folder, int? perWorker, int cancelAfter)
    {
        using var cancellation = new CancellationTokenSource();
        var left = cancelAfter;
        var options = Small with { Checkpoints = new() { Folder = folder, Resume = true }, Cancellation = cancellation.Token };
        return Train(perWorker, options, () => new StepCounter(new CartPole(), () =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                cancellation.Cancel();
        })).Onnx;
    }

    private static (byte[] Onnx, List<TrpoIteration> Iterations, List<string> Warnings) Train(
        int? perWorker, TrpoOptions options, Func<IEnvironment> factory, int maxRestarts = 0, Func<LocalTransport.LocalConnection, Func<Task<byte[]>>, Task<byte[]>>? deliver = null, TimeSpan? recovery = null, TimeSpan? straggler = null)
    {
        var (listener, warnings) = (new Listener(), new List<string>());
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (log.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning && log.Source.Contains(nameof(TrpoEstimator), StringComparison.Ordinal))
                warnings.Add(log.Message);
        };
        var example = factory();
        (example as IDisposable)?.Dispose();
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment(example.Name, factory)) { Deliver = (connection, _, send) => deliver?.Invoke(connection, send) ?? send() };
        var workers = perWorker is { } count
            ? new TrainingWorkers { Transport = transport, ShardsPerWorker = count, StragglerTimeout = straggler, HeartbeatInterval = TimeSpan.FromMilliseconds(5), LossTimeout = recovery ?? TimeSpan.FromSeconds(5), RecoveryTimeout = recovery ?? TimeSpan.FromSeconds(20) }
            : null;
        var view = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 6, rows: 10, maxRestarts: maxRestarts);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, options with { Workers = workers, Progress = listener }).Fit(view);
        return (policy.Onnx.ToArray(), listener.Iterations, warnings);
    }
}
