using Spectre.Console;
using Trpo.Cli.Display;
using Trpo.Cli.Foundation;
using Trpo.Orleans;

namespace Trpo.Cli.Clusters;

/// <summary>Shows the workers of a cluster again and again: in place in a terminal, one below the other elsewhere.</summary>
/// <param name="connection">The connection to the cluster.</param>
/// <param name="gateway">The gateway, for the texts.</param>
/// <param name="terminal">Receives the texts.</param>
/// <param name="interval">The time between two looks.</param>
internal sealed class WorkersWatch(ClusterConnection connection, ClusterGateway gateway, Terminal terminal, TimeSpan interval)
{
    /// <summary>Shows tables until the token is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="CommandException">The cluster does not answer any more.</exception>
    public void ShowTables(CancellationToken cancellation)
    {
        if (TrainingDisplay.IsLive)
            AnsiConsole.Live(new Text("")).Start(context => Repeat(silos => context.UpdateTarget(WorkersTable.Of(gateway, silos)), cancellation));
        else
            Repeat(silos => terminal.WriteLine($"{WorkersTable.TextOf(WorkersTable.Of(gateway, silos))}{Environment.NewLine}"), cancellation);
    }

    /// <summary>Writes lines of JSON until the token is cancelled.</summary>
    /// <inheritdoc cref="ShowTables" path="/exception"/>
    public void WriteJson(CancellationToken cancellation) => Repeat(silos => terminal.Output.WriteLine(WorkersJson.Write(gateway, silos, isLine: true)), cancellation);

    private void Repeat(Action<IReadOnlyList<TrpoWorkerSilo>> show, CancellationToken cancellation)
    {
        while (true)
        {
            show(connection.GetWorkers(cancellation));
            cancellation.WaitHandle.WaitOne(interval);
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
