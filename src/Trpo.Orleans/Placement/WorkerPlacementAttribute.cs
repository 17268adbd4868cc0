using Orleans.Placement;

namespace Trpo.Orleans.Placement;

/// <summary>Marks a grain that lives on the silo that its key names.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WorkerPlacementAttribute() : PlacementAttribute(new WorkerPlacement());
