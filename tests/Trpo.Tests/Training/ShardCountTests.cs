using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Training;

namespace Trpo.Tests.Training;

/// <summary>Tests of the number of shards by default.</summary>
public sealed class ShardCountTests
{
    [TestCase(512, 8, 1, TestName = "The default iterations have one shard")]
    [TestCase(6_400, 64, 1, TestName = "Iterations below 8,192 steps have one shard")]
    [TestCase(8_192, 64, 2, TestName = "Each shard has 4,096 rows")]
    [TestCase(16_384, 8, 2, TestName = "Each shard has 4 environments")]
    [TestCase(16_384, 7, 1, TestName = "Fewer than 8 environments have one shard")]
    [TestCase(32_768, 64, 8, TestName = "Long iterations in many environments have many shards")]
    [TestCase(28_672, 64, 4, TestName = "The number of shards is a power of two")]
    [TestCase(1_000_000, 10_000, 64, TestName = "There are at most 64 shards")]
    public void Shards(int steps, int environments, int expected) => Assert.That(Count(steps, environments, [64, 64]), Is.EqualTo(expected));

    [Test]
    public void Small_networks_need_more_rows() => Assert.That(Count(16_384, 64, []), Is.EqualTo(1));

    [Test]
    public void Parts_of_ones_own_and_asynchronous_environments_have_one_shard()
    {
        Assert.That(Count(16_384, 64, [64, 64], options => options with { Network = _ => throw new InvalidOperationException() }), Is.EqualTo(1));
        Assert.That(Count(16_384, 64, [64, 64], options => options with { Distribution = arguments => ActionDistribution.For(arguments.Actions, 0, true) }), Is.EqualTo(1));
        Assert.That(Count(16_384, 64, [64, 64], options => options with { Baseline = _ => throw new InvalidOperationException() }), Is.EqualTo(1));
        Assert.That(Count(16_384, 64, [64, 64], options => options with { Device = "cuda:0" }), Is.EqualTo(1));
        Assert.That(Count(16_384, 64, [64, 64], sizes: sizes => sizes with { HasAsynchronousEnvironments = true }), Is.EqualTo(1));
    }

    [Test]
    public void A_number_that_was_asked_for_is_taken([Values(1, 3, 64)] int shards) =>
        Assert.That(Count(512, 64, [], options => options with { Shards = shards, Network = _ => throw new InvalidOperationException() }), Is.EqualTo(shards));

    [Test]
    public void The_number_does_not_depend_on_threads([Values(1, 7, null)] int? threads) => Assert.That(Count(16_384, 16, [64, 64], options => options with { Threads = threads }), Is.EqualTo(4));

    [Test]
    public void Networks_that_libtorch_computes_have_one_shard()
    {
        Assert.That(Count(16_384, 16, [64, 64], options => options with { Engine = TrainingEngine.TorchSharp }), Is.EqualTo(1));
        Assert.That(Count(16_384, 16, [64, 64], options => options with { Engine = TrainingEngine.Managed }), Is.EqualTo(4));
    }

    [Test]
    public void Networks_of_many_parameters_have_few_copies()
    {
        Assert.That(Count(262_144, 256, [512, 512]), Is.EqualTo(32), "266,000 parameters");
        Assert.That(Count(262_144, 256, [4_096, 4_096]), Is.EqualTo(1), "16.8 million parameters");
    }

    private static int Count(int steps, int environments, int[] layers, Func<TrpoOptions, TrpoOptions>? options = null, Func<TrainingSizes, TrainingSizes>? sizes = null)
    {
        var settings = new TrpoOptions { TotalSteps = Math.Max(100_000, 10 * steps), StepsPerIteration = steps, FinalStepsPerIteration = steps, HiddenLayers = layers };
        if (steps == 512)
            settings = settings with { FinalStepsPerIteration = null };
        settings = options?.Invoke(settings) ?? settings;
        var of = TrainingSizes.OfPerceptron(settings, environments, 4, 1, 2, 2);
        return ShardCount.Of(settings, sizes?.Invoke(of) ?? of, IterationSchedule.Of(settings, environments));
    }
}
