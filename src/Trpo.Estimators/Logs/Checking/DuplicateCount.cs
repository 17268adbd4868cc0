using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Checking;

/// <summary>The count of rows that repeat an earlier row, and of observations that do.</summary>
internal sealed class DuplicateCount
{
    // Below, that each observation has one outcome may be chance.
    private const int MinObservations = 20;

    private readonly HashSet<ulong> _observations = [];
    private readonly HashSet<ulong> _rows = [];
    private long _count;
    private long _repeated;

    /// <summary>The number of rows that repeat an earlier one.</summary>
    public long Duplicates { get; private set; }

    /// <summary>The first of them.</summary>
    public long First { get; private set; }

    /// <summary>
    /// True if rows repeat where observations hardly do otherwise, or if nearly all observations repeat with the same action and reward, as in a log that was written several times.
    /// Contexts of a few kinds repeat with other actions and rewards.
    /// </summary>
    public bool IsSuspicious => 2 * Duplicates > _repeated && (2 * _repeated <= _count || (_observations.Count >= MinObservations && 10 * (_rows.Count - _observations.Count) <= _observations.Count));

    /// <summary>Counts a row.</summary>
    public void Add(LogRow row)
    {
        _count++;
        var observation = RowHash.Of(row.Observation, 0, 0);
        if (!_observations.Add(observation))
            _repeated++;
        if (_rows.Add(RowHash.Of([], row.Reward, RowHash.Of([], row.Probability, observation + (ulong)row.Action))))
            return;
        if (Duplicates++ == 0)
            First = row.Index;
    }
}
