using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>The episodes of several shards, whose environments have returns of their own.</summary>
public sealed class ShardedEpisodesTests
{
    private const int Environments = 6;

    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [], StaggerStarts = false, Seed = 1 };

    [Test]
    public void Episodes_of_several_shards_are_reported_in_the_order_of_one([Values(2, 3, 6)] int shards)
    {
        var (one, several) = (Train(Small with { Shards = 1 }), Train(Small with { Shards = shards }));

        Assert.That(one.SelectMany(iteration => iteration.Returns).Distinct().Count(), Is.EqualTo(Environments), "the test is about something");
        Assert.That(several.Select(iteration => iteration.Returns), Is.EqualTo(one.Select(iteration => iteration.Returns)));
        Assert.That(several.Select(iteration => iteration.MeanReturnOfLast100), Is.EqualTo(one.Select(iteration => iteration.MeanReturnOfLast100)));
    }

    [Test]
    public void TargetReturn_is_not_that_of_the_last_shard_alone()
    {
        // The environments of the last shard return 20 and 25. All together have 12.5 on average, and more episodes of those that return less.
        var iterations = Train(Small with { Shards = 3, TotalSteps = 6_000, StepsPerIteration = 3_000, FinalStepsPerIteration = 3_000, TargetReturn = 15 });

        Assert.That(iterations, Has.Count.EqualTo(2), "it does not end before its last step");
        Assert.That(iterations[^1].MeanReturnOfLast100, Is.LessThan(12.5));
    }

    // Each environment has a return and a length of its own, whatever it is sent.
    private static List<TrpoIteration> Train(TrpoOptions options)
    {
        var index = -1;
        var ml = new MLContext(1);
        var listener = new Listener();
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => Environment(index++), count: Environments, rows: 10);
        index = 0;
        ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener }).Fit(view).Dispose();
        return listener.Iterations;

        static CountingEnvironment Environment(int index) => new(length: 3 + index, reward: step => step == 1 ? 5 * index : 0);
    }
}
