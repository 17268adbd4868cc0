using System.Globalization;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using StackExchange.Redis;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Examples.Inventory;
using Trpo.Orleans;
using Trpo.Tests.Workers;
using Trpo.WorkerSilo;

// Trpo.WorkerSilo <cluster> <port of the primary silo, or configuration of Redis> <port> <port for clients, or 0>: a silo with workers, until its input ends. Prints a line when it has started.
// The environment variable TRPO_KILL names the moment at which the process kills itself (see KillPoint).
var ports = args[2..].Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
var killPoint = KillPoint.Parse(Environment.GetEnvironmentVariable("TRPO_KILL"));
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.UseOrleans(silo =>
{
    if (int.TryParse(args[1], CultureInfo.InvariantCulture, out var primary))
        silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, primary));
    else
        silo.UseRedisClustering(redis => redis.ConfigurationOptions = ConfigurationOptions.Parse(args[1]));
    silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (args[0], args[0]))
        .ConfigureEndpoints(IPAddress.Loopback, ports[0], ports[1])
        .AddIncomingGrainCallFilter(killPoint)
        .AddTrpoWorkers(workers =>
        {
            workers.AddEnvironment("CartPole", () => new WatchedCartPole(killPoint.NoteStep));
            workers.AddEnvironment("Inventory", () => new TimeLimit(new InventoryEnvironment(), InventoryEnvironment.Days));
            workers.AddNetwork("stateful", arguments => new StatefulNetwork(arguments));
            workers.AddDistribution("wrapped", arguments => new WrappedDistribution(ActionDistribution.For(arguments.Actions, 0, false)));
            workers.Capacity = 2;
        });
});
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");
await Console.In.ReadToEndAsync();
await host.StopAsync();
