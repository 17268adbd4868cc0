using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Trpo.Estimators.Telemetry;

/// <summary>The meters and traces of shards on workers, on both sides. Without listeners nothing is computed or allocated.</summary>
internal static class WorkerTelemetry
{
    private static readonly Counter<long> Steps = TelemetrySources.Meter.CreateCounter<long>("trpo.worker.steps", "{step}", "Environment steps that this process made as a worker.");
    private static readonly Counter<long> Losses = TelemetrySources.Meter.CreateCounter<long>("trpo.worker.losses", "{loss}", "Blocks of shards of this process's trainings that were begun anew, because their worker was lost.");

    /// <summary>The identifier of the current activity, for a worker; empty for none.</summary>
    public static string Parent => Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : "";

    /// <summary>Begins the work on a request, which ends when the result is disposed.</summary>
    /// <param name="operation">The name of the last operation of the request.</param>
    /// <param name="parent">The identifier of the training's activity; empty, or none at all, for no parent.</param>
    public static Activity? Work(string operation, string parent)
    {
        if (!TelemetrySources.Activities.HasListeners())
            return null;
        _ = ActivityContext.TryParse(parent, traceState: null, isRemote: true, out var context);
        return TelemetrySources.Activities.StartActivity("trpo.worker", ActivityKind.Server, context)?.SetTag("trpo.operation", operation);
    }

    /// <summary>Counts environment steps of a worker.</summary>
    public static void CountSteps(long steps, string environment) => Steps.Add(steps, new KeyValuePair<string, object?>(TelemetrySources.EnvironmentTag, environment));

    /// <summary>Counts a block that was begun anew.</summary>
    public static void CountLoss(string environment) => Losses.Add(1, new KeyValuePair<string, object?>(TelemetrySources.EnvironmentTag, environment));
}
