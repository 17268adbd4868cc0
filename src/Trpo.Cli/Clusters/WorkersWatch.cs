using System.Diagnostics.CodeAnalysis;
using Spectre.Console;
using Trpo.Cli.Display;
using Trpo.Cli.Foundation;
using Trpo.Orleans;

namespace Trpo.Cli.Clusters;

/// <summary>Shows the workers of a cluster again and again: in place in a terminal, one below the other elsewhere.</summary>
/// <param name="look">Returns the silos; throws a <see cref="CommandException"/> if the cluster does not answer.</param>
/// <param name="gateway">The gateway, for the texts.</param>
/// <param name="terminal">Receives the texts.</param>
/// <param name="interval">The time between two looks.</param>
internal sealed class WorkersWatch(Func<CancellationToken, IReadOnlyList<TrpoWorkerSilo>> look, ClusterGateway gateway, Terminal terminal, TimeSpan interval)
{
    /// <summary>Shows tables until the token is cancelled. After the first look, one that fails is a line.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="CommandException">The cluster does not answer the first look.</exception>
    public void ShowTables(CancellationToken cancellation)
    {
        if (TrainingDisplay.IsLive)
            AnsiConsole.Live(new Text("")).Start(context => Repeat(silos => context.UpdateTarget(WorkersTable.Of(gateway, silos)), failure => context.UpdateTarget(new Text(Terminal.WithoutControls(failure))), cancellation));
        else
            Repeat(silos => terminal.WriteLine($"{WorkersTable.TextOf(WorkersTable.Of(gateway, silos))}{Environment.NewLine}"), failure => terminal.Warn($"{failure}"), cancellation);
    }

    /// <summary>Writes lines of JSON until the token is cancelled. After the first look, one that fails is a line of the error stream.</summary>
    /// <inheritdoc cref="ShowTables" path="/exception"/>
    public void WriteJson(CancellationToken cancellation) => Repeat(silos => terminal.Output.WriteLine(WorkersJson.Write(gateway, silos, isLine: true)), failure => terminal.Warn($"{failure}"), cancellation);

    private void Repeat(Action<IReadOnlyList<TrpoWorkerSilo>> show, Action<string> showFailure, CancellationToken cancellation)
    {
        show(look(cancellation));
        while (true)
        {
            cancellation.WaitHandle.WaitOne(interval);
            cancellation.ThrowIfCancellationRequested();
            if (TryLook(cancellation, out var silos, out var failure))
                show(silos);
            else
                showFailure(failure);
        }
    }

    // A cluster that is deployed anew answers again later.
    private bool TryLook(CancellationToken cancellation, [NotNullWhen(true)] out IReadOnlyList<TrpoWorkerSilo>? silos, [NotNullWhen(false)] out string? failure)
    {
        (silos, failure) = (null, null);
        try
        {
            silos = look(cancellation);
            return true;
        }
        catch (CommandException exception)
        {
            failure = exception.Message;
            return false;
        }
    }
}
