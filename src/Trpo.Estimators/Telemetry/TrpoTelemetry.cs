namespace Trpo.Estimators.Telemetry;

/// <summary>
/// The names of the meter and of the activity source with which training reports to OpenTelemetry or another listener of <c>System.Diagnostics</c>:
/// <c>AddMeter(TrpoTelemetry.MeterName)</c> and <c>AddSource(TrpoTelemetry.ActivitySourceName)</c>. docs/metrics.md lists the metrics and activities. Without a listener, they cost nothing.
/// </summary>
public static class TrpoTelemetry
{
    /// <summary>The name of the meter: <c>Trpo.MLNet</c>.</summary>
    public const string MeterName = "Trpo.MLNet";

    /// <summary>The name of the activity source: <c>Trpo.MLNet</c>.</summary>
    public const string ActivitySourceName = "Trpo.MLNet";
}
