using System.Globalization;
using Microsoft.ML.Runtime;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>Messages about the progress of a table that takes longer than a second: the first after that second, then one every ten, and one at the end.</summary>
internal sealed class TableProgress : IDisposable
{
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly IChannel _channel;
    private readonly string _environment;
    private readonly int _rows;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private TimeSpan _next = FirstInterval;

    /// <param name="host">Receives the messages.</param>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="rows">The number of rows of the table.</param>
    /// <param name="clock">Measures the time from here on.</param>
    public TableProgress(IHostEnvironment host, string environment, int rows, TimeProvider clock)
    {
        // Registering a host would draw from the random numbers of the context, from which trainers take their seeds.
        _channel = host.Start(nameof(EnvironmentDataView));
        (_environment, _rows, _clock, _start) = (environment, rows, clock, clock.GetTimestamp());
    }

    /// <summary>Reports the number of rows that have been computed, if it is time.</summary>
    public void Report(int rows)
    {
        var elapsed = _clock.GetElapsedTime(_start);
        if (elapsed < (rows == _rows && _next > FirstInterval ? TimeSpan.Zero : _next))
            return;
        _next = elapsed + Interval;
        _channel.Info(MessageSensitivity.None, string.Create(CultureInfo.InvariantCulture, $"Table of a random policy in environment '{_environment}': {rows} of {_rows} rows after {elapsed.TotalSeconds:F1} s."));
    }

    /// <summary>Reports a failure that costs no row.</summary>
    public void Warn(string message) => _channel.Warning(MessageSensitivity.None, message);

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
