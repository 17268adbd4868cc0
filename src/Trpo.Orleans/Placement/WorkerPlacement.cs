
namespace Trpo.Orleans.Placement;

/// <summary>The placement of a grain on the silo that its key names. Grains with this placement are in no directory.</summary>
[Serializable]
internal sealed class WorkerPlacement : PlacementStrategy
{
    /// <inheritdoc/>
    public override bool IsUsingGrainDirectory => false;
}
