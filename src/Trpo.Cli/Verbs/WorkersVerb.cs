using System.CommandLine;
using Trpo.Cli.Clusters;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo workers</c>.</summary>
internal static class WorkersVerb
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    private static readonly Option<(string Host, int Port)?> Gateway = new("--gateway")
    {
        Description = "The port for clients of any silo of the cluster, such as 127.0.0.1:30000.",
        HelpName = "host:port",
        Required = true,
        CustomParser = result =>
        {
            if (ClusterGateway.Parse(result.Tokens[0].Value) is { } gateway)
                return gateway;
            result.AddError($"--gateway must be a host and a port, such as 127.0.0.1:30000 or [::1]:30000, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    private static readonly Option<string> Cluster = Named("--cluster", "The ClusterId of the cluster.");
    private static readonly Option<string> Service = Named("--service", "The ServiceId of the cluster.");
    private static readonly Option<bool> Watch = new("--watch") { Description = "Look again every two seconds, until Ctrl-C." };
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON, for programs; with --watch one line for each look." };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("workers", "Lists the silos of an Orleans cluster that trainings run their shards on, and what runs there.")
        {
            Examples =
            [
                ("trpo workers --gateway 127.0.0.1:30000", "The silos with their capacities, and the blocks of shards of all trainings."),
                ("trpo workers --gateway silo.example.org:30000 --cluster prod --service robots --watch", "The same every two seconds."),
            ],
            Notes = "The silos must have AddTrpoWorkers or UseTrpoWorkers of Trpo.Orleans. The connection has no TLS: where silos ask for it, a program of your own lists the workers with GetTrpoWorkersAsync.",
        };
        foreach (var option in new Option[] { Gateway, Cluster, Service, Watch, Json })
            command.Options.Add(option);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var (host, port) = parsed.GetValue(Gateway)!.Value;
        var gateway = new ClusterGateway(host, port, parsed.GetValue(Cluster)!, parsed.GetValue(Service)!);
        using var interruption = new Interruption(() => { });
        try
        {
            using var connection = ClusterConnection.Open(gateway, ClusterConnection.Timeout, interruption.Token);
            var watch = new WorkersWatch(connection.GetWorkers, gateway, terminal, WatchInterval);
            if (parsed.GetValue(Watch) && parsed.GetValue(Json))
                watch.WriteJson(interruption.Token);
            else if (parsed.GetValue(Watch))
                watch.ShowTables(interruption.Token);
            else if (parsed.GetValue(Json))
                terminal.Output.WriteLine(WorkersJson.Write(gateway, connection.GetWorkers(interruption.Token), isLine: false));
            else
                terminal.WriteLine($"{WorkersTable.TextOf(WorkersTable.Of(gateway, connection.GetWorkers(interruption.Token)))}");
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static Option<string> Named(string name, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "id", DefaultValueFactory = _ => "dev" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var id }] && string.IsNullOrWhiteSpace(id))
                result.AddError($"{name} must not be empty.");
        });
        return option;
    }
}
