using System.Numerics;

namespace Trpo.Estimators.Display;

/// <summary>The line of one training on a console.</summary>
/// <param name="run">The training; null for that of iterations which carry none.</param>
/// <param name="label">The name of the training, unlike that of the others.</param>
/// <param name="isLive">True if the line is rewritten in place, false if lines follow each other.</param>
/// <param name="opening">The text before the first iteration.</param>
/// <param name="clock">The clock.</param>
internal sealed class ProgressLine(TrainingRun? run, string label, bool isLive, string opening, TimeProvider clock)
{
    private const int Parts = 10;

    private readonly long _begun = clock.GetTimestamp();
    private (long Done, long At)? _first;
    private long _updated = clock.GetTimestamp();
    private int _mark;

    /// <summary>Gets the training.</summary>
    public TrainingRun? Run => run;

    /// <summary>Gets the name of the training.</summary>
    public string Label => label;

    /// <summary>True if the line is rewritten in place.</summary>
    public bool IsLive => isLive;

    /// <summary>Gets the text before the first iteration.</summary>
    public string Opening => opening;

    /// <summary>True if the line begins with its label, because other trainings run beside this one.</summary>
    public bool IsLabelled { get; set; }

    /// <summary>True if there is an iteration.</summary>
    public bool HasFigures => _first is not null;

    /// <summary>True if a line of the last iteration has been written that stays.</summary>
    public bool IsWritten { get; set; }

    /// <summary>Gets the time since the last iteration, or since the training began.</summary>
    public TimeSpan Waited => clock.GetElapsedTime(_updated);

    /// <summary>Gets the numbers of the last iteration.</summary>
    public ProgressFigures Last { get; private set; }

    /// <summary>Takes the numbers of an iteration.</summary>
    public void Update(ProgressFigures figures)
    {
        _first ??= (figures.Done, clock.GetTimestamp());
        if (figures.Elapsed is null)
        {
            // What comes before the first step is not its time: a model of the rewards, for instance.
            var (done, at) = _first.Value;
            figures = figures with { Elapsed = clock.GetElapsedTime(_begun), Rate = figures.Done > done ? (figures.Done - done) / clock.GetElapsedTime(at).TotalSeconds : double.NaN };
        }

        _updated = clock.GetTimestamp();
        Last = figures;
        IsWritten = false;
    }

    /// <summary>Returns true if the last iteration passed a tenth of the steps; if their total is unknown, twice the steps of the last time.</summary>
    public bool PassMark()
    {
        var mark = Last.Total > 0 ? (int)Math.Clamp((double)Last.Done * Parts / Last.Total, 0, Parts) : BitOperations.Log2((ulong)Math.Max(Last.Done, 0)) + 1;
        var isPassed = mark != _mark;
        _mark = mark;
        return isPassed;
    }
}
