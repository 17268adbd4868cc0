using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Workers;
using Trpo.Tests.Support;

namespace Trpo.Tests.Workers;

/// <summary>Tests that a training on workers begins with the initial policy.</summary>
public sealed class WorkerWarmStartTests
{
    [Test]
    public void An_initial_policy_on_workers_gives_the_bits_of_one_process()
    {
        var options = new TrpoOptions { TotalSteps = 1_200, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [8], NormalizeObservations = true, Seed = 1 };
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new HeatedRoom(0.05), count: 4);
        using var before = ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
        var warm = InitialPolicy.FromModel(before).Adapt(options) with { Shards = 2 };
        var here = ClusterRun.Train(warm, () => new HeatedRoom(0.09), count: 4);
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment("heated room", () => new HeatedRoom(0.09)));
        var there = ClusterRun.Train(warm with { Workers = new() { Transport = transport } }, () => new HeatedRoom(0.09), count: 4);

        Assert.That(there.Digest, Is.EqualTo(here.Digest));
        Assert.That(here.Digest, Is.Not.EqualTo(ClusterRun.Train(options with { Shards = 2 }, () => new HeatedRoom(0.09), count: 4).Digest));
    }
}
