using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Orleans.Tests.Support;

namespace Trpo.Orleans.Tests;

/// <summary>The settings of workers, and what is refused.</summary>
public sealed class TrpoWorkerOptionsTests
{
    [Test]
    public void A_capacity_below_one_is_refused() => Assert.That(
        () => Add(workers => workers.AddEnvironment("CartPole", () => new CartPole()).Capacity = 0),
        Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith("Capacity must be from 1 to 65536. A silo that only passes calls on has UseTrpoWorkers"));

    [Test]
    public void A_short_idle_timeout_is_refused() => Assert.That(
        () => Add(workers => workers.AddEnvironment("CartPole", () => new CartPole()).IdleTimeout = TimeSpan.FromSeconds(29)),
        Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith("IdleTimeout must be from 00:00:30 to 24.00:00:00."));

    [Test]
    public void A_silo_without_environments_is_refused() => Assert.That(() => Add(_ => { }), Throws.ArgumentException.With.Message.Contains("AddEnvironment(\"name\", () => new ...)"));

    [Test]
    public void A_second_registration_is_refused()
    {
        var silo = Add(workers => workers.AddEnvironment("CartPole", () => new CartPole()));

        Assert.That(() => silo.AddTrpoWorkers(workers => workers.AddEnvironment("Pendulum", () => new Pendulum())), Throws.InvalidOperationException.With.Message.Contains("in one call of AddTrpoWorkers"));
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

    private static ISiloBuilder Add(Action<TrpoWorkerOptions> configure) => new Builder().AddTrpoWorkers(configure);

    private static int MaxBytes(ISiloBuilder silo) => silo.Services.BuildServiceProvider().GetRequiredService<IOptions<SiloMessagingOptions>>().Value.MaxMessageBodySize;

    private sealed class Builder : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection();

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
