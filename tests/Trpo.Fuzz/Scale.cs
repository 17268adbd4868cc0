using System.Diagnostics;

namespace Trpo.Fuzz;

/// <summary>The most that a case took: time, processor time, and memory beside what the process had before the first case.</summary>
internal sealed class Scale
{
    private readonly Process _process = Process.GetCurrentProcess();
    private readonly long _before;
    private readonly Stopwatch _clock = new();
    private TimeSpan _processor;
    private TimeSpan _longest;
    private TimeSpan _most;
    private int _slowest;

    public Scale()
    {
        _process.Refresh();
        _before = _process.WorkingSet64;
    }

    /// <summary>Starts the clock of a case.</summary>
    public void Begin()
    {
        _process.Refresh();
        _processor = _process.TotalProcessorTime;
        _clock.Restart();
    }

    /// <summary>Stops the clock of a case.</summary>
    public void End(int index)
    {
        _clock.Stop();
        _process.Refresh();
        var processor = _process.TotalProcessorTime - _processor;
        if (_clock.Elapsed > _longest)
            (_longest, _slowest) = (_clock.Elapsed, index);
        if (processor > _most)
            _most = processor;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        _process.Refresh();
        return FormattableString.Invariant($"longest {_longest.TotalMilliseconds:F0} ms (case {_slowest}), most processor time {_most.TotalMilliseconds:F0} ms, {Math.Max(0, _process.PeakWorkingSet64 - _before) >> 20} MiB more than before");
    }
}
