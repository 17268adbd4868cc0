namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>The rows of a log by episode and step. Every episode has at least one row.</summary>
internal sealed class LoggedEpisodes
{
    private readonly int[] _rows;
    private readonly int[] _starts;

    /// <param name="rows">The rows, <c>[N]</c>, each once: those of an episode next to each other, in the order of its steps.</param>
    /// <param name="starts">The places in <paramref name="rows"/> at which the episodes begin, ascending from 0, and the number of rows at the end, <c>[E + 1]</c>.</param>
    public LoggedEpisodes(int[] rows, int[] starts)
    {
        (_rows, _starts) = (rows, starts);
        (Next, Steps) = (new int[rows.Length], new int[rows.Length]);
        for (var episode = 0; episode < Count; episode++)
        {
            var own = Rows(episode);
            for (var step = 0; step < own.Length; step++)
            {
                Steps[own[step]] = step;
                Next[own[step]] = step + 1 < own.Length ? own[step + 1] : -1;
            }

            Horizon = Math.Max(Horizon, own.Length);
        }
    }

    /// <summary>The number of episodes, E.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The number of rows of the longest episode, H.</summary>
    public int Horizon { get; }

    /// <summary>The next row in the episode of each row, <c>[N]</c>; -1 at its end.</summary>
    public int[] Next { get; }

    /// <summary>The step of each row in its episode, <c>[N]</c>, from 0.</summary>
    public int[] Steps { get; }

    /// <summary>Returns the rows of an episode in the order of its steps.</summary>
    public ReadOnlySpan<int> Rows(int episode) => _rows.AsSpan(_starts[episode].._starts[episode + 1]);

    /// <summary>Returns the rows of each step, <c>[H]</c>, in the order of the episodes.</summary>
    public int[][] RowsBySteps()
    {
        var lists = new List<int>[Horizon];
        foreach (var row in _rows)
            (lists[Steps[row]] ??= []).Add(row);
        return [.. lists.Select(list => list.ToArray())];
    }
}
