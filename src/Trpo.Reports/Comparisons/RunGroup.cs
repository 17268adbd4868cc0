using Trpo.Estimators.Statistics;

namespace Trpo.Reports.Comparisons;

/// <summary>The runs of a comparison that have the same settings, and differ in their seeds.</summary>
public sealed class RunGroup
{
    private readonly string _measure;

    internal RunGroup(string name, IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyList<RecordedRun> runs, Func<RecordedRun, double> score, string measure)
    {
        (Name, Settings, Runs, _measure) = (name, settings, runs, measure);
        RunScores = [.. runs.Select(score)];
        double[] finite = [.. RunScores.Where(double.IsFinite)];
        Scores = finite.Length == 0 ? null : new SeedScores(finite);
    }

    /// <summary>Gets the name: the settings that differ between groups, such as <c>discount = 0.97</c>; "all runs" if there is one group.</summary>
    public string Name { get; }

    /// <summary>Gets the settings that differ between groups, with the values of this one.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; }

    /// <summary>Gets the runs, in ascending order of their seeds.</summary>
    public IReadOnlyList<RecordedRun> Runs { get; }

    /// <summary>Gets the score of each run; NaN or infinite for one without.</summary>
    public IReadOnlyList<double> RunScores { get; }

    /// <summary>Gets the scores of the runs that have finite ones; null if none has.</summary>
    public SeedScores? Scores { get; }

    /// <summary>Returns the interquartile mean over seeds, and its interval if there are several.</summary>
    public override string ToString()
    {
        if (Scores is not { } scores)
            return $"{Name}: no score";
        var interval = scores.InterquartileMeanInterval();
        return FormattableString.Invariant($"{Name}: interquartile mean {scores.InterquartileMean:G6}{(scores.Count > 1 ? FormattableString.Invariant($" ({interval.Low:G6} to {interval.High:G6} at 95%)") : "")}, mean {scores.Mean:G6} over {scores.Count} {(scores.Count == 1 ? "seed" : "seeds")} ({_measure})");
    }
}
