using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Trpo.Cli.Foundation;
using Trpo.Orleans;

namespace Trpo.Cli.Clusters;

/// <summary>The tables of a cluster's silos and blocks.</summary>
internal static class WorkersTable
{
    // Wider than any line, so that lines that a program reads are not broken.
    private const int RedirectedWidth = 240;

    // Enough to tell the trainings of a cluster apart, and to find one in the logs.
    private const int IdLength = 8;

    /// <summary>Creates the tables.</summary>
    /// <param name="gateway">The gateway of the cluster.</param>
    /// <param name="silos">Its silos.</param>
    public static IRenderable Of(ClusterGateway gateway, IReadOnlyList<TrpoWorkerSilo> silos)
    {
        List<IRenderable> parts = [Text($"Cluster '{gateway.Cluster}' (service '{gateway.Service}'): {Amount(silos.Count, "silo")} with room for {Amount(silos.Sum(silo => silo.Capacity), "shard")}; {Amount(silos.Sum(silo => silo.Shards), "shard")} in {Amount(silos.Sum(silo => silo.Blocks.Count), "block")}"), Text($""), SilosOf(silos)];
        parts.AddRange(silos.Where(silo => silo.Failure is not null).Select(silo => Text($"{silo.Address} did not answer: {silo.Failure}")));
        if (silos.Any(silo => silo.Blocks.Count > 0))
            parts.AddRange([Text($""), BlocksOf(silos)]);
        return new Rows(parts);
    }

    /// <summary>Returns the tables as plain text.</summary>
    public static string TextOf(IRenderable tables)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = RedirectedWidth;
        console.Write(tables);
        return string.Join(Environment.NewLine, writer.ToString().Split('\n').Select(line => line.TrimEnd())).TrimEnd();
    }

    private static Table SilosOf(IReadOnlyList<TrpoWorkerSilo> silos)
    {
        var table = Create(["silo"], ["capacity", "shards", "blocks"]);
        foreach (var silo in silos)
            table.AddRow(Text($"{silo.Address}"), silo.Failure is null ? Text($"{silo.Capacity}") : Text($"no answer"), Text($"{silo.Shards}"), Text($"{silo.Blocks.Count}"));
        return table;
    }

    private static Table BlocksOf(IReadOnlyList<TrpoWorkerSilo> silos)
    {
        var table = Create(["silo", "training", "environment", "shards", "operation"], ["steps", "steps/s", "restarts", "begins"]);
        foreach (var silo in silos)
        {
            foreach (var block in silo.Blocks)
            {
                table.AddRow(
                    Text($"{silo.Address}"), Text($"{block.Training.ToString("N")[..IdLength]}"), Text($"{block.Environment}"), Text($"{ShardsOf(block)}"), Text($"{(block.Operation.Length > 0 ? block.Operation : "–")}"),
                    Text($"{block.Steps:N0}"), Text($"{block.StepsPerSecond:N0}"), Text($"{block.Restarts}"), Text($"{block.Begins}"));
            }
        }

        return table;
    }

    private static string ShardsOf(TrpoWorkerBlock block) => block.Shards switch
    {
        0 => "–",
        1 => block.FirstShard.ToString(CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"{block.FirstShard} to {block.FirstShard + block.Shards - 1}"),
    };

    private static Table Create(string[] texts, string[] numbers)
    {
        var table = new Table { Border = TableBorder.None };
        foreach (var name in texts)
            table.AddColumn(new TableColumn(new Markup($"[grey]{name}[/]")) { NoWrap = true });
        foreach (var name in numbers)
            table.AddColumn(new TableColumn(new Markup($"[grey]{name}[/]")) { Alignment = Justify.Right, NoWrap = true });
        return table;
    }

    private static string Amount(int number, string noun) => FormattableString.Invariant($"{number} {noun}{(number == 1 ? "" : "s")}");

    private static Text Text(FormattableString value) => new(Terminal.WithoutControls(FormattableString.Invariant(value)));
}
