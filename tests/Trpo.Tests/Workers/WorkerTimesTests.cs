using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Shards.Remote;
using Trpo.Estimators.Workers;

namespace Trpo.Tests.Workers;

/// <summary>The times of the blocks of a training on workers.</summary>
public sealed class WorkerTimesTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 240, StepsPerIteration = 120, FinalStepsPerIteration = 120, HiddenLayers = [4], Seed = 1, Shards = 3 };

    [Test]
    public void Each_block_has_its_steps_and_times_within_those_of_the_iteration()
    {
        foreach (var iteration in Train(Small, _ => false, shardsPerWorker: 2))
        {
            Assert.That(iteration.Workers.Select(block => (block.FirstShard, block.Shards, block.Steps, block.BeginsAnew)), Is.EqualTo(new[] { (0, 2, 80, 0), (2, 1, 40, 0) }));
            foreach (var block in iteration.Workers)
            {
                Assert.That(block.Rollout, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(iteration.Times.Rollout));
                Assert.That(block.Advantages, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(iteration.Times.Advantages));
                Assert.That(block.PolicyUpdate, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(iteration.Times.PolicyUpdate));
                Assert.That(block.ValueFit, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(iteration.Times.ValueFit));
            }
        }
    }

    [Test]
    public void A_block_that_was_lost_is_counted_once()
    {
        var iterations = Train(Small, delivery => delivery == 30, shardsPerWorker: 1);

        Assert.That(iterations.Sum(iteration => iteration.Workers.Sum(block => block.BeginsAnew)), Is.EqualTo(1));
    }

    [Test]
    public void Attempts_to_begin_a_block_at_first_are_not_counted()
    {
        const int Failing = 12;
        var deliveries = 0;
        var begins = new System.Collections.Concurrent.ConcurrentBag<int>();
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment("CartPole", () => new CartPole()))
        {
            Deliver = (connection, _, send) =>
            {
                if (Interlocked.Increment(ref deliveries) <= Failing)
                    throw new IOException("not yet");
                var answer = send();
                begins.Add(connection.Worker.Status.Begins);
                return answer;
            },
            DeliverQuestion = (_, ask) => Volatile.Read(ref deliveries) < Failing ? throw new IOException("not yet") : Task.FromResult(ask()),
        };
        var iterations = ClusterRun.Train(Small with { Workers = new() { Transport = transport } }, () => new CartPole(), count: 3).Iterations;

        Assert.That(begins, Has.Some.GreaterThan(1), "Attempts were given up.");
        Assert.That(iterations.SelectMany(iteration => iteration.Workers).Select(block => block.BeginsAnew), Is.All.Zero);
    }

    [Test]
    public void A_training_in_one_process_has_no_workers() =>
        Assert.That(ClusterRun.Train(Small, () => new CartPole(), count: 3).Iterations.Select(iteration => iteration.Workers), Is.All.Empty);

    [Test]
    public void Iterations_that_are_reported_again_keep_the_times()
    {
        var iteration = Train(Small, _ => false, shardsPerWorker: 1)[0];
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            IterationState.Save(writer, iteration);
        stream.Position = 0;
        using var reader = new BinaryReader(stream);

        Assert.That(IterationState.Restore(reader).Workers, Is.EqualTo(iteration.Workers));
    }

    [TestCase(ShardOperation.Collect, 0, "Rollout")]
    [TestCase(ShardOperation.ResetEnvironments, 0, "Rollout")]
    [TestCase(ShardOperation.Estimate, 0, "Advantages")]
    [TestCase(ShardOperation.BeginValueFit, 0, "ValueFit")]
    [TestCase(ShardOperation.Gradient, 0, "PolicyUpdate")]
    [TestCase(ShardOperation.FindNonFinite, 1, "ValueFit")]
    [TestCase(ShardOperation.TakeSnapshot, 0, "")]
    public void Each_call_belongs_to_a_part_of_the_iteration(object operation, int kind, string part)
    {
        var times = new CallTimes();
        times.Add([(byte)(ShardOperation)operation, (byte)kind], TimeSpan.FromSeconds(1));

        var parts = new Dictionary<string, TimeSpan> { ["Rollout"] = times.Rollout, ["Advantages"] = times.Advantages, ["PolicyUpdate"] = times.PolicyUpdate, ["ValueFit"] = times.ValueFit };
        Assert.That(string.Join(',', parts.Where(pair => pair.Value == TimeSpan.FromSeconds(1)).Select(pair => pair.Key)), Is.EqualTo(part));
    }

    private static IReadOnlyList<TrpoIteration> Train(TrpoOptions options, Func<int, bool> isLost, int shardsPerWorker)
    {
        var deliveries = 0;
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment("CartPole", () => new CartPole()))
        {
            Deliver = (connection, _, send) =>
            {
                if (isLost(Interlocked.Increment(ref deliveries)))
                    connection.Lose();
                return send();
            },
        };
        return ClusterRun.Train(options with { Workers = new() { Transport = transport, ShardsPerWorker = shardsPerWorker } }, () => new CartPole(), count: 3).Iterations;
    }
}
