using System.Globalization;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Orleans;

// Trpo.WorkerSilo <cluster> <port of the primary silo> <port> <port for clients>: a silo with workers, until its input ends. Prints a line when it has started.
var ports = args[1..].Select(port => int.Parse(port, CultureInfo.InvariantCulture)).ToArray();
var builder = Host.CreateApplicationBuilder();
builder.Logging.ClearProviders();
builder.UseOrleans(silo => silo
    .UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, ports[0]))
    .Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (args[0], args[0]))
    .ConfigureEndpoints(IPAddress.Loopback, ports[1], ports[2])
    .AddTrpoWorkers(workers =>
    {
        workers.AddEnvironment("CartPole", () => new CartPole());
        workers.Capacity = 2;
    }));
using var host = builder.Build();
await host.StartAsync();
Console.WriteLine("started");
await Console.In.ReadToEndAsync();
await host.StopAsync();
