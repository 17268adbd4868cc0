using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using Trpo.Orleans.Hosting;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans;

/// <summary>Registration of workers with the silos of an Orleans cluster.</summary>
public static class SiloBuilderExtensions
{
    /// <summary>
    /// Lets the silo run the shards of trainings.
    /// <code>
    /// silo.AddTrpoWorkers(workers => workers.AddEnvironment("reactor", () => new Reactor()));
    /// </code>
    /// Every silo that clients connect to needs this method or <see cref="UseTrpoWorkers"/>.
    /// </summary>
    /// <remarks>
    /// Every client and every silo of the cluster is trusted: it can begin blocks of shards here with the registered parts, and can read, change and end the blocks of other trainings. Orleans
    /// authenticates nobody by itself, so that the ports of the silos must be reachable for trusted processes only.
    /// </remarks>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Registers the environments, and changes the settings.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentException">A setting is out of its range, or no environment is registered.</exception>
    /// <exception cref="InvalidOperationException">The silo has workers already.</exception>
    public static ISiloBuilder AddTrpoWorkers(this ISiloBuilder builder, Action<TrpoWorkerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        if (builder.Services.Any(service => service.ServiceType == typeof(TrpoWorkerOptions)))
            throw new InvalidOperationException($"The silo has workers already: register all environments in one call of {nameof(AddTrpoWorkers)}.");
        var options = new TrpoWorkerOptions();
        configure(options);
        options.Validate();
        builder.Services.AddSingleton(options);
        builder.Services.TryAddSingleton<IBlockWorkerFactory>(_ => new ShardWorkerFactory(options.Registry));
        return builder.UseTrpoWorkers(options.MaxMessageBytes);
    }

    /// <summary>
    /// Lets the silo pass calls on to the workers of other silos, and run none itself. For the silos of a cluster that clients connect to, or that train themselves, without
    /// <see cref="AddTrpoWorkers"/>.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="maxMessageBytes">The length of the longest message in bytes, at least 1 MiB; 1 GiB by default.</param>
    /// <returns>The silo.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxMessageBytes"/> is below 1 MiB.</exception>
    public static ISiloBuilder UseTrpoWorkers(this ISiloBuilder builder, int maxMessageBytes = MessageSize.Default)
    {
        ArgumentNullException.ThrowIfNull(builder);
        MessageSize.Check(maxMessageBytes, nameof(maxMessageBytes));
        builder.Services.Configure<SiloMessagingOptions>(messaging => messaging.MaxMessageBodySize = Math.Max(messaging.MaxMessageBodySize, maxMessageBytes));
        if (builder.Services.Any(service => service.ServiceType == typeof(SiloWorkers)))
            return builder;
        builder.Services.TryAddSingleton(new WorkerClock(TimeProvider.System));
        builder.Services.AddSingleton(provider => CreateWorkers(provider));
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloWorkers>());
        builder.AddPlacementDirector<WorkerPlacement, WorkerPlacementDirector>();
        return builder.AddGrainDirectory(WorkerGrainDirectory.Name, (_, _) => new WorkerGrainDirectory());
    }

    private static SiloWorkers CreateWorkers(IServiceProvider provider)
    {
        var options = provider.GetService<TrpoWorkerOptions>();
        return ActivatorUtilities.CreateInstance<SiloWorkers>(provider, new WorkerSettings(options?.Capacity ?? 0, options?.IdleTimeout ?? TimeSpan.Zero));
    }
}
