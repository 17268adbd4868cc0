using Microsoft.Extensions.DependencyInjection;
using Orleans.Messaging;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Orleans.Tests.Support;
using Trpo.Tests.Workers;

namespace Trpo.Orleans.Tests;

/// <summary>Trainings on a cluster: the same bits as in one process, whatever becomes of the silos.</summary>
public sealed class TrainingTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [8], Seed = 1 };

    [Test]
    public async Task Two_silos_give_the_bits_of_one_process()
    {
        await using var cluster = await Cluster.StartComputingAsync(() => new CartPole(), 2, 2);
        foreach (var shards in (int[])[1, 2, 4])
        {
            var here = Train(Small with { Shards = shards });
            foreach (var perWorker in (int[])[1, 2])
            {
                var used = 0;
                var there = Train(Small with { Shards = shards, Workers = cluster.PatientWorkers with { ShardsPerWorker = perWorker } }, () => used = Enumerable.Range(0, 2).Count(silo => cluster.BlocksOf(silo).Count > 0));
                Assert.That(there, Is.EqualTo(here), $"{shards} shards, {perWorker} on each worker");
                Assert.That(used, Is.EqualTo(shards > perWorker ? 2 : 1), $"{shards} shards, {perWorker} on each worker: silos with blocks");
            }
        }

        Assert.That(() => cluster.BlocksOf(0).Concat(cluster.BlocksOf(1)), Is.Empty.After(60_000, 50), "The trainings have ended.");
    }

    [Test]
    public async Task Three_and_four_silos_give_the_bits_of_one_process([Values(3, 4)] int silos)
    {
        await using var cluster = await Cluster.StartComputingAsync(() => new CartPole(), [.. Enumerable.Repeat(2, silos)]);
        foreach (var (shards, perWorker) in ((int, int)[])[(4, 1), (7, 1), (7, 2)])
        {
            var busy = 0;
            var options = Small with { Shards = shards, Workers = cluster.PatientWorkers with { ShardsPerWorker = perWorker } };
            var there = ClusterRun.Train(options, () => new CartPole(), count: 7, reached: iteration => busy = iteration == 2 ? Enumerable.Range(0, silos).Count(silo => cluster.BlocksOf(silo).Count > 0) : busy);

            Assert.That(there.Digest, Is.EqualTo(Train(Small with { Shards = shards })), $"{shards} shards, {perWorker} on each worker");
            Assert.That(busy, Is.EqualTo(silos), "All silos take part.");
        }
    }

    [Test]
    public async Task A_gateway_of_the_client_that_is_killed_while_others_exist_changes_no_bit()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gone = new ManualResetEventSlim();
        var steps = 0;
        await using var cluster = await Cluster.StartComputingAsync(() => new HookedCartPole(() => HoldInTheMiddle(Interlocked.Increment(ref steps))), 0, 2, 2);
        Assert.That(await cluster.ClientServices.GetRequiredService<IGatewayListProvider>().GetGateways(), Has.Count.EqualTo(3), "The client reaches the cluster through any silo.");
        var training = Task.Run(() => Train(Small with { Shards = 4, Workers = cluster.PatientWorkers }));
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.That(cluster.BlocksOf(1).Count + cluster.BlocksOf(2).Count, Is.EqualTo(4), "The gateway has none.");
        await cluster.KillAsync(0);
        gone.Set();

        Assert.That(await training.WaitAsync(TimeSpan.FromMinutes(2)), Is.EqualTo(Train(Small with { Shards = 4 })));

        void HoldInTheMiddle(int step)
        {
            if (step < 700)
                return;
            reached.TrySetResult();
            gone.Wait();
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_silo_that_goes_in_the_middle_changes_no_bit(bool kill)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var gone = new ManualResetEventSlim();
        var steps = 0;
        await using var cluster = await Cluster.StartComputingAsync(() => new HookedCartPole(() => HoldInTheMiddle(Interlocked.Increment(ref steps))), 2, 2);
        var options = Small with { Shards = 4, Workers = cluster.PatientWorkers };
        var training = Task.Run(() => Train(options));
        await reached.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.That(cluster.BlocksOf(0), Is.Not.Empty);

        // A silo that stops waits for its environments.
        var isStopping = cluster.StopOf(0);
        var end = kill ? cluster.KillAsync(0) : cluster.StopAsync(0);
        Assert.That(() => end.IsCompleted || isStopping(), Is.True.After(60_000, 50));
        gone.Set();
        await end;

        Assert.That(await training.WaitAsync(TimeSpan.FromMinutes(2)), Is.EqualTo(Train(Small with { Shards = 4 })));
        Assert.That(steps, Is.GreaterThan(1_200), "Shards were computed again.");

        void HoldInTheMiddle(int step)
        {
            if (step < 700)
                return;
            reached.TrySetResult();
            gone.Wait();
        }
    }

    [Test]
    public async Task A_silo_that_joins_in_the_middle_takes_its_part_and_changes_no_bit()
    {
        using var joined = new ManualResetEventSlim();
        await using var cluster = await Cluster.StartComputingAsync(() => new HookedCartPole(joined.Wait), 2);
        var options = Small with { TotalSteps = 12_000, Shards = 4 };
        var training = Task.Run(() => Train(options with { Workers = cluster.WorkersThatLook(TimeSpan.Zero) with { LossTimeout = TimeSpan.FromSeconds(30) } }));
        Assert.That(() => cluster.BlocksOf(0).Count, Is.EqualTo(4).After(60_000, 50));
        await cluster.AddAsync(2);
        joined.Set();

        Assert.That(await training.WaitAsync(TimeSpan.FromMinutes(2)), Is.EqualTo(Train(options)));
        Assert.That(cluster.Log.Messages.Count(message => message.StartsWith("The training moves block", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    private static string Train(TrpoOptions options, Action? reached = null) => ClusterRun.Train(options, () => new CartPole(), count: 7, reached: _ => reached?.Invoke()).Digest;
}
