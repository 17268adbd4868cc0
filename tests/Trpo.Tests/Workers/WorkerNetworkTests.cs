using TorchSharp;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Workers;
using Trpo.Tests.Robustness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Workers;

/// <summary>Networks of the user's own on workers: registered by name, with the state of the training's own network, and the bits of one process.</summary>
public sealed class WorkerNetworkTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 600, StepsPerIteration = 200, FinalStepsPerIteration = 200, HiddenLayers = [4], Seed = 2, Network = Stateful, ReusedIterations = 1 };

    private static readonly Func<IEnvironment> Pole = () => new CartPole();

    private static IEnumerable<TestCaseData> Settings()
    {
        yield return new TestCaseData(Small).SetArgDisplayNames("Reused rollouts");
        yield return new TestCaseData(Small with { NormalizeObservations = true, GatherFisherRows = true, FisherFraction = 1 }).SetArgDisplayNames("Normalized, gathered rows");
        yield return new TestCaseData(Small with { Engine = TrainingEngine.TorchSharp, ValueFunction = new() { Steps = 3 } }).SetArgDisplayNames("A value function in libtorch");
    }

    [TestCaseSource(nameof(Settings))]
    public void Workers_give_the_bits_of_one_process(TrpoOptions options)
    {
        foreach (var shards in (int[])[1, 3])
        {
            var here = ClusterRun.Train(options with { Shards = shards }, Pole, count: 5).Digest;
            foreach (var perWorker in (int[])[1, 2])
                Assert.That(Train(options with { Shards = shards }, perWorker: perWorker).Digest, Is.EqualTo(here), $"{shards} shards, {perWorker} on each worker");
        }
    }

    [Test]
    public void A_worker_that_is_lost_at_any_request_changes_no_bit()
    {
        var options = Small with { Shards = 2, NormalizeObservations = true };
        var here = ClusterRun.Train(options, Pole, count: 5).Digest;
        var requests = 0;
        Assert.That(Train(options, deliver: (_, send) => Count(send)).Digest, Is.EqualTo(here));
        Assert.That(requests, Is.GreaterThan(50));
        for (var at = 3; at < requests; at += 9)
        {
            var left = at;
            Assert.That(Train(options, deliver: Lose).Digest, Is.EqualTo(here), $"request {at}");

            async Task<byte[]> Lose(LocalTransport.LocalConnection connection, Func<Task<byte[]>> send)
            {
                var answer = await send();
                if (Interlocked.Decrement(ref left) != 0)
                    return answer;
                connection.Lose();
                throw new TimeoutException("The worker is gone.");
            }
        }

        Task<byte[]> Count(Func<Task<byte[]>> send)
        {
            Interlocked.Increment(ref requests);
            return send();
        }
    }

    [Test]
    public void A_training_resumes_in_one_process_and_on_workers_with_the_bits_of_an_undisturbed_one_and_the_same_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Shards = 2 };
        var undisturbed = ClusterRun.Train(options with { Checkpoints = new() { Folder = folder.PathOf("whole") } }, Pole, count: 5);
        foreach (var (end, onWorkers) in ((int, bool)[])[(1, true), (2, false)])
        {
            using var cancellation = new CancellationTokenSource();
            Run(Resumed(cancellation.Token), onWorkers, iteration =>
            {
                if (iteration == end)
                    cancellation.Cancel();
            });
        }

        var last = Run(Resumed(), onWorkers: true);

        Assert.That(last.Iterations.Select(iteration => iteration.Iteration), Is.EqualTo(new[] { 3 }));
        Assert.That(last.Digest.Split(' ')[0], Is.EqualTo(undisturbed.Digest.Split(' ')[0]));
        foreach (var state in (string[])["policy", "value function", "shard 0", "shard 1", "random numbers"])
            Assert.That(Saved("pieces", state), Is.Not.Empty.And.EqualTo(Saved("whole", state)), state);

        TrpoOptions Resumed(CancellationToken cancellation = default) => options with { Checkpoints = new() { Folder = folder.PathOf("pieces"), Resume = true }, Cancellation = cancellation };

        ClusterRun Run(TrpoOptions piece, bool onWorkers, Action<int>? reached = null) => onWorkers ? Train(piece, reached: reached) : ClusterRun.Train(piece, Pole, count: 5, reached: reached);

        byte[] Saved(string run, string state)
        {
            byte[] bytes = [];
            var file = Directory.GetFiles(folder.PathOf(run), "*.checkpoint").Order(StringComparer.Ordinal).Last();
            CheckpointFile.Read(file).Restore(state, reader => bytes = reader.ReadBytes((int)reader.BaseStream.Length));
            return bytes;
        }
    }

    [Test]
    public void A_network_that_is_not_registered_is_refused_with_those_that_are() =>
        Assert.That(() => Train(Small, new WorkerRegistry().AddNetwork("other", Stateful)),
            Throws.TypeOf<WorkerException>().With.Message.Contains("network 'stateful' is not registered there; those that are: 'other'").And.Message.Contains("AddNetwork(\"stateful\""));

    [Test]
    public void A_network_of_other_parameters_buffers_or_types_is_refused_with_both()
    {
        foreach (var (other, theirs) in ((Func<NetworkArguments, ExportableModule>, string)[])
        [
            (arguments => new StatefulNetwork(arguments, scales: 1), "buffer scale Float32 [1]"),
            (arguments => new StatefulNetwork(arguments).to(torch.float64), "Float64"),
            (arguments => new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random), nameof(BufferedNetwork)),
        ])
        {
            Assert.That(() => Train(Small, new WorkerRegistry().AddNetwork("stateful", other)),
                Throws.TypeOf<WorkerException>().With.Message.Contains("worker of shard 0").And.Message.Contains("buffer scale Float32 [4]").And.Message.Contains(theirs).And.Message.Contains("Register the same parts"));
        }
    }

    [Test]
    public void A_network_that_two_shards_would_share_is_refused_by_name()
    {
        StatefulNetwork? network = null;
        var registry = new WorkerRegistry().AddNetwork("stateful", arguments => network ??= new StatefulNetwork(arguments));

        Assert.That(() => Train(Small with { Shards = 2 }, registry, perWorker: 2), Throws.TypeOf<WorkerException>().With.Message.Contains("network 'stateful'").And.Message.Contains("share 'linear."));
    }

    [Test]
    public void A_network_that_changes_its_state_while_it_computes_is_refused_by_name()
    {
        Func<NetworkArguments, ExportableModule> counting = arguments => new StatefulNetwork(arguments, changes: true);

        Assert.That(() => Train(Small with { Network = counting }, new WorkerRegistry().AddNetwork("stateful", counting)),
            Throws.TypeOf<WorkerException>().With.Message.Contains("network 'stateful' changed a buffer"));
    }

    [Test]
    public void A_network_whose_state_cannot_be_saved_or_that_has_no_name_is_refused_before_a_worker_is_asked()
    {
        Assert.That(() => Train(Small with { Network = arguments => new UnsavableNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) }, deliver: (_, _) => throw new AssertionException("A worker was asked.")),
            Throws.InvalidOperationException.With.Message.Contains("cannot be sent to workers").And.Message.Contains("ICheckpointable"));
        Assert.That(() => Train(Small, name: null), Throws.ArgumentException.With.Message.Contains("Workers.Network"));
        Assert.That(() => Train(Small with { Network = null }), Throws.ArgumentException.With.Message.Contains("Workers.Network"));
    }

    private static StatefulNetwork Stateful(NetworkArguments arguments) => new(arguments);

    private static ClusterRun Train(
        TrpoOptions options, WorkerRegistry? registry = null, int perWorker = 1, Func<LocalTransport.LocalConnection, Func<Task<byte[]>>, Task<byte[]>>? deliver = null, Action<int>? reached = null, string? name = "stateful")
    {
        registry ??= new WorkerRegistry().AddNetwork("stateful", Stateful);
        using var transport = new LocalTransport(registry.AddEnvironment("CartPole", Pole)) { Deliver = (connection, _, send) => deliver?.Invoke(connection, send) ?? send() };
        return ClusterRun.Train(options with { Workers = new() { Transport = transport, Network = name, ShardsPerWorker = perWorker, HeartbeatInterval = TimeSpan.FromMilliseconds(5) } }, Pole, count: 5, reached: reached);
    }
}
