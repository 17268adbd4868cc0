using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Orleans.Hosting;
using Trpo.Orleans.Tests.Support;
using Trpo.Tests.Workers;

namespace Trpo.Orleans.Tests;

/// <summary>The settings of workers, and what is refused.</summary>
public sealed class TrpoWorkerOptionsTests
{
    [Test]
    public void A_capacity_below_one_is_refused() => AssertRefused(
        workers => workers.AddEnvironment("CartPole", () => new CartPole()).Capacity = 0,
        "Capacity must be from 1 to 65536. A silo that only passes calls on has UseTrpoWorkers");

    [Test]
    public void A_short_idle_timeout_is_refused() => AssertRefused(
        workers => workers.AddEnvironment("CartPole", () => new CartPole()).IdleTimeout = TimeSpan.FromSeconds(29),
        "IdleTimeout must be from 00:00:30 to 24.00:00:00.");

    [Test]
    public void A_silo_without_environments_is_refused() => AssertRefused(_ => { }, "AddEnvironment(\"name\", () => new ...)");

    [Test]
    public async Task A_silo_with_wrong_settings_does_not_start()
    {
        var ports = GatewaySilo.FreePorts(2);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(ports[0], ports[1]).AddTrpoWorkers(workers => workers.AddEnvironment("CartPole", () => new CartPole()).Capacity = -1));
        using var host = builder.Build();

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    [Test]
    public void Registrations_and_settings_of_several_places_add_up()
    {
        var silo = Add(workers => workers.AddEnvironment("CartPole", () => new CartPole()).Capacity = 1);
        silo.AddTrpoWorkers(workers => workers.AddEnvironment("Pendulum", () => new Pendulum()));
        silo.Services.Configure<TrpoWorkerOptions>(workers => workers.Capacity = 7);

        using var services = silo.Services.AddLogging().BuildServiceProvider();

        Assert.That(services.GetRequiredService<IOptions<TrpoWorkerOptions>>().Value.Registry.Environments, Is.EqualTo(new[] { "CartPole", "Pendulum" }));
        Assert.That(services.GetRequiredService<SiloWorkers>().Capacity, Is.EqualTo(7));
    }

    [Test]
    public async Task Environments_are_created_with_the_services_of_the_silo()
    {
        var creations = new Creations();
        await using var cluster = await Cluster.StartComputingAsync(
            workers => workers.AddEnvironment("CartPole", services =>
            {
                Assert.That(services.GetRequiredService<ILocalSiloDetails>().SiloAddress, Is.Not.Null);
                Interlocked.Increment(ref creations.Count);
                return new CartPole();
            }),
            2);
        var options = new TrpoOptions { TotalSteps = 600, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [8], Seed = 1 };

        var there = ClusterRun.Train(options with { Workers = cluster.PatientWorkers }, () => new CartPole(), count: 2);

        Assert.That(creations.Count, Is.GreaterThanOrEqualTo(2));
        Assert.That(there.Digest, Is.EqualTo(ClusterRun.Train(options, () => new CartPole(), count: 2).Digest));
        Assert.That(new TrpoWorkerOptions().AddEnvironment("CartPole", _ => new CartPole()).Registry.Environments, Is.EqualTo(new[] { "CartPole" }));
    }

    [Test]
    public void Limits_of_messages_are_raised_and_never_lowered()
    {
        var silo = new Builder();
        silo.Configure<SiloMessagingOptions>(messaging => messaging.MaxMessageBodySize = 1 << 28);
        silo.AddTrpoWorkers(workers => workers.AddEnvironment("CartPole", () => new CartPole()).MaxMessageBytes = 1 << 20);

        Assert.That(MaxBytes(silo), Is.EqualTo(1 << 28));
        Assert.That(MaxBytes(Add(workers => workers.AddEnvironment("CartPole", () => new CartPole()))), Is.EqualTo(1 << 30));
        Assert.That(() => new Builder().UseTrpoWorkers(1_000), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task Limits_of_a_client_are_raised()
    {
        await using var cluster = await Cluster.StartAsync(1);

        Assert.That(cluster.ClientServices.GetRequiredService<IOptions<ClientMessagingOptions>>().Value.MaxMessageBodySize, Is.EqualTo(1 << 30));
    }

    private static void AssertRefused(Action<TrpoWorkerOptions> configure, string message)
    {
        using var services = Add(configure).Services.BuildServiceProvider();
        Assert.That(() => services.GetRequiredService<IOptions<TrpoWorkerOptions>>().Value, Throws.InstanceOf<OptionsValidationException>().With.Message.Contains(message));
    }

    private static ISiloBuilder Add(Action<TrpoWorkerOptions> configure) => new Builder().AddTrpoWorkers(configure);

    private static int MaxBytes(ISiloBuilder silo) => silo.Services.BuildServiceProvider().GetRequiredService<IOptions<SiloMessagingOptions>>().Value.MaxMessageBodySize;

    private sealed class Creations
    {
        public int Count;
    }

    private sealed class Builder : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
