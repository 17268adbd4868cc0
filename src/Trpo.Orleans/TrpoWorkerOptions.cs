using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Pipelines;
using Trpo.Estimators.Workers;

namespace Trpo.Orleans;

/// <summary>Settings of the workers of a silo: the parts that trainings may use there, and the number of shards that the silo takes.</summary>
public sealed class TrpoWorkerOptions
{
    private const int MaxCapacity = 65_536;

    // Clients ask for a long answer every few seconds, and waits of the operating system are counted in 32 bits of milliseconds.
    private static readonly TimeSpan MinIdleTimeout = TimeSpan.FromSeconds(30), MaxIdleTimeout = TimeSpan.FromDays(24);

    /// <summary>Gets the parts that trainings may use, by name.</summary>
    public WorkerRegistry Registry { get; } = new();

    /// <summary>Gets or sets the services of the silo; null outside of one.</summary>
    internal IServiceProvider? Services { get; set; }

    /// <summary>Gets the transforms that the workers load.</summary>
    public PipelineRegistry Pipelines => Registry.Pipelines;

    /// <summary>
    /// Gets or sets the number of shards that the silo takes before others get more than their part: from 1 to 65,536; by default the number of processors. A cluster without room takes
    /// further shards all the same, which then share the processors. A silo refuses blocks beyond 16 for each shard of its capacity.
    /// </summary>
    public int Capacity { get; set; } = Math.Min(Environment.ProcessorCount, MaxCapacity);

    /// <summary>Gets or sets the time without a sign of life of its training after which a worker is ended and its environments are disposed: from 30 seconds to 24 days; 5 minutes by default.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets or sets the length of the longest message in bytes: from 1 MiB; 1 GiB by default. The limit of the silo's messages (100 MB in Orleans) is raised to it. Clients have a limit of
    /// their own (<see cref="ClientBuilderExtensions.UseTrpoWorkers"/>).
    /// </summary>
    public int MaxMessageBytes { get; set; } = MessageSize.Default;

    /// <inheritdoc cref="WorkerRegistry.AddEnvironment(string, Func{IEnvironment})"/>
    /// <returns>These options.</returns>
    public TrpoWorkerOptions AddEnvironment(string name, Func<IEnvironment> factory)
    {
        Registry.AddEnvironment(name, factory);
        return this;
    }

    /// <summary>Registers an environment that is created with the services of the silo.</summary>
    /// <param name="name">The name that trainings use: that of the environment, unless their <see cref="TrainingWorkers.Environment"/> is another.</param>
    /// <param name="factory">Creates a new environment from the services of the silo; called once per environment and once for the spaces, on any thread. Nobody disposes scopes that it creates.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">The name is empty or registered already.</exception>
    public TrpoWorkerOptions AddEnvironment(string name, Func<IServiceProvider, IEnvironment> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return AddEnvironment(name, () => factory(Services ?? throw new InvalidOperationException($"The environment '{name}' needs the services of a silo: register it in {nameof(SiloBuilderExtensions.AddTrpoWorkers)}.")));
    }

    /// <inheritdoc cref="WorkerRegistry.AddDistribution(string, Func{DistributionArguments, IActionDistribution})"/>
    /// <returns>These options.</returns>
    public TrpoWorkerOptions AddDistribution(string name, Func<DistributionArguments, IActionDistribution> factory)
    {
        Registry.AddDistribution(name, factory);
        return this;
    }

    /// <inheritdoc cref="WorkerRegistry.AddNetwork(string, Func{NetworkArguments, ExportableModule})"/>
    /// <returns>These options.</returns>
    public TrpoWorkerOptions AddNetwork(string name, Func<NetworkArguments, ExportableModule> factory)
    {
        Registry.AddNetwork(name, factory);
        return this;
    }

    /// <summary>Throws if a setting is out of its range, or no environment is registered.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names it.</exception>
    /// <exception cref="ArgumentException">No environment is registered.</exception>
    public void Validate()
    {
        if (Capacity is < 1 or > MaxCapacity)
            throw new ArgumentOutOfRangeException(nameof(Capacity), Capacity, $"{nameof(Capacity)} must be from 1 to {MaxCapacity}. A silo that only passes calls on has {nameof(SiloBuilderExtensions.UseTrpoWorkers)} instead of {nameof(SiloBuilderExtensions.AddTrpoWorkers)}.");
        if (IdleTimeout < MinIdleTimeout || IdleTimeout > MaxIdleTimeout)
            throw new ArgumentOutOfRangeException(nameof(IdleTimeout), IdleTimeout, FormattableString.Invariant($"{nameof(IdleTimeout)} must be from {MinIdleTimeout} to {MaxIdleTimeout}."));
        MessageSize.Check(MaxMessageBytes, nameof(MaxMessageBytes));
        if (Registry.Environments.Count == 0)
            throw new ArgumentException($"No environment is registered, so that no training could use the workers: call {nameof(AddEnvironment)}(\"name\", () => new ...).");
    }
}
