using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>The reading of a log from which a policy is learned, in one pass; the first row with a fault ends it.</summary>
internal sealed class LearningLogLoader(LogColumns columns, TrpoFromLogOptions options, Action check)
{
    private const int MinRows = 10;
    private const int ManyNumbers = 100;

    private readonly List<int> _actions = [];
    private readonly List<double> _propensities = [];
    private readonly List<double> _rewards = [];
    private readonly List<float> _observations = [];

    /// <summary>Reads a log.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="seed">The seed of the order of the rows.</param>
    /// <exception cref="LogException">A row has a fault, or nothing can be learned from the log.</exception>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    public LearningLog Load(IDataView view, int seed)
    {
        using var reader = new LogReader(view, columns, options.Actions, columns.Observation);
        var (rules, row) = (new RowFaults(columns, columns.Observation), reader.Row);
        var width = row.Observation.Length;
        if (row.Mask.Length > 0 && (row.ContextLength < 0 || width == row.Mask.Length))
            throw MissingMask($"Column '{columns.Observation}' has {width} values");
        while (reader.Read())
        {
            check();
            foreach (var (_, message) in rules.Of(row, reader.Actions.Names))
                throw new LogException($"{message} CheckLog lists the faults of all rows.", row.Index);
            if (row.Mask.Length > 0 && !row.EndsWithMask)
                throw new LogException(MissingMask($"{RowFaults.Where(row.Index)}, column '{columns.Observation}' ends otherwise").Message, row.Index);
            if (!double.IsFinite(1 / (row.Probability * row.Probability)))
                throw new LogException(string.Create(CultureInfo.InvariantCulture, $"{RowFaults.Where(row.Index)}, the probability in column '{columns.ProbabilityName}' is {row.Probability:G6}, so small that the square of the row's weight is infinite. Check the probabilities, or leave such rows out."), row.Index);
            LogSize.Check(_actions.Count + 1L, width, row);
            _actions.Add(row.Action);
            _propensities.Add(Math.Min(row.Probability, 1));
            _rewards.Add(row.Reward);
            _observations.AddRange(row.Observation);
        }

        var names = reader.Actions.Names;
        var isOrderOfRows = options.Actions is null && view.Schema[columns.Action].Type is TextDataViewType;
        CandidateLayout? candidates = columns.ActionFeatures is null ? null : new CandidateLayout(row.ContextLength, row.Mask.Length, row.FeatureCount);
        var areNumbers = options.Actions is null && candidates is null && NumberColumn.IsNumber(view.Schema[columns.Action].Type);
        return Create([.. names], isOrderOfRows, areNumbers, width, row.Mask.Length > 0, candidates, seed);
    }

    private LearningLog Create(string[] names, bool isOrderOfRows, bool areNumbers, int width, bool hasMask, CandidateLayout? candidates, int seed)
    {
        if (_actions.Count < MinRows)
            throw new LogException($"The log has {LogSize.Text(_actions.Count, "row")}; a policy cannot be learned from less than {MinRows}, and one that can be trusted from less than some hundred.");
        LogSize.Check(_actions.Count, names.Length);
        if (candidates is null && _actions.TrueForAll(action => action == _actions[0]))
            throw new LogException($"All {_actions.Count} rows have the action '{names[_actions[0]]}': there is nothing to compare it with. Log the decisions of a policy that tries other actions, too.");
        if (areNumbers && names.Length > ManyNumbers && _actions.Distinct().Count() * 2 < names.Length)
            throw new LogException($"The numbers in column '{columns.Action}' are up to {names.Length - 1}, but most of those below never occur: they look like identifiers, not indices. Read them as texts, or map them to keys (MapValueToKey).");
        var actions = Take(_actions);

        // Texts are met in the order of the rows, on which nothing may depend.
        if (isOrderOfRows)
        {
            string[] sorted = [.. names.Order(StringComparer.Ordinal)];
            int[] indices = [.. names.Select(name => Array.BinarySearch(sorted, name, StringComparer.Ordinal))];
            actions = [.. actions.Select(action => indices[action])];
            names = sorted;
        }

        var read = new LoggedRows(names.Length, width) { Actions = actions, Propensities = Take(_propensities), Rewards = Take(_rewards), Observations = Take(_observations) };
        var rows = Shuffle(read, RowKeys.Of(read, seed).Shuffle());
        if (candidates is not null)
            rows = rows with { Candidates = candidates, Eligible = EligibleOf(rows) };
        var scale = RewardScale.Of(rows.Rewards, keepsOrigin: options.Estimator == LearningEstimator.IPS);
        if (!double.IsFinite(scale.Scale) || !double.IsFinite(scale.Shift))
            throw new LogException(string.Create(CultureInfo.InvariantCulture, $"The rewards in column '{columns.Reward}' are up to {rows.Rewards.Max(Math.Abs):G6}, so that their sum is infinite. Divide them by a constant."));
        if (scale.Scale == 0)
            throw new LogException(string.Create(CultureInfo.InvariantCulture, $"All {rows.Count} rewards in column '{columns.Reward}' are {rows.Rewards[0]:G6}: no action is better than another. Join the rewards of the decisions."));
        scale.Apply(rows.Rewards);
        var log = new LearningLog(rows, names, scale, hasMask) { Training = rows.Count - (int)Math.Round(rows.Count * options.HeldOutShare) };
        if (candidates is null && log.CountActions().Count(count => count > 0) < 2)
            throw new LogException($"The {log.Training} rows that are not held out have one action only. Log more rows of other actions, or lower {nameof(TrpoFromLogOptions)}.{nameof(TrpoFromLogOptions.HeldOutShare)}.");
        return log;
    }

    // Frees the list, which has room for up to twice as many values.
    private static T[] Take<T>(List<T> list)
    {
        T[] values = [.. list];
        list.Clear();
        list.Capacity = 0;
        return values;
    }

    private static LoggedRows Shuffle(LoggedRows log, int[] order)
    {
        var observations = new float[log.Observations.Length];
        for (var i = 0; i < order.Length; i++)
            log.Observation(order[i]).CopyTo(observations.AsSpan(i * log.Length));
        return new LoggedRows(log.ActionCount, log.Length)
        {
            Actions = Array.ConvertAll(order, row => log.Actions[row]),
            Propensities = Array.ConvertAll(order, row => log.Propensities[row]),
            Rewards = Array.ConvertAll(order, row => log.Rewards[row]),
            Observations = observations,
        };
    }

    // The mask, which is the end of each observation.
    private static bool[] EligibleOf(LoggedRows rows)
    {
        var eligible = new bool[rows.Count * rows.ActionCount];
        for (var i = 0; i < eligible.Length; i++)
            eligible[i] = rows.Observation(i / rows.ActionCount)[^(rows.ActionCount - (i % rows.ActionCount))] > 0;
        return eligible;
    }

    private ArgumentException MissingMask(string found) => columns.ActionFeatures is { } features
        ? new($"{found}, where the policy reads the candidates: the values of columns '{features}' and '{columns.Eligible}' must be the last of the observation, in this order. Put Concatenate(\"{columns.Observation}\", ..., \"{features}\", \"{columns.Eligible}\") in front, behind any normalizer.")
        : new($"{found}, where the policy reads which actions are eligible: the values of column '{columns.Eligible}' must be the last of the observation. Put Concatenate(\"{columns.Observation}\", ..., \"{columns.Eligible}\") in front, behind any normalizer.");
}
