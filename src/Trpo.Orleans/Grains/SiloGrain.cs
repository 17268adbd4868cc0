using Orleans.GrainDirectory;
using Orleans.Placement;
using Trpo.Orleans.Hosting;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Grains;

/// <summary>The grain that speaks for a silo.</summary>
/// <param name="workers">The workers of the silo.</param>
/// <param name="manifests">The grains that each silo has.</param>
/// <param name="statuses">The members of the cluster.</param>
[GrainType(TypeName), Immovable, WorkerPlacement, GrainDirectory(WorkerGrainDirectory.Name)]
internal sealed class SiloGrain(SiloWorkers workers, IClusterManifestProvider manifests, ISiloStatusOracle statuses) : Grain, ISiloGrain
{
    private const string TypeName = "trpo.silo";

    /// <summary>Returns the silos of a cluster that have this grain.</summary>
    public static IEnumerable<SiloAddress> SilosOf(IClusterManifestProvider manifests)
    {
        var type = GrainType.Create(TypeName);
        return manifests.Current.Silos.Where(silo => silo.Value.Grains.ContainsKey(type)).Select(silo => silo.Key);
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        // A grain for each key that anyone makes up would fill the memory of the silo.
        WorkerKey.CheckSilo(this.GetPrimaryKeyString(), GrainContext.Address.SiloAddress!);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<SiloReport> Report()
    {
        var active = SilosOf(manifests).Where(silo => statuses.GetApproximateSiloStatus(silo) == SiloStatus.Active);
        return Task.FromResult(new SiloReport(workers.Capacity, [.. workers.Blocks.Select(ReportOf)], [.. active.Order()]));
    }

    private static BlockReport ReportOf(HostedBlock block)
    {
        var status = block.Status;
        return new BlockReport(block.Key, status.Shards)
        {
            Training = status.Training,
            Environment = status.Environment,
            FirstShard = status.FirstShard,
            Environments = status.Environments,
            Begins = status.Begins,
            Steps = status.Steps,
            RolloutTime = status.RolloutTime,
            Restarts = status.Restarts,
            Operation = status.Operation,
            HasEnded = block.HasEnded,
        };
    }
}
