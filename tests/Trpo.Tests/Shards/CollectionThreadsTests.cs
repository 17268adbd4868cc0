using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Shards;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>The threads that shards collect on, and the number of environments that are stepped at the same time.</summary>
public sealed class CollectionThreadsTests
{
    [TestCase(4, 1, 1, 1, null, TestName = "One thread collects one shard after another")]
    [TestCase(4, 2, 2, 1, null, TestName = "Two threads collect two of four shards at a time")]
    [TestCase(4, 4, 4, 1, null, TestName = "Each shard has a thread")]
    [TestCase(4, 8, 4, 2, null, TestName = "Each shard has two threads")]
    [TestCase(4, 3, 4, 1, 3, TestName = "Four shards take turns on three threads")]
    [TestCase(4, 6, 4, 2, 3, TestName = "Four shards of two threads take turns on six")]
    [TestCase(2, 3, 2, 2, 1, TestName = "Two shards of two threads take turns on three")]
    public void Threads_are_divided_among_shards(int shards, int threads, int collectors, int stepping, int? turns)
    {
        var divided = CollectionThreads.Of(shards, threads, hasAsynchronous: false);

        Assert.That(divided, Is.EqualTo(new CollectionThreads(collectors, stepping, turns)));
    }

    [Test]
    public void No_more_environments_are_stepped_at_once_than_there_are_threads([Values(1, 2, 3, 5, 6, 12)] int shards, [Range(1, 16)] int threads)
    {
        var divided = CollectionThreads.Of(shards, threads, hasAsynchronous: false);

        Assert.That((divided.Turns ?? divided.Collectors) * divided.SteppingThreads, Is.InRange(1, threads));
    }

    [Test]
    public void Shards_that_take_turns_step_no_more_environments_at_once_than_allowed_and_give_the_same_policy([Values(3, 6)] int threads)
    {
        Crowd.Reset();
        var turns = Train(threads);

        Assert.That(Crowd.Most, Is.InRange(1, threads));
        Assert.That(turns, Is.EqualTo(Train(threads: 1)));
    }

    private static byte[] Train(int threads)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new Crowd(), count: 16, threads: threads);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, new TrpoOptions { TotalSteps = 1_600, StepsPerIteration = 800, HiddenLayers = [8], Seed = 1, Shards = 4, Threads = 2 }).Fit(view);
        return policy.Onnx.ToArray();
    }

    // A walk that counts those of its kind that are within a step.
    private sealed class Crowd : IEnvironment
    {
        private static int _within;
        private static int _most;
        private readonly WalkEnvironment _walk = new();

        public static int Most => _most;

        public ObservationSpace ObservationSpace => _walk.ObservationSpace;

        public ActionSpace ActionSpace => _walk.ActionSpace;

        public static void Reset() => (_within, _most) = (0, 0);

        public void Reset(int? seed, Span<float> observation) => _walk.Reset(seed, observation);

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            var within = Interlocked.Increment(ref _within);
            for (var most = Volatile.Read(ref _most); within > most; most = Volatile.Read(ref _most))
                Interlocked.CompareExchange(ref _most, within, most);

            // Long enough for others to come.
            Thread.SpinWait(200);
            var result = _walk.Step(action, observation);
            Interlocked.Decrement(ref _within);
            return result;
        }
    }
}
