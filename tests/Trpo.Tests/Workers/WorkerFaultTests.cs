using System.Globalization;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;

namespace Trpo.Tests.Workers;

/// <summary>Trainings whose workers and messages are lost, delayed and repeated: the bits of the undisturbed run.</summary>
public sealed class WorkerFaultTests
{
    private static readonly TrpoOptions Tiny = new() { TotalSteps = 96, StepsPerIteration = 32, FinalStepsPerIteration = 32, HiddenLayers = [4], NormalizeObservations = true, ReusedIterations = 1, Seed = 1, Shards = 3 };

    private static int Schedules => int.Parse(Environment.GetEnvironmentVariable("TRPO_WORKER_SCHEDULES") ?? "1000", CultureInfo.InvariantCulture);

    [Test]
    public void Schedules_of_faults_change_no_bit()
    {
        var undisturbed = ClusterRun.Train(Tiny, () => new CartPole(), count: 5).Digest;
        var faults = new System.Collections.Concurrent.ConcurrentBag<FaultyNetwork>();
        Parallel.For(0, Schedules, new ParallelOptions { MaxDegreeOfParallelism = 16 }, schedule =>
        {
            var network = new FaultyNetwork((ulong)schedule, rate: 0.02 + (0.03 * (schedule % 4)));
            using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment("CartPole", () => new CartPole())) { Deliver = network.Deliver, DeliverQuestion = network.DeliverQuestion };
            var workers = new TrainingWorkers
            {
                Transport = transport,
                ShardsPerWorker = 1 << (schedule % 2),
                HeartbeatInterval = TimeSpan.FromMilliseconds(2),
                LossTimeout = TimeSpan.FromMilliseconds(60),
            };
            Assert.That(ClusterRun.Train(Tiny with { Workers = workers }, () => new CartPole(), count: 5).Digest, Is.EqualTo(undisturbed), $"schedule {schedule}");
            faults.Add(network);
        });

        Assert.That(faults.Sum(network => network.Faults), Is.GreaterThan(Schedules), "there were faults");
    }
}
