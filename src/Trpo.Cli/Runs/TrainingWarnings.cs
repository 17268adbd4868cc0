using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Cli.Foundation;
using Trpo.Estimators;

namespace Trpo.Cli.Runs;

/// <summary>The trainer's warnings on the terminal, each once: immediately if the display is plain text, after the training if they would break a live display.</summary>
internal sealed class TrainingWarnings : IDisposable
{
    private readonly MLContext _ml;
    private readonly Terminal _terminal;
    private readonly bool _isLive;
    private readonly List<string> _texts = [];

    /// <summary>Begins to listen to the log of a context.</summary>
    public TrainingWarnings(MLContext ml, Terminal terminal, bool isLive)
    {
        (_ml, _terminal, _isLive) = (ml, terminal, isLive);
        ml.Log += OnLog;
    }

    /// <summary>Stops listening, and writes the warnings that were held back.</summary>
    public void Dispose()
    {
        _ml.Log -= OnLog;
        if (_isLive)
            _texts.ForEach(Write);
    }

    private void OnLog(object? sender, LoggingEventArgs log)
    {
        if (log.Kind != ChannelMessageKind.Warning || !log.Source.Contains(nameof(TrpoEstimator), StringComparison.Ordinal) || _texts.Contains(log.RawMessage))
            return;
        _texts.Add(log.RawMessage);
        if (!_isLive)
            Write(log.RawMessage);
    }

    private void Write(string text) => _terminal.Warn($"Warning: {text}");
}
