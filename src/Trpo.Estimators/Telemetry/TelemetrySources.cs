using System.Diagnostics;
using System.Diagnostics.Metrics;
using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Telemetry;

/// <summary>The activity source and the meter of the library. One of each per process, as OpenTelemetry recommends: trainings that run side by side are told apart by their tags.</summary>
internal static class TelemetrySources
{
    /// <summary>The name of the tag with the environment's name.</summary>
    public const string EnvironmentTag = "trpo.environment";

    /// <summary>The activity source.</summary>
    public static ActivitySource Activities { get; } = new(TrpoTelemetry.ActivitySourceName, LibraryVersion.Number);

    /// <summary>The meter.</summary>
    public static Meter Meter { get; } = new(TrpoTelemetry.MeterName, LibraryVersion.Number);
}
