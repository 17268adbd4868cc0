using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Trpo.Estimators.Environments;
using Trpo.Orleans;

namespace Trpo.Examples.Cluster;

/// <summary>A process that runs shards of trainings.</summary>
internal static class SiloProgram
{
    /// <summary>The line that tells a parent that the silo has joined.</summary>
    public const string Joined = "joined";

    /// <summary>Runs a silo until the token is cancelled, or the input of an attached silo ends.</summary>
    public static async Task RunAsync(SiloSettings settings, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.AddFilter("Orleans", LogLevel.Error).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None).AddFilter("Polly", LogLevel.Warning).AddFilter("Trpo", settings.IsAttached ? LogLevel.Warning : LogLevel.Information);
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://{(settings.HealthPort is null ? "127.0.0.1" : "*")}:{settings.HealthPort ?? 0}"));
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
        });
        await using var application = builder.Build();
        application.MapHealthChecks("/health");
        await application.StartAsync(cancellation);
        Console.WriteLine(Joined);
        if (settings.IsAttached)
            await Task.WhenAny(Console.In.ReadToEndAsync(cancellation), application.WaitForShutdownAsync(cancellation));
        else
            await application.WaitForShutdownAsync(cancellation);
        await application.StopAsync(CancellationToken.None);
    }
}
