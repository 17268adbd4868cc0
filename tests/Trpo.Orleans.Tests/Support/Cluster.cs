using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Hosting;

namespace Trpo.Orleans.Tests.Support;

/// <summary>A cluster in this process, whose client reaches it as an external one does. Each silo has workers for the capacity that was asked for; 0 means none.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly InProcessTestCluster _cluster;

    // Silos are configured side by side.
    private readonly ConcurrentDictionary<string, FakeWorkers> _fakes = [];
    private readonly List<int> _capacities;

    private Cluster(int[] capacities, Action<TrpoWorkerOptions>? register)
    {
        _capacities = [.. capacities];
        var builder = new InProcessTestClusterBuilder((short)capacities.Length);
        builder.Options.AssumeHomogenousSilosForTesting = false;
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSilo((options, silo) =>
        {
            silo.Services.AddLogging(logging => logging.AddProvider(Log));
            var capacity = _capacities[int.Parse(options.SiloName.Split('_')[1], System.Globalization.CultureInfo.InvariantCulture)];
            if (capacity == 0)
            {
                silo.UseTrpoWorkers();
                return;
            }

            if (register is null)
            {
                silo.Services.AddSingleton<IBlockWorkerFactory>(_fakes[options.SiloName] = new FakeWorkers());
                silo.Services.AddSingleton(new WorkerClock(Clock));
            }

            silo.AddTrpoWorkers(workers =>
            {
                (register ?? (fakes => fakes.AddEnvironment("CartPole", () => new CartPole())))(workers);
                workers.Capacity = capacity;
            });
        });
        builder.ConfigureClient(client => client.UseTrpoWorkers());
        _cluster = builder.Build();
    }

    public WatchedClock Clock { get; } = new();

    public RecordedLog Log { get; } = new();

    public TrainingWorkers Workers => _cluster.Client.TrpoWorkers();

    /// <summary>Returns workers whose load is looked at after another interval than ten seconds.</summary>
    public TrainingWorkers WorkersThatLook(TimeSpan interval) => new() { Transport = new OrleansTransport(_cluster.Client, TimeProvider.System, interval, Patience) };

    /// <summary>Workers of which none is left out because its silo is slow to answer, for tests of which silos blocks are on.</summary>
    public TrainingWorkers PatientWorkers => WorkersThatLook(TimeSpan.FromSeconds(10));

    public IServiceProvider ClientServices => _cluster.Client.ServiceProvider;

    public IGrainFactory Grains => _cluster.Client;

    public IClusterClient Client => _cluster.Client;

    /// <summary>The silos in the order in which they started.</summary>
    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    /// <summary>Starts a cluster whose workers are fakes.</summary>
    public static Task<Cluster> StartAsync(params int[] capacities) => StartAsync(new Cluster(capacities, register: null));

    /// <summary>Starts a cluster whose workers compute.</summary>
    /// <param name="environment">The factory of the environment, which trainings know as CartPole.</param>
    /// <param name="capacities">The capacities of the silos.</param>
    public static Task<Cluster> StartComputingAsync(Func<IEnvironment> environment, params int[] capacities) => StartComputingAsync(workers => workers.AddEnvironment("CartPole", environment), capacities);

    /// <summary>Starts a cluster whose workers compute with registered parts.</summary>
    public static Task<Cluster> StartComputingAsync(Action<TrpoWorkerOptions> register, params int[] capacities) => StartAsync(new Cluster(capacities, register));

    /// <summary>Returns the workers that a silo has created.</summary>
    public IReadOnlyList<FakeWorker> FakesOf(int silo) => _fakes[$"Silo_{silo}"].All;

    /// <summary>Returns the silo that was the first to have a worker, of a cluster with one block.</summary>
    public int HostOfFirst()
    {
        int Find() => Enumerable.Range(0, _fakes.Count).FirstOrDefault(silo => FakesOf(silo).Count > 0, -1);
        Assert.That(Find, Is.Not.Negative.After(60_000, 50));
        return Find();
    }

    /// <summary>Returns the blocks of a silo.</summary>
    public IReadOnlyList<HostedBlock> BlocksOf(int silo) => Silos[silo].ServiceProvider.GetRequiredService<SiloWorkers>().Blocks;

    /// <summary>Returns a method that tells whether a silo stops, also once it has.</summary>
    public Func<bool> StopOf(int silo)
    {
        var workers = Silos[silo].ServiceProvider.GetRequiredService<SiloWorkers>();
        return () => workers.IsStopping;
    }

    /// <summary>Starts another silo.</summary>
    public async Task<InProcessSiloHandle> AddAsync(int capacity)
    {
        _capacities.Add(capacity);
        var silo = await _cluster.StartAdditionalSiloAsync();
        await _cluster.WaitForLivenessToStabilizeAsync();
        WaitForAll();
        return silo;
    }

    /// <summary>Stops a silo as a deployment does.</summary>
    public Task StopAsync(int silo) => _cluster.StopSiloAsync(Silos[silo]);

    /// <summary>Stops a silo without letting it finish anything.</summary>
    public Task KillAsync(int silo) => _cluster.KillSiloAsync(Silos[silo]);

    /// <summary>Ends the client, which says nothing to the silos.</summary>
    public Task KillClientAsync() => _cluster.KillClientAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static async Task<Cluster> StartAsync(Cluster cluster)
    {
        await cluster._cluster.DeployAsync();
        cluster.WaitForAll();
        return cluster;
    }

    // Silos hear of each other a little after they have started.
    private void WaitForAll()
    {
        var survey = new SiloSurvey(Grains, ClientServices.GetRequiredService<IClusterManifestProvider>(), TimeProvider.System, Patience);
        Assert.That(() => survey.AskAsync().GetAwaiter().GetResult().Count, Is.EqualTo(Silos.Count).After(60_000, 50));
    }
}
