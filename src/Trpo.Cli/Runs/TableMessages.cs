using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Cli.Foundation;
using Trpo.Estimators.Environments.DataViews;

namespace Trpo.Cli.Runs;

/// <summary>The progress of the table of a random policy on the terminal, a line every ten seconds if the table takes longer than one, and its warnings.</summary>
internal sealed class TableMessages : IDisposable
{
    private readonly MLContext _ml;
    private readonly Terminal _terminal;

    /// <summary>Begins to listen to the log of a context.</summary>
    public TableMessages(MLContext ml, Terminal terminal)
    {
        (_ml, _terminal) = (ml, terminal);
        ml.Log += OnLog;
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _ml.Log -= OnLog;

    private void OnLog(object? sender, LoggingEventArgs log)
    {
        if (!log.Source.Contains(nameof(EnvironmentDataView), StringComparison.Ordinal))
            return;
        if (log.Kind == ChannelMessageKind.Info)
            _terminal.WriteLine($"{log.RawMessage}");
        else if (log.Kind == ChannelMessageKind.Warning)
            _terminal.Warn($"Warning: {log.RawMessage}");
    }
}
