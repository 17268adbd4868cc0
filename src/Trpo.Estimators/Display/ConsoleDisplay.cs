namespace Trpo.Estimators.Display;

/// <summary>
/// The progress of the trainings of a process on a console: one line that is rewritten in place, which they share, or a line for each tenth of a training's steps. It never throws: the first failure of the
/// console is a warning of the training that met it, and nothing is shown afterwards.
/// </summary>
/// <param name="terminal">The console.</param>
/// <param name="clock">The clock.</param>
internal sealed class ConsoleDisplay(ITerminal terminal, TimeProvider clock)
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<ProgressLine> _lines = [];
    private long? _refreshed;
    private int _drawn;
    private bool _isOff;
    private string? _failure;
    private ITimer? _timer;

    /// <summary>Gets the display on the console of the process.</summary>
    public static ConsoleDisplay OfProcess { get; } = new(new SystemTerminal(), TimeProvider.System);

    /// <summary>Shows that a training begins.</summary>
    /// <param name="run">The training.</param>
    /// <param name="opening">The text before its first iteration.</param>
    public void Begin(TrainingRun run, string opening) => Guard(run, (run, opening), static (display, begun) =>
    {
        if (display.Add(begun.run, begun.opening) is { IsLive: true })
            display.Redraw();
    });

    /// <summary>Shows the numbers of an iteration.</summary>
    public void Report(in ProgressFigures figures) => Guard(figures.Run, figures, static (display, reported) => display.Show(reported));

    private void End(TrainingRun run) => Guard(run, run, static (display, ended) =>
    {
        if (display._lines.Find(line => line.Run == ended) is { } line)
            display.Close(line);
    });

    private void Guard<T>(TrainingRun? run, T argument, Action<ConsoleDisplay, T> action)
    {
        string? failure;
        lock (_gate)
        {
            if (!_isOff)
            {
                try
                {
                    action(this, argument);
                }
                catch (Exception exception)
                {
                    TurnOff(exception);
                }
            }

            failure = _failure;
            if (run is not null)
                _failure = null;
        }

        if (failure is not null)
            run?.Warn(failure);
    }

    // A console that cannot be written to, as a pipe whose reader has ended, must not end a training of hours. The next one that reports warns of it.
    private void TurnOff(Exception exception)
    {
        _isOff = true;
        _lines.Clear();
        StopTimer();
        _failure = $"Progress is no longer shown on the console: {exception.GetType().Name}: {exception.Message}";
    }

    // Iterations may take minutes: the line shows between them that training goes on.
    private void Tick()
    {
        lock (_gate)
        {
            if (_timer is null || (_refreshed is { } refreshed && clock.GetElapsedTime(refreshed) < TickInterval / 2))
                return;
            try
            {
                Redraw();
            }
            catch (Exception exception)
            {
                TurnOff(exception);
            }
        }
    }

    private void StartTimer()
    {
        if (_timer is not null)
            return;

        // The timer outlives the call that begins a training, whose context is not its business.
        using var withoutContext = ExecutionContext.IsFlowSuppressed() ? default(IDisposable) : ExecutionContext.SuppressFlow();
        _timer = clock.CreateTimer(static display => ((ConsoleDisplay)display!).Tick(), this, TickInterval, TickInterval);
    }

    private void StopTimer()
    {
        _timer?.Dispose();
        _timer = null;
    }

    private void Show(ProgressFigures figures)
    {
        if (Find(figures) is not { } line)
            return;
        line.Update(figures);
        if (!line.IsLive)
        {
            if (line.PassMark() || figures.IsLast)
                Write(line);
        }
        else if (figures.IsLast || _refreshed is not { } refreshed || clock.GetElapsedTime(refreshed) >= RefreshInterval)
        {
            Redraw();
        }

        if (figures.IsLast && line.Run is null)
            Close(line);
    }

    private ProgressLine? Find(in ProgressFigures figures)
    {
        ProgressLine? found = null;
        foreach (var line in _lines)
            found = line.Run == figures.Run ? line : found;

        // Iterations of nobody's training that begin again are those of another one.
        if (found is { Run: null } && figures.Done < found.Last.Done)
        {
            Close(found);
            found = null;
        }

        return found ?? Add(figures.Run, "");
    }

    // Null for a training that has ended: its last iterations are forwarded too late.
    private ProgressLine? Add(TrainingRun? run, string opening)
    {
        if (run is not null && !run.TryOnEnd(() => End(run)))
            return null;
        var name = new string([.. (run?.Name ?? "training").Select(character => char.IsControl(character) ? '?' : character)]);
        var label = name;
        for (var number = 2; _lines.Any(other => other.Label == label); number++)
            label = FormattableString.Invariant($"{name} ({number})");
        var line = new ProgressLine(run, label, terminal.IsInteractive, opening, clock);
        _lines.Add(line);
        if (line.IsLive)
            StartTimer();
        foreach (var each in _lines)
            each.IsLabelled |= _lines.Count > 1;
        return line;
    }

    private void Close(ProgressLine line)
    {
        _lines.Remove(line);
        if (line is { HasFigures: true, IsWritten: false })
            Write(line, isEnded: true);
        if (!line.IsLive)
            return;
        WriteWarnings(line);
        Redraw();
        if (!_lines.Exists(other => other.IsLive))
            StopTimer();
    }

    // The log of the context has them too, but few programs show it.
    private void WriteWarnings(ProgressLine line)
    {
        if (line.Run?.Warnings is not ({ Count: > 0 } first, var more))
            return;
        if (_drawn > 0)
            Erase();
        var label = line.IsLabelled ? $"{line.Label}: " : "";
        foreach (var warning in first.Select(warning => $"{label}warning: {warning}").Concat(more > 0 ? [$"{label}{more} more warnings are in MLContext.Log."] : []))
            terminal.Write(string.Concat(ProgressText.Wrap(warning, Columns).Select(part => part + Environment.NewLine)));
    }

    // A line that stays, above the one that is rewritten.
    private void Write(ProgressLine line, bool isEnded = false)
    {
        isEnded |= line.Last.IsLast;
        line.IsWritten = true;
        if (line.IsLive)
            Draw(ProgressText.Of(line, isEnded, Columns), isFinal: true);
        else
            terminal.Write(ProgressText.Of(line, isEnded) + Environment.NewLine);
    }

    private void Redraw()
    {
        var live = _lines.FindAll(line => line.IsLive);
        if (live.Count > 0)
            Draw(ProgressText.Join(live, Columns), isFinal: false);
        else if (_drawn > 0)
            Erase();
        _refreshed = clock.GetTimestamp();
    }

    // The last column stays free: some terminals begin a new line behind it.
    private int Columns => Math.Max(terminal.Width - 1, 1);

    private void Draw(string text, bool isFinal)
    {
        terminal.Write($"\r{text.PadRight(Math.Min(_drawn, Columns))}{(isFinal ? Environment.NewLine : "")}");
        _drawn = isFinal ? 0 : text.Length;
    }

    private void Erase()
    {
        terminal.Write($"\r{new string(' ', Math.Min(_drawn, Columns))}\r");
        _drawn = 0;
    }
}
