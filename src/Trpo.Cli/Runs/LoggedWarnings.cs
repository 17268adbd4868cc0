using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Estimators.Logs.Learning;

namespace Trpo.Cli.Runs;

/// <summary>The warnings of training and evaluation on the terminal, each once: immediately if the display is plain text, at the end if they would break a live display.</summary>
internal sealed class LoggedWarnings : IDisposable
{
    // The sources of the log: the trainers, and the catalog's evaluation.
    private static readonly string[] Sources = [nameof(TrpoEstimator), nameof(TrpoFromLogEstimator), "Evaluation"];

    private readonly MLContext _ml;
    private readonly Terminal _terminal;
    private readonly bool _isLive;
    private readonly Func<string, string> _translate;
    private readonly List<string> _texts = [];

    /// <summary>Begins to listen to the log of a context.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="terminal">The terminal.</param>
    /// <param name="isLive">True to hold the warnings back until the end.</param>
    /// <param name="translate">Returns a message in the words of the command line; null to leave messages as they are.</param>
    public LoggedWarnings(MLContext ml, Terminal terminal, bool isLive = false, Func<string, string>? translate = null)
    {
        (_ml, _terminal, _isLive, _translate) = (ml, terminal, isLive, translate ?? (text => text));
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
        if (log.Kind != ChannelMessageKind.Warning || !Sources.Any(source => log.Source.Contains(source, StringComparison.Ordinal)) || _texts.Contains(log.RawMessage))
            return;
        _texts.Add(log.RawMessage);
        if (!_isLive)
            Write(log.RawMessage);
    }

    private void Write(string text) => _terminal.Warn($"Warning: {_translate(text)}");
}
