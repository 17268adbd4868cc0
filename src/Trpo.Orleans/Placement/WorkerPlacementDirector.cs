using Orleans.Runtime.Placement;

namespace Trpo.Orleans.Placement;

/// <summary>Sends a call to the silo that the grain's key names, and to no other.</summary>
internal sealed class WorkerPlacementDirector : IPlacementDirector
{
    /// <inheritdoc/>
    /// <exception cref="SiloUnavailableException">The silo is not an active member of the cluster.</exception>
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var key = target.GrainIdentity.Key.ToString()!;
        var silo = WorkerKey.SiloOf(key);
        var active = context.GetCompatibleSilos(target);
        return silo is not null && active.Contains(silo)
            ? Task.FromResult(silo)
            : Task.FromException<SiloAddress>(new SiloUnavailableException($"The silo of '{key}' is no active member of the cluster; those that are: {string.Join(", ", active.Order())}."));
    }
}
