using System.Buffers.Binary;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Shards.Remote;
using Trpo.Estimators.Workers;
using Trpo.Estimators.Workers.Hosting;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Workers;

/// <summary>Requests that no training sends: a worker refuses or answers each of them, lives on, and allocates no more than they hold.</summary>
public sealed class HostileRequestTests
{
    private const int Mutations = 3_000;

    private const int HeaderLength = 40;

    // What a block of the recorded training may take, and some more.
    private const long MaxAllocated = 64 << 20;

    private static readonly WorkerRegistry Registry = new WorkerRegistry().AddEnvironment("CartPole", () => new CartPole());

    private static List<byte[]> _requests = null!;

    [OneTimeSetUp]
    public static void Record()
    {
        _requests = [];
        using var transport = new LocalTransport(Registry)
        {
            Deliver = (_, request, send) =>
            {
                lock (_requests)
                    _requests.Add(request);
                return send();
            },
        };
        var options = new TrpoOptions { TotalSteps = 64, StepsPerIteration = 32, FinalStepsPerIteration = 32, HiddenLayers = [3], NormalizeObservations = true, Seed = 1, Shards = 1, Workers = new() { Transport = transport } };
        ClusterRun.Train(options, () => new CartPole(), count: 2);
    }

    [Test]
    public async Task Requests_with_changed_bytes_are_answered_or_refused_as_damaged()
    {
        var (random, refused, answered, most) = (new RandomSource(1), 0, 0, 0L);
        using var ml = new ShardWorkerPool(Registry);

        // An iteration may have as many steps as there is memory for.
        var requests = _requests.FindAll(request => BlockRequest.Of(request).Operations.All(operation => operation[0] != (byte)ShardOperation.BeginIteration));
        for (var i = 0; i < Mutations; i++)
        {
            // Behind a good start, so that every operation has a block to work on.
            var worker = i % 20 == 0 ? await ml.Next(_requests[0]) : ml.Worker;
            var request = Mutated(requests[random.NextInt(requests.Count)], random);
            if (i % 4 > 0)
                BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(HeaderLength - sizeof(long)), Accepted(worker) + 1);
            var before = GC.GetTotalAllocatedBytes();
            try
            {
                Assert.That(await worker.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(60)), Is.Not.Empty);
                answered++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }

            most = Math.Max(most, GC.GetTotalAllocatedBytes() - before);
        }

        Assert.That(Math.Min(refused, answered), Is.GreaterThan(100), "both happen");
        Assert.That(most, Is.LessThan(MaxAllocated));
    }

    [Test]
    public async Task An_iteration_that_would_not_fit_into_memory_is_refused_before_it_is_allocated()
    {
        using var worker = new ShardWorker(new MLContext(1), Registry);
        await worker.SendAsync(_requests[0]);
        byte[] begin = [.. BlockRequest.Of(_requests[1]).Operations[0]];
        Assert.That((ShardOperation)begin[0], Is.EqualTo(ShardOperation.BeginIteration));
        BinaryPrimitives.WriteInt32LittleEndian(begin.AsSpan(1), 1_000_000_000);
        var before = GC.GetTotalAllocatedBytes();
        byte[] request = [.. _requests[1].AsSpan(0, HeaderLength), 0, 1, 0, 0, 0, (byte)begin.Length, 0, 0, 0, .. begin];
        var answer = Answer.Of(await worker.SendAsync(request));

        Assert.That(answer.Kind, Is.EqualTo(AnswerKind.Failed));
        Assert.That(WorkerFailure.Read(answer.Body, "shard 0").Message, Does.Contain("memory").Or.Contain("array"));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(MaxAllocated));
    }

    [Test]
    public void Requests_and_questions_of_any_length_are_refused_as_damaged()
    {
        using var worker = new ShardWorker(new MLContext(1), Registry);
        foreach (var request in _requests.Take(3))
        {
            for (var length = 0; length < request.Length; length += 1 + (length / 64))
                Assert.That(() => worker.SendAsync(request[..length]), Throws.TypeOf<InvalidDataException>(), $"{length} bytes");
        }

        for (var length = 0; length < 33; length++)
            Assert.That(() => worker.Ask(new byte[length]), Throws.TypeOf<InvalidDataException>(), $"{length} bytes");
    }

    [Test]
    public async Task A_worker_that_is_disposed_refuses_requests_and_fails_those_at_work()
    {
        var worker = new ShardWorker(new MLContext(1), Registry);
        await worker.SendAsync(_requests[0]);
        worker.Dispose();
        worker.Dispose();

        Assert.That(() => worker.SendAsync(_requests[1]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => worker.Status.Shards, Is.Zero.After(5_000, 10));
    }

    // The worker accepts the next request only.
    private static long Accepted(ShardWorker worker) => BlockStatus.Of(worker.Ask([.. _requests[0].AsSpan(0, HeaderLength), 0])).Accepted;

    private static byte[] Mutated(byte[] request, RandomSource random)
    {
        byte[] mutated = [.. request];
        for (var changes = 1 + random.NextInt(3); changes > 0; changes--)
        {
            // The head, which nearly every mutation would only misdirect, is changed seldom.
            var at = random.NextInt(20) == 0 ? random.NextInt(mutated.Length) : HeaderLength + random.NextInt(mutated.Length - HeaderLength);
            mutated[at] = random.NextInt(3) switch
            {
                0 => (byte)(mutated[at] ^ (1 << random.NextInt(8))),
                1 => byte.MaxValue,
                _ => (byte)random.NextInt(256),
            };
        }

        return mutated;
    }

    /// <summary>Workers, one after another, each of which has begun a block.</summary>
    private sealed class ShardWorkerPool(WorkerRegistry registry) : IDisposable
    {
        public ShardWorker Worker { get; private set; } = new(new MLContext(1), registry);

        public async Task<ShardWorker> Next(byte[] begin)
        {
            Worker.Dispose();
            Worker = new ShardWorker(new MLContext(1), registry);
            await Worker.SendAsync(begin);
            return Worker;
        }

        public void Dispose() => Worker.Dispose();
    }
}
