using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;
using Trpo.Examples.Cluster;
using Trpo.Examples.Inventory;
using Trpo.Orleans.Tests.Support;
using Trpo.Tests.Workers;

namespace Trpo.Orleans.Tests;

/// <summary>One hash of the policy and of all numbers of a training on any number of threads, on silos in one process, and on silos in processes of their own.</summary>
public sealed class SameBitsTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [8], Seed = 1, Shards = 4 };

    private Cluster _inProcess = null!;
    private SiloProcess _first = null!;
    private SiloProcess _second = null!;
    private Member _client = null!;

    [OneTimeSetUp]
    public async Task StartClusters()
    {
        var ports = GatewaySilo.FreePorts(4);
        _first = await SiloProcess.StartAsync("same-bits", ports[0], ports[0], ports[1]);
        _second = await SiloProcess.StartAsync("same-bits", ports[0], ports[2], ports[3]);
        _client = await Member.ClientOf(new Membership("same-bits"), ports[1], ports[3]).StartAsync();
        _inProcess = await Cluster.StartComputingAsync(
            workers => workers.AddEnvironment("CartPole", () => new CartPole()).AddEnvironment("Inventory", Shop).AddDistribution("wrapped", Wrapped).AddNetwork("stateful", arguments => new StatefulNetwork(arguments)),
            2,
            2);
        Assert.That(_client.CountSilos, Is.EqualTo(2).After(60_000, 50));
    }

    [OneTimeTearDown]
    public async Task StopClusters()
    {
        await _client.DisposeAsync();
        _first.Dispose();
        _second.Dispose();
        await _inProcess.DisposeAsync();
    }

    [Test]
    public void CartPole() => AssertOneHash(Small, () => new CartPole());

    [Test]
    public void Typed_columns_behind_one_hot_encoding() => AssertOneHash(Small, Shop, pipeline: ml => ml.Transforms.Categorical.OneHotEncoding([new("Weekday"), new("Season")])
        .Append(ml.Transforms.Concatenate("Observation", "Weekday", "Season", "Stock", "Arriving", "Demand"))
        .Append(ml.Transforms.NormalizeMeanVariance("Observation")));

    [Test]
    public void A_distribution_that_is_registered_by_name() => AssertOneHash(Small with { Distribution = Wrapped }, () => new CartPole(), distribution: "wrapped");

    [Test]
    public void A_network_that_is_registered_by_name() => AssertOneHash(Small with { Network = arguments => new StatefulNetwork(arguments) }, () => new CartPole(), network: "stateful");

    private void AssertOneHash(TrpoOptions options, Func<IEnvironment> factory, string? distribution = null, string? network = null, Func<MLContext, IEstimator<ITransformer>>? pipeline = null)
    {
        var one = Train(options with { Threads = 1 });
        Assert.That(Train(options with { Threads = 2 }), Is.EqualTo(one), "2 threads");
        Assert.That(Train(options with { Threads = 4 }), Is.EqualTo(one), "4 threads");
        AssertOn("silos in one process", _inProcess.PatientWorkers, () => Enumerable.Range(0, 2).Count(silo => _inProcess.BlocksOf(silo).Count > 0));
        AssertOn("silos in processes of their own", _client.PatientWorkers, _client.CountUsedSilos);

        void AssertOn(string name, TrainingWorkers workers, Func<int> countUsedSilos)
        {
            var used = 0;
            Assert.That(Train(options with { Workers = workers with { Distribution = distribution, Network = network } }, iteration => used = iteration == 1 ? countUsedSilos() : used), Is.EqualTo(one), name);
            Assert.That(used, Is.EqualTo(2), $"{name}: each has a part");
        }

        string Train(TrpoOptions options, Action<int>? reached = null) => ClusterRun.Train(options, factory, count: 8, pipeline, reached: reached).Digest;
    }

    private static TimeLimit Shop() => new(new InventoryEnvironment(), InventoryEnvironment.Days);

    private static WrappedDistribution Wrapped(DistributionArguments arguments) => new(ActionDistribution.For(arguments.Actions, 0, false));
}
