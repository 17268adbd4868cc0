using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Orleans;

namespace Trpo.Cli.Clusters;

/// <summary>The JSON of a cluster's silos and blocks.</summary>
internal static class WorkersJson
{
    private static readonly JsonSerializerOptions Lines = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private static readonly JsonSerializerOptions Indented = new(Lines) { WriteIndented = true };

    /// <summary>Returns the silos as JSON.</summary>
    /// <param name="gateway">The gateway of the cluster.</param>
    /// <param name="silos">Its silos.</param>
    /// <param name="isLine">True for one line.</param>
    public static string Write(ClusterGateway gateway, IReadOnlyList<TrpoWorkerSilo> silos, bool isLine) => JsonSerializer.Serialize(
        new
        {
            Gateway = gateway.ToString(),
            gateway.Cluster,
            gateway.Service,
            Silos = silos.Select(silo => new
            {
                silo.Address,
                silo.Capacity,
                silo.Shards,
                silo.Failure,
                Blocks = silo.Blocks.Select(block => new
                {
                    block.Training,
                    block.Environment,
                    block.FirstShard,
                    block.Shards,
                    block.Environments,
                    block.Operation,
                    block.Steps,
                    RolloutSeconds = block.RolloutTime.TotalSeconds,
                    block.StepsPerSecond,
                    block.Restarts,
                    block.Begins,
                }),
            }),
        },
        isLine ? Lines : Indented);
}
