using System.Net;

namespace Trpo.Examples.Cluster;

/// <summary>The settings of a silo.</summary>
/// <param name="Membership">The conditions under which it may join.</param>
/// <param name="StepTime">The time that each step of the simulator takes.</param>
/// <param name="Capacity">The number of shards that it takes; null for the number of processors.</param>
/// <param name="Address">The address under which the other processes reach it.</param>
/// <param name="Port">The port for silos.</param>
/// <param name="GatewayPort">The port for clients.</param>
/// <param name="PrimaryPort">The port of the first silo of this machine.</param>
/// <param name="HealthPort">The port of the health probe; null for none.</param>
/// <param name="DashboardPort">The port of Orleans' dashboard, for this machine alone; null for none.</param>
/// <param name="Patience">The time after which it gives up to join.</param>
/// <param name="IsAttached">True if the silo ends with its input.</param>
internal sealed record SiloSettings(
    Membership Membership,
    TimeSpan StepTime,
    int? Capacity,
    IPAddress Address,
    int Port,
    int GatewayPort,
    int PrimaryPort,
    int? HealthPort,
    int? DashboardPort,
    TimeSpan Patience,
    bool IsAttached);
