using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Trpo.Orleans;

namespace Trpo.ClusterSpeed;

/// <summary>Silos of a cluster on this machine: one without workers in the process that trains, and one with a worker in each other process.</summary>
internal static class LocalSilo
{
    /// <summary>The first of the ports that the silos take, two each.</summary>
    public const int FirstPort = 23_110;

    /// <summary>Starts a silo in this process.</summary>
    /// <param name="index">0 for the one without workers, which the others join.</param>
    /// <param name="microseconds">The time of a step of the environment.</param>
    public static async Task<IHost> StartAsync(int index, int microseconds)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, FirstPort))
                .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("benchmarks", "benchmarks"))
                .ConfigureEndpoints(IPAddress.Loopback, FirstPort + (2 * index), FirstPort + (2 * index) + 1);
            if (index == 0)
            {
                silo.UseTrpoWorkers();
                return;
            }

            silo.AddTrpoWorkers(workers =>
            {
                workers.AddEnvironment(nameof(BusyCartPole), () => new BusyCartPole(microseconds));
                workers.Capacity = 1;
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Runs a silo until the input ends, which it does with the process that started this one.</summary>
    public static async Task<int> RunAsync(int index, int microseconds)
    {
        using var host = await StartAsync(index, microseconds);
        Console.WriteLine("started");
        Console.In.ReadToEnd();
        return 0;
    }

    /// <summary>Starts a silo in a process of its own.</summary>
    public static Process StartProcess(int index, int microseconds)
    {
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(LocalSilo).Assembly.Location] : [];
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. program, "silo", index.ToString(CultureInfo.InvariantCulture), microseconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        if (process.StandardOutput.ReadLine() != "started")
            throw new InvalidOperationException($"Silo {index} ended before it had started: look whether a program listens to port {FirstPort + (2 * index)} or the next one.");
        return process;
    }

    /// <summary>Returns the cluster of a silo, once it has a number of silos with workers.</summary>
    public static async Task<IClusterClient> ClusterOfAsync(IHost host, int workers)
    {
        var client = host.Services.GetRequiredService<IClusterClient>();
        while ((await client.GetTrpoWorkersAsync()).Count(silo => silo.Capacity > 0) < workers)
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        return client;
    }
}
