using System.Globalization;
using Trpo.Estimators.Logs.Estimation.Episodes;

namespace Trpo.Estimators.Logs;

/// <summary>The episodes and steps of a log's rows as they are read, and the order that they make.</summary>
/// <param name="columns">The names of the columns.</param>
/// <param name="nameOf">Returns the name of an episode for messages.</param>
internal sealed class EpisodeRows(LogColumns columns, Func<int, string> nameOf)
{
    private readonly List<(int Episode, double Step, long Row)> _rows = [];

    /// <summary>The number of episodes.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a row whose episode and step are valid.</summary>
    public void Add(LogRow row)
    {
        _rows.Add((row.Episode, columns.Step is null ? row.Index : row.Step, row.Index));
        Count = Math.Max(Count, row.Episode + 1);
    }

    /// <summary>Creates the episodes in the order of their steps. The rows must be all rows of the log.</summary>
    /// <exception cref="LogException">A step occurs twice in an episode or is missing, or there are less than two episodes.</exception>
    public LoggedEpisodes ToEpisodes()
    {
        foreach (var (_, message, row) in FindFaults())
            throw new LogException($"{message} CheckLog lists the faults of all rows.", row);
        _rows.Sort();
        var starts = new int[Count + 1];
        foreach (var (episode, _, _) in _rows)
            starts[episode + 1]++;
        for (var episode = 0; episode < Count; episode++)
            starts[episode + 1] += starts[episode];
        return new LoggedEpisodes([.. _rows.Select(row => (int)row.Row)], starts);
    }

    /// <summary>Returns the faults of the episodes, each once, with the first row that has it.</summary>
    public IEnumerable<(LogFault Fault, string Message, long? Row)> FindFaults()
    {
        if (Count < 2)
            yield return (LogFault.TooFewEpisodes, $"The log has {LogSize.Text(Count, "episode")} in column '{columns.Episode}'; a standard error needs at least two, and an estimate that can be trusted some hundred.", null);
        if (columns.Step is null || _rows.Count == 0)
            yield break;
        _rows.Sort();
        var first = _rows.Min(row => row.Step);
        (int Episode, double Step)? previous = null;
        var (repeated, missing) = (new List<(long Row, int Index)>(), new List<(long Row, int Index)>());
        for (var i = 0; i < _rows.Count; i++)
        {
            var (episode, step, row) = _rows[i];
            var before = previous is { } last && last.Episode == episode ? last.Step : (double?)null;
            if (step == before)
                repeated.Add((row, i));
            else if (before is null ? step > first : step > before + 1)
                missing.Add((row, i));
            previous = (episode, step);
        }

        if (repeated.Count > 0)
            yield return Describe(LogFault.StepRepeated, repeated, (at, before) => Text($"{at}, which row {before!.Value.Row} has as well. Leave out rows that were logged twice, and give episodes distinct names in column '{columns.Episode}'."));
        if (missing.Count > 0)
            yield return Describe(LogFault.StepMissing, missing, (at, before) => Text($"{at}, {(before is null ? Text($"its first one, where the episodes of the log begin with {first:G15}") : Text($"and the one before is {before.Value.Step:G15}"))}. Steps are counted by one, and none may be missing: join the missing rows, or leave the episode out if it is incomplete by chance. If the rows are complete and in order, set LogColumns.Step to null."));
    }

    // The names of episodes are looked up for the one message only.
    private (LogFault Fault, string Message, long? Row) Describe(LogFault fault, List<(long Row, int Index)> found, Func<string, (int Episode, double Step, long Row)?, string> describe)
    {
        var (row, index) = found.MinBy(pair => pair.Row);
        var (episode, step, _) = _rows[index];
        var message = describe(Text($"{RowFaults.Where(row)}, column '{columns.Step}' has step {step:G15} of episode {nameOf(episode)}"), index > 0 && _rows[index - 1].Episode == episode ? _rows[index - 1] : null);
        return (fault, found.Count == 1 ? message : Text($"{message} {found.Count} rows have this fault."), row);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
