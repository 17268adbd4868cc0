using System.Diagnostics;
using System.Diagnostics.Metrics;
using Trpo.Estimators.Telemetry;

namespace Trpo.Tests.Support;

/// <summary>Hears all that trainings tell meters and traces, until it is disposed.</summary>
internal sealed class MeteredTraining : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public MeteredTraining()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TrpoTelemetry.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TrpoTelemetry.ActivitySourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (_lock)
                    Activities.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public List<(Instrument Instrument, double Value, Dictionary<string, object?> Tags)> Measurements { get; } = [];

    /// <summary>In the order of their ends.</summary>
    public List<Activity> Activities { get; } = [];

    /// <summary>Returns the measurements of an instrument, in one environment or in all.</summary>
    public double[] Of(string instrument, string? environment = null) =>
        [.. Measurements.Where(measured => measured.Instrument.Name == instrument && (environment is null || Equals(measured.Tags["trpo.environment"], environment))).Select(measured => measured.Value)];

    /// <summary>The activities of a name, in the order of their beginnings.</summary>
    public Activity[] Named(string name) => [.. Activities.Where(activity => activity.OperationName == name).OrderBy(activity => activity.StartTimeUtc)];

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var measured = (instrument, value, tags.ToArray().ToDictionary());
        lock (_lock)
            Measurements.Add(measured);
    }
}
