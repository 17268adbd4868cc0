using Trpo.Reports.Descriptions;

namespace Trpo.Reports.Comparisons;

/// <summary>A comparison of runs in one environment: groups of runs with the same settings, and their scores over seeds.</summary>
public sealed class RunComparison
{
    private const string EpisodeLimit = "Longest episode";

    private RunComparison(string environment, string measure, IReadOnlyList<RunGroup> groups, RunEvaluation? random) => (Environment, Measure, Groups, Random) = (environment, measure, groups, random);

    /// <summary>Gets the name of the environment.</summary>
    public string Environment { get; }

    /// <summary>Gets the score of a run in words: the mean return of the evaluation after training, if all runs were evaluated on the same episodes; else that of the last 100 training episodes.</summary>
    public string Measure { get; }

    /// <summary>Gets the groups, that with the greatest interquartile mean first.</summary>
    public IReadOnlyList<RunGroup> Groups { get; }

    /// <summary>Gets the evaluation of the random policy, if all runs have it on the same episodes; null otherwise.</summary>
    public RunEvaluation? Random { get; }

    /// <summary>Reads runs and groups them by their settings.</summary>
    /// <param name="folders">The folders of the runs; at least one.</param>
    /// <exception cref="ArgumentException">There is no folder.</exception>
    /// <exception cref="FileNotFoundException">A folder has no run; the message names it.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, the runs measure different environments, or two have the same settings and seed; the message names them.</exception>
    public static RunComparison Load(IEnumerable<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        RecordedRun[] runs = [.. folders.Select(RecordedRun.Load)];
        if (runs.Length == 0)
            throw new ArgumentException("There are no runs to compare.", nameof(folders));
        CheckEnvironments(runs);
        var isEvaluated = Same(runs, run => run.Evaluation);
        Func<RecordedRun, double> score = isEvaluated ? run => run.Evaluation!.MeanReturn : run => run.ReturnAt(double.PositiveInfinity);
        var measure = isEvaluated ? FormattableString.Invariant($"mean return of {runs[0].Evaluation!.Episodes:N0} evaluation episodes") : "mean return of the last 100 training episodes";
        var groups = runs.GroupBy(run => string.Join('\n', run.Settings.Order(SettingOrder).Select(setting => $"{setting.Key}={setting.Value}"))).Select(group => group.OrderBy(run => run.Description.Seed).ToArray()).ToArray();
        foreach (var group in groups)
            CheckSeeds(group);
        HashSet<string> differing = [.. groups.SelectMany(group => group[0].Settings).GroupBy(setting => setting.Key).Where(values => values.Count() < groups.Length || values.Distinct().Count() > 1).Select(values => values.Key)];
        var compared = groups.Select(group => Group(group, differing, score, measure));
        static RunEvaluation? RandomOf(RecordedRun run) => run.Description.Evaluations.FirstOrDefault(evaluation => evaluation.Policy == RunEvaluation.Random);
        return new RunComparison(
            runs[0].Description.Environment, measure, [.. compared.OrderByDescending(group => group.Scores?.InterquartileMean ?? double.NegativeInfinity)], Same(runs, RandomOf) ? RandomOf(runs[0]) : null);
    }

    private static Comparer<KeyValuePair<string, string>> SettingOrder { get; } = Comparer<KeyValuePair<string, string>>.Create((one, other) => string.CompareOrdinal(one.Key, other.Key));

    private static RunGroup Group(RecordedRun[] runs, HashSet<string> differing, Func<RecordedRun, double> score, string measure)
    {
        KeyValuePair<string, string>[] settings = [.. runs[0].Settings.Where(setting => differing.Contains(setting.Key))];
        return new RunGroup(settings.Length == 0 ? "all runs" : string.Join(", ", settings.Select(setting => $"{setting.Key} = {setting.Value}")), settings, runs, score, measure);
    }

    private static bool Same(RecordedRun[] runs, Func<RecordedRun, RunEvaluation?> evaluation) =>
        Array.TrueForAll(runs, run => evaluation(run) is not null) && runs.Select(run => (evaluation(run)!.Seed, evaluation(run)!.Episodes)).Distinct().Count() == 1;

    private static void CheckEnvironments(RecordedRun[] runs)
    {
        var first = runs[0];
        foreach (var run in runs)
        {
            if (run.Description.Environment != first.Description.Environment)
                throw new InvalidDataException($"The runs measure different environments: {first.Folder} was trained in {first.Description.Environment}, and {run.Folder} in {run.Description.Environment}. Compare the runs of one environment.");
            var (limit, other) = (first.Description.Details.GetValueOrDefault(EpisodeLimit), run.Description.Details.GetValueOrDefault(EpisodeLimit));
            if (limit is not null && other is not null && limit != other)
                throw new InvalidDataException($"The runs measure different environments: episodes of {first.Folder} in {first.Description.Environment} end after {limit}, those of {run.Folder} after {other}. Compare runs with one limit.");
        }
    }

    // The same settings and seed give the same policy: as two seeds, they would make intervals too narrow.
    private static void CheckSeeds(RecordedRun[] group)
    {
        if (group.Where(run => run.Description.Seed is not null).GroupBy(run => run.Description.Seed).FirstOrDefault(runs => runs.Count() > 1)?.ToArray() is [var one, var other, ..])
            throw new InvalidDataException(FormattableString.Invariant($"{one.Folder} and {other.Folder} have the same settings and the same seed ({one.Description.Seed}): they are one training, and count once. Leave one out."));
    }
}
