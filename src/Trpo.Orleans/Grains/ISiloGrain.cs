using Orleans.Concurrency;

namespace Trpo.Orleans.Grains;

/// <summary>The workers of a silo, by the silo's address.</summary>
[Alias("Trpo.Silo")]
internal interface ISiloGrain : IGrainWithStringKey
{
    /// <summary>Returns the load of the silo.</summary>
    [Alias("Report"), AlwaysInterleave, ResponseTimeout("00:00:05")]
    Task<SiloReport> Report();
}
