namespace Trpo.Estimators.Telemetry;

/// <summary>
/// Under which names training can be followed with OpenTelemetry, or any other listener to <c>System.Diagnostics</c>: <c>AddMeter(TrpoTelemetry.MeterName)</c> and
/// <c>AddSource(TrpoTelemetry.ActivitySourceName)</c>. docs/metrics.md lists what is measured and traced. It costs nothing where nobody listens.
/// </summary>
public static class TrpoTelemetry
{
    /// <summary>The name of the meter: <c>Trpo.MLNet</c>.</summary>
    public const string MeterName = "Trpo.MLNet";

    /// <summary>The name of the source of activities: <c>Trpo.MLNet</c>.</summary>
    public const string ActivitySourceName = "Trpo.MLNet";
}
