namespace Trpo.Orleans.Hosting;

/// <summary>The settings of a silo's workers.</summary>
/// <param name="Capacity">The number of shards that the silo takes; 0 for one that only passes calls on.</param>
/// <param name="IdleTimeout">The time without a sign of life after which a worker is ended.</param>
internal sealed record WorkerSettings(int Capacity, TimeSpan IdleTimeout);
