using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Workers;
using Trpo.Tests.Robustness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Workers;

/// <summary>Baselines of the user's own beside workers: they stay in the process that trains, and are asked and fitted as in a training in one process.</summary>
public sealed class WorkerBaselineTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 900, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [4], Seed = 2, Baseline = arguments => new MeanBaseline(arguments.Random) };

    private static readonly Func<IEnvironment> Pole = () => new CartPole();

    private static IEnumerable<TestCaseData> Settings()
    {
        yield return new TestCaseData(Small, Pole).SetArgDisplayNames("CartPole");
        yield return new TestCaseData(Small with { NormalizeObservations = true, ReusedIterations = 2, EntropyBonus = 0.01, GatherFisherRows = true }, () => new Pendulum()).SetArgDisplayNames("Pendulum, normalized, reused, gathered");
        yield return new TestCaseData(Small with { Engine = TrainingEngine.TorchSharp }, Pole).SetArgDisplayNames("CartPole with TorchSharp");
    }

    [TestCaseSource(nameof(Settings))]
    public void Workers_give_the_bits_and_the_calls_of_one_process(TrpoOptions options, Func<IEnvironment> factory)
    {
        foreach (var shards in (int[])[1, 3])
        {
            var here = new List<string>();
            var digest = ClusterRun.Train(options with { Shards = shards, Baseline = _ => new ListingBaseline(here) }, factory, count: 7).Digest;
            foreach (var perWorker in (int[])[1, 2])
            {
                var there = new List<string>();
                Assert.That(Train(options with { Shards = shards, Baseline = _ => new ListingBaseline(there) }, factory, perWorker).Digest, Is.EqualTo(digest), $"{shards} shards, {perWorker} on each worker");
                Assert.That(there, Is.EqualTo(here));
                Assert.That(there, Has.Some.StartsWith("fit"));
            }
        }
    }

    [Test]
    public void A_worker_that_is_lost_at_any_request_changes_no_bit()
    {
        var options = Small with { Shards = 2, NormalizeObservations = true, ReusedIterations = 1 };
        var (here, requests) = (ClusterRun.Train(options, Pole, count: 7).Digest, 0);
        Assert.That(Train(options, Pole, deliver: (_, send) => Count(send)).Digest, Is.EqualTo(here));
        for (var at = 3; at < requests; at += 7)
        {
            var left = at;
            Assert.That(Train(options, Pole, deliver: Lose).Digest, Is.EqualTo(here), $"request {at} of {requests}");

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
    public void A_training_resumes_in_one_process_and_on_workers_with_the_bits_of_an_undisturbed_one()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Shards = 2 };
        var undisturbed = ClusterRun.Train(options, Pole, count: 7).Digest.Split(' ')[0];
        foreach (var (end, onWorkers) in ((int, bool)[])[(1, true), (2, false), (3, true)])
        {
            using var cancellation = new CancellationTokenSource();
            var piece = options with { Checkpoints = new() { Folder = folder.FullName, Resume = true }, Cancellation = cancellation.Token };
            Action<int> reached = iteration =>
            {
                if (iteration == end && end < 3)
                    cancellation.Cancel();
            };
            var run = onWorkers ? Train(piece, Pole, reached: reached) : ClusterRun.Train(piece, Pole, count: 7, reached: reached);
            Assert.That(run.Iterations.Select(iteration => iteration.Iteration), Is.EqualTo(new[] { end }));
            if (end == 3)
                Assert.That(run.Digest.Split(' ')[0], Is.EqualTo(undisturbed));
        }
    }

    [Test]
    public void A_value_that_is_not_finite_is_reported_as_in_one_process()
    {
        var options = Small with { Shards = 2, Baseline = _ => new ListingBaseline([], double.NaN) };
        var here = Assert.Throws<TrainingException>(() => ClusterRun.Train(options, Pole, count: 7))!;
        var there = Assert.Throws<TrainingException>(() => Train(options, Pole))!;

        Assert.That(there.Message, Is.EqualTo(here.Message).And.Contains(nameof(ListingBaseline)));
    }

    private static ClusterRun Train(TrpoOptions options, Func<IEnvironment> factory, int perWorker = 1, Func<LocalTransport.LocalConnection, Func<Task<byte[]>>, Task<byte[]>>? deliver = null, Action<int>? reached = null)
    {
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment(factory().Name, factory)) { Deliver = (connection, _, send) => deliver?.Invoke(connection, send) ?? send() };
        return ClusterRun.Train(options with { Workers = new() { Transport = transport, ShardsPerWorker = perWorker, HeartbeatInterval = TimeSpan.FromMilliseconds(5) } }, factory, count: 7, reached: reached);
    }

    /// <summary>A running mean that lists its calls: two baselines that are asked for the same rows in the same order have the same list.</summary>
    private sealed class ListingBaseline(List<string> calls, double first = 0) : IValueFunction
    {
        private double _mean = first;
        private long _count;

        public void Predict(ReadOnlySpan<float> observations, Span<double> values)
        {
            calls.Add($"predict {values.Length} {SumOf(observations):R}");
            for (var i = 0; i < values.Length; i++)
                values[i] = _mean + (i % 3) + calls.Count;
        }

        public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
        {
            calls.Add($"fit {targets.Length} {SumOf(observations):R}");
            foreach (var target in targets)
                _mean += (target - _mean) / ++_count;
            return _mean;
        }

        // In order, so that the order of the rows shows.
        private static double SumOf(ReadOnlySpan<float> observations)
        {
            var sum = 0.0;
            foreach (var value in observations)
                sum = (sum * 0.999) + value;
            return sum;
        }
    }
}
