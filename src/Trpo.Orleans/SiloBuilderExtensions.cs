using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
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
    /// <param name="configure">
    /// Registers the environments, and changes the settings. Further calls, and <c>services.Configure&lt;TrpoWorkerOptions&gt;(...)</c>, add to them. A silo whose settings are out of their ranges, or
    /// that has no environment, does not start (<see cref="OptionsValidationException"/>).
    /// </param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddTrpoWorkers(this ISiloBuilder builder, Action<TrpoWorkerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.AddOptions<TrpoWorkerOptions>().Configure<IServiceProvider>((options, provider) => options.Services = provider).Configure(configure);
        if (services.Any(service => service.ServiceType == typeof(IValidateOptions<TrpoWorkerOptions>)))
            return builder;
        services.AddSingleton<IValidateOptions<TrpoWorkerOptions>>(new WorkerOptionsValidation<TrpoWorkerOptions>(options => options.Validate()));
        services.TryAddSingleton<IBlockWorkerFactory>(provider => new ShardWorkerFactory(OptionsOf(provider).Registry));
        services.AddOptions<SiloMessagingOptions>().Configure<IServiceProvider>((messaging, provider) => Raise(messaging, OptionsOf(provider).MaxMessageBytes));
        return builder.AddGrains();
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
        builder.Services.Configure<SiloMessagingOptions>(messaging => Raise(messaging, maxMessageBytes));
        return builder.AddGrains();
    }

    private static ISiloBuilder AddGrains(this ISiloBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(SiloWorkers)))
            return builder;
        builder.Services.TryAddSingleton(new WorkerClock(TimeProvider.System));
        builder.Services.AddSingleton(provider => CreateWorkers(provider));
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SiloWorkers>());
        builder.AddPlacementDirector<WorkerPlacement, WorkerPlacementDirector>();
        return builder.AddGrainDirectory(WorkerGrainDirectory.Name, (_, _) => new WorkerGrainDirectory());
    }

    // Without a factory, the silo has no workers and no settings of any.
    private static SiloWorkers CreateWorkers(IServiceProvider provider)
    {
        var settings = provider.GetService<IBlockWorkerFactory>() is null ? new WorkerSettings(0, TimeSpan.Zero) : new WorkerSettings(OptionsOf(provider).Capacity, OptionsOf(provider).IdleTimeout);
        return ActivatorUtilities.CreateInstance<SiloWorkers>(provider, settings);
    }

    private static void Raise(SiloMessagingOptions messaging, int maxMessageBytes) => messaging.MaxMessageBodySize = Math.Max(messaging.MaxMessageBodySize, maxMessageBytes);

    private static TrpoWorkerOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<TrpoWorkerOptions>>().Value;
}
