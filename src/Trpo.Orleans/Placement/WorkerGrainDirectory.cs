using Orleans.GrainDirectory;

namespace Trpo.Orleans.Placement;

/// <summary>A directory without entries: the keys of the grains say where they are. Orleans' own directory has a part on each silo, and a call waits for the part of a silo that is lost.</summary>
internal sealed class WorkerGrainDirectory : IGrainDirectory
{
    /// <summary>The name under which the directory is registered.</summary>
    public const string Name = "trpo-workers";

    /// <inheritdoc/>
    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    /// <inheritdoc/>
    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    /// <inheritdoc/>
    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
