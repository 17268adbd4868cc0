using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;

namespace Trpo.Tests.Workers;

/// <summary>Networks that deliver nothing in one direction for a while and then heal: the worker that was given up lives on, gets what was under way late, and changes no bit.</summary>
public sealed class WorkerPartitionTests
{
    private static readonly TrpoOptions Tiny = new() { TotalSteps = 96, StepsPerIteration = 32, FinalStepsPerIteration = 32, HiddenLayers = [4], NormalizeObservations = true, ReusedIterations = 1, Seed = 1, Shards = 2 };

    [Test]
    public void A_partition_in_one_direction_that_heals_changes_no_bit([Values] Direction direction, [Values] bool returns)
    {
        var undisturbed = ClusterRun.Train(Tiny, () => new CartPole(), count: 5).Digest;
        var requests = Run(new PartitionedNetwork(int.MaxValue, direction, returns), undisturbed).Requests;
        Assert.That(requests, Is.GreaterThan(50));
        for (var at = 1; at < requests; at += 10)
        {
            var network = Run(new PartitionedNetwork(at, direction, returns), undisturbed);
            Assert.That(network.HasHealed, Is.True, $"The worker was given up, at request {at}.");
            Assert.That(network.LateMessages, Is.Positive, "Something was under way.");
        }
    }

    private static PartitionedNetwork Run(PartitionedNetwork network, string undisturbed)
    {
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment("CartPole", () => new CartPole()))
        {
            Deliver = network.Deliver,
            DeliverQuestion = network.DeliverQuestion,
            Move = network.Move,
        };
        var workers = new TrainingWorkers { Transport = transport, HeartbeatInterval = TimeSpan.FromMilliseconds(2), LossTimeout = TimeSpan.FromMilliseconds(40), StragglerTimeout = null };

        Assert.That(ClusterRun.Train(Tiny with { Workers = workers }, () => new CartPole(), count: 5).Digest, Is.EqualTo(undisturbed), $"cut at request {network.CutAt}");
        return network;
    }

    /// <summary>The direction in which nothing arrives.</summary>
    public enum Direction
    {
        /// <summary>From the training to the worker.</summary>
        ToWorker,

        /// <summary>From the worker to the training.</summary>
        FromWorker,
    }
}
