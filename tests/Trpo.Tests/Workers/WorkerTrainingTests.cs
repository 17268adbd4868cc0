using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Workers;
using Trpo.Examples.Inventory;
using Trpo.Tests.Pipelines;

namespace Trpo.Tests.Workers;

/// <summary>Trainings whose shards run on workers: the same bits as in one process.</summary>
public sealed class WorkerTrainingTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [8], Seed = 1 };

    private static IEnumerable<TestCaseData> Settings()
    {
        yield return new TestCaseData(Small, () => new CartPole()).SetArgDisplayNames("CartPole");
        yield return new TestCaseData(Small with { NormalizeObservations = true, ReusedIterations = 2, EntropyBonus = 0.01 }, () => new Pendulum()).SetArgDisplayNames("Pendulum, normalized, reused, entropy bonus");
        yield return new TestCaseData(Small with { NormalizeAdvantages = false, FisherFraction = 1, ValueFunction = new() { Steps = 3, HiddenLayers = [5] } }, () => new Acrobot()).SetArgDisplayNames("Acrobot, other value function");
        yield return new TestCaseData(Small with { GatherFisherRows = true, ReusedIterations = 1, ValueFunction = new() { Steps = 3 } }, () => new CartPole()).SetArgDisplayNames("CartPole with gathered rows");
        yield return new TestCaseData(Small with { GatherFisherRows = true, FisherFraction = 1, NormalizeObservations = true }, () => new Pendulum()).SetArgDisplayNames("Pendulum with all rows gathered");
        yield return new TestCaseData(Small with { Engine = TrainingEngine.TorchSharp }, () => new CartPole()).SetArgDisplayNames("CartPole with TorchSharp");
    }

    [TestCaseSource(nameof(Settings))]
    public void Workers_give_the_bits_of_one_process(TrpoOptions options, Func<IEnvironment> factory)
    {
        foreach (var shards in (int[])[1, 2, 3, 5])
        {
            var here = ClusterRun.Train(options with { Shards = shards }, factory, count: 7).Digest;
            foreach (var perWorker in (int[])[1, 2, 4])
            {
                using var transport = new LocalTransport(Registry(factory));
                var there = ClusterRun.Train(options with { Shards = shards, Workers = new() { Transport = transport, ShardsPerWorker = perWorker } }, factory, count: 7);
                Assert.That(there.Digest, Is.EqualTo(here), $"{shards} shards, {perWorker} on each worker");
                Assert.That(transport.Connections, Has.Count.EqualTo((shards + perWorker - 1) / perWorker));
                Assert.That(transport.Connections.Select(connection => (connection.Workers, connection.IsClosed)), Is.All.EqualTo((1, true)));
            }
        }
    }

    [TestCaseSource(typeof(PipelineChains), nameof(PipelineChains.Names))]
    public void Transforms_that_travel_to_workers_give_the_bits_of_one_process(string chain)
    {
        var options = Small with { TotalSteps = 300, StepsPerIteration = 150, FinalStepsPerIteration = 150, Shards = 2, Columns = new() { Observation = "Features" } };
        Func<IEnvironment> factory = PipelineChains.OfCartPole.ContainsKey(chain) ? () => new CartPole() : () => new TimeLimit(new InventoryEnvironment(), InventoryEnvironment.Days);
        var here = ClusterRun.Train(options, factory, count: 4, Pipeline).Digest;
        using var transport = new LocalTransport(Registry(factory));

        Assert.That(ClusterRun.Train(options with { Workers = new() { Transport = transport } }, factory, count: 4, Pipeline).Digest, Is.EqualTo(here));

        IEstimator<ITransformer> Pipeline(MLContext ml) => (PipelineChains.OfCartPole.GetValueOrDefault(chain) ?? PipelineChains.OfInventory[chain])(ml);
    }

    [TestCaseSource(nameof(Settings))]
    public void Blocks_that_move_after_each_rollout_give_the_bits_of_one_process(TrpoOptions options, Func<IEnvironment> factory)
    {
        var here = ClusterRun.Train(options with { Shards = 3 }, factory, count: 7).Digest;
        using var transport = new LocalTransport(Registry(factory)) { ShouldMove = true };

        var there = ClusterRun.Train(options with { Shards = 3, Workers = new() { Transport = transport } }, factory, count: 7);

        Assert.That(there.Digest, Is.EqualTo(here));
        Assert.That(there.Messages, Has.None.Contains("was lost"), "A move that was asked for is no loss.");
        Assert.That(transport.Connections.Select(connection => connection.Workers), Is.All.EqualTo(6), "The reset of the environments and each of the four rollouts have left a worker.");
    }

    private static WorkerRegistry Registry(Func<IEnvironment> factory)
    {
        var registry = new WorkerRegistry().AddEnvironment(factory().Name, factory);
        registry.Pipelines.AddCustomMapping(new PoleEnergy()).AllowLoader("RffTransform").AllowLoader("RandGaussFourierExec");
        return registry;
    }
}
