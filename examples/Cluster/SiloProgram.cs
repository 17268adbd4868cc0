using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Dashboard;
using Trpo.Estimators.Environments;
using Trpo.Orleans;

namespace Trpo.Examples.Cluster;

/// <summary>A process that runs shards of trainings.</summary>
internal static class SiloProgram
{
    /// <summary>The line that tells a parent that the silo has joined.</summary>
    public const string Joined = "joined";

    private const string HealthPath = "/health";

    // An environment in a long step must end within the time that a deployment gives the process.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Runs a silo until the token is cancelled, or the input of an attached silo ends.</summary>
    public static async Task RunAsync(SiloSettings settings, CancellationToken cancellation)
    {
        Ports.RequireFree(settings.Address, settings.Port, "--port");
        Ports.RequireFree(settings.Address, settings.GatewayPort, "--gateway");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddFilter("Orleans", LogLevel.Error).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None).AddFilter("Polly", LogLevel.Warning).AddFilter("Trpo", settings.IsAttached ? LogLevel.Warning : LogLevel.Information);
        builder.WebHost.UseUrls([.. UrlsOf(settings)]);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTimeout);
        if (settings.IsAttached)
            builder.Services.AddSingleton<IHostLifetime, AttachedLifetime>();
        builder.Services.AddHealthChecks().AddCheck<TrpoWorkerHealthCheck>(WorkerDisplay.CheckName);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<WorkerDisplay>(services, string.Create(CultureInfo.InvariantCulture, $"{settings.Address}:{settings.Port}")));
        builder.UseOrleans(silo =>
        {
            settings.Membership.Configure(silo, settings.PrimaryPort);
            silo.Configure<ClusterMembershipOptions>(options => options.MaxJoinAttemptTime = settings.Patience);
            silo.ConfigureEndpoints(settings.Address, settings.Port, settings.GatewayPort, listenOnAnyHostAddress: settings.Membership.Redis is not null);
            silo.AddTrpoWorkers(workers =>
            {
                workers.AddEnvironment("Reactor", () => new TimeLimit(new Reactor(settings.StepTime), Reactor.EpisodeSteps));
                if (settings.Capacity is { } capacity)
                    workers.Capacity = capacity;
            });
            if (settings.DashboardPort is not null)
                silo.AddDashboard();
        });
        await using var application = builder.Build();
        application.MapHealthChecks(HealthPath);
        if (settings.DashboardPort is not null)
        {
            // The dashboard asks for no password: the port of the health probe, which others reach, has none of it.
            application.Use((context, next) => context.Connection.LocalPort == settings.DashboardPort || context.Request.Path == HealthPath ? next(context) : Results.NotFound().ExecuteAsync(context));
            application.MapOrleansDashboard();
        }

        await application.StartAsync(cancellation);
        Console.WriteLine(Joined);
        await application.WaitForShutdownAsync(cancellation);
        await application.StopAsync(CancellationToken.None);
    }

    private static IEnumerable<string> UrlsOf(SiloSettings settings)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"http://{(settings.HealthPort is null ? "127.0.0.1" : "*")}:{settings.HealthPort ?? 0}");
        if (settings.DashboardPort is { } port)
            yield return string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
    }
}
