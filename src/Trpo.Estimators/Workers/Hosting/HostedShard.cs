using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;

namespace Trpo.Estimators.Workers.Hosting;

/// <summary>A shard of a block with what belongs to it.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Environments">Its environments.</param>
/// <param name="Policy">Its copy of the policy.</param>
/// <param name="Values">Its copy of the value function, or the values of a baseline in the process that trains.</param>
internal sealed record HostedShard(Shard Shard, TransformedVectorEnvironment Environments, StochasticPolicy Policy, IValueFunction Values) : IDisposable
{
    public void Dispose()
    {
        Environments.Dispose();
        Policy.Dispose();
        (Values as IDisposable)?.Dispose();
    }
}
