using Trpo.Orleans;

namespace Trpo.Examples.Cluster;

/// <summary>A list of the silos of a cluster and of the blocks of shards that they run, also over TLS.</summary>
internal static class WorkersProgram
{
    /// <returns>0.</returns>
    public static async Task<int> RunAsync(IClusterClient client, CancellationToken cancellation)
    {
        foreach (var silo in await client.GetTrpoWorkersAsync(cancellation))
        {
            Print(silo.Failure is null ? (FormattableString)$"silo {silo.Address}: shards {silo.Shards} of {silo.Capacity}" : (FormattableString)$"silo {silo.Address}: no answer ({silo.Failure})");
            foreach (var block in silo.Blocks)
                Print($"  shards {block.FirstShard} to {block.FirstShard + block.Shards - 1} of '{block.Environment}': {block.Steps:N0} steps, {block.StepsPerSecond:N0} steps/s, begun {block.Begins} times");
        }

        return 0;
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
