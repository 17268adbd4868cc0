using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Cli.Foundation;
using Trpo.Estimators;

namespace Trpo.Cli.Runs;

/// <summary>The trainer's warnings, each once: at once where there is only text, after the training where they would break into a display.</summary>
internal sealed class TrainingWarnings : IDisposable
{
    private readonly MLContext _ml;
    private readonly Terminal _terminal;
    private readonly bool _isLive;
    private readonly List<string> _texts = [];

    public TrainingWarnings(MLContext ml, Terminal terminal, bool isLive)
    {
        (_ml, _terminal, _isLive) = (ml, terminal, isLive);
        ml.Log += Hear;
    }

    /// <summary>Stops listening, and says what was kept back.</summary>
    public void Dispose()
    {
        _ml.Log -= Hear;
        if (_isLive)
            _texts.ForEach(Say);
    }

    private void Hear(object? sender, LoggingEventArgs log)
    {
        if (log.Kind != ChannelMessageKind.Warning || !log.Source.Contains(nameof(TrpoEstimator), StringComparison.Ordinal) || _texts.Contains(log.RawMessage))
            return;
        _texts.Add(log.RawMessage);
        if (!_isLive)
            Say(log.RawMessage);
    }

    private void Say(string text) => _terminal.Warn($"Warning: {text}");
}
