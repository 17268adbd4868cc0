using System.Globalization;
using Microsoft.ML;

namespace Trpo.Estimators.Logs.Checking;

/// <summary>A check of a log, in one pass over its rows.</summary>
/// <param name="columns">The names of the columns.</param>
/// <param name="check">Called once per row; throws to end the check.</param>
internal sealed class LogChecker(LogColumns columns, Action check)
{
    private const int MaxActions = 8;

    private readonly Dictionary<LogFault, (string Message, long Row, long Count)> _rowFaults = [];
    private readonly List<LogFinding> _findings = [];
    private readonly List<ActionTally> _tallies = [];
    private readonly DuplicateCount _duplicates = new();
    private (double Min, double Max) _rewards = (double.PositiveInfinity, double.NegativeInfinity);
    private (double Min, double Max) _probabilities = (double.PositiveInfinity, double.NegativeInfinity);
    private long _drawn;
    private long _sound;

    /// <summary>Reads the rows and returns the report.</summary>
    /// <param name="view">The rows.</param>
    public LogReport Run(IDataView view)
    {
        // A log of raw columns has its observation only behind the transforms of a policy.
        var observation = columns.Observation is { } name && view.Schema.GetColumnOrNull(name) is not null ? name : null;
        using var reader = new LogReader(view, columns, actions: null, observation);
        var rules = new RowFaults(columns, observation);
        var rows = 0L;
        var episodes = reader.Episodes is null ? null : new EpisodeRows(columns, reader.Episodes.NameOf);
        for (; reader.Read(); rows++)
        {
            check();
            var (isSound, isDrawn, invalidStep) = (true, true, false);
            foreach (var (fault, message) in rules.Of(reader.Row, reader.Actions.Names))
            {
                isSound = false;
                invalidStep |= fault == LogFault.StepInvalid;
                isDrawn &= fault is LogFault.RewardNotFinite or LogFault.ObservationNotFinite or LogFault.EpisodeMissing or LogFault.StepInvalid;
                var known = _rowFaults.GetValueOrDefault(fault, (message, reader.Row.Index, 0));
                _rowFaults[fault] = known with { Count = known.Count + 1 };
            }

            if (reader.Row.Episode >= 0 && !invalidStep)
                episodes?.Add(reader.Row);

            // A row without a reward counts as a draw: where rewards are missing for some actions only, the others seem to be taken too often.
            if (isDrawn)
                CountDraw(reader.Row);
            if (isSound)
                Count(reader.Row, observation is not null);
        }

        foreach (var (fault, (message, row, count)) in _rowFaults)
            Add(fault, count == 1 ? message : Text($"{message} {count} rows have this fault."), row);
        if (rows < 2)
            Add(LogFault.TooFewRows, $"The log has {LogSize.Text(rows, "row")}; a standard error needs at least two, and an estimate that can be trusted some hundred.");
        foreach (var (fault, message, row) in episodes?.FindFaults() ?? [])
        {
            // Rows that could not be placed leave gaps of their own.
            if (fault != LogFault.StepMissing || !(_rowFaults.ContainsKey(LogFault.EpisodeMissing) || _rowFaults.ContainsKey(LogFault.StepInvalid)))
                Add(fault, message, row);
        }

        if (_drawn >= 2)
            JudgeDraws(reader.Actions.Names);
        if (_sound >= 2)
            JudgeOutcomes();
        return new LogReport(_findings, rows, [.. reader.Actions.Names]) { Episodes = episodes?.Count };
    }

    private void Count(LogRow row, bool hasObservation)
    {
        _sound++;
        _rewards = (Math.Min(_rewards.Min, row.Reward), Math.Max(_rewards.Max, row.Reward));
        if (hasObservation)
            _duplicates.Add(row);
    }

    private void CountDraw(LogRow row)
    {
        _drawn++;
        _probabilities = (Math.Min(_probabilities.Min, row.Probability), Math.Max(_probabilities.Max, row.Probability));
        while (_tallies.Count <= Math.Max(row.Action, row.Eligible.Length - 1))
            _tallies.Add(new ActionTally());
        _tallies[row.Action].Take(row.Probability);
        for (var action = 0; action < row.Eligible.Length; action++)
        {
            if (!row.Eligible[action])
                _tallies[action].Forbid();
        }
    }

    private void JudgeDraws(IReadOnlyList<string> names)
    {
        while (_tallies.Count < names.Count)
            _tallies.Add(new ActionTally());
        if (_tallies.Count(tally => tally.Taken > 0) == 1 && columns.ActionFeatures is null)
            Add(LogFault.OneActionOnly, $"All rows have action '{names[_tallies.FindIndex(tally => tally.Taken > 0)]}', so that the log tells of no other. Log decisions of a policy that explores.");
        else
            JudgeActions(names);
        if (_probabilities.Min == _probabilities.Max)
            Add(LogFault.ProbabilitiesEqual, Text($"All probabilities in column '{columns.ProbabilityName}' are {_probabilities.Min:G6}. That is right only if each of as many actions was equally probable in every row; otherwise log the probabilities with which actions were drawn: guesses bias all estimates."));
    }

    private void JudgeOutcomes()
    {
        if (_rewards.Min == _rewards.Max)
            Add(LogFault.RewardsEqual, Text($"All rewards in column '{columns.Reward}' are {_rewards.Min:G6}, so that the log tells no action from another. Check the join of the rewards."));
        var largest = Math.Max(Math.Abs(_rewards.Min), Math.Abs(_rewards.Max));
        if (!double.IsFinite(largest * largest * _sound))
            Add(LogFault.RewardsTooLarge, Text($"Rewards in column '{columns.Reward}' are from {_rewards.Min:G6} to {_rewards.Max:G6}, whose squares are beyond all numbers. Divide the rewards by a constant."));
        if (_duplicates.IsSuspicious)
            Add(LogFault.DuplicateRows, Text($"Row {_duplicates.First} (from 0) repeats an earlier row in observation, action, probability and reward, as {_duplicates.Duplicates} rows of {_sound} do. Rows that were logged more than once count as often. Leave the repetitions out by the identifier of the decision, never by content: equal decisions can be two."), _duplicates.First);
    }

    private void JudgeActions(IReadOnlyList<string> names)
    {
        var comparisons = _tallies.Index().Where(pair => pair.Item.Taken > 0).Select(pair => (pair.Index, Value: pair.Item.Compare(_drawn)))
            .Where(pair => ActionTally.IsContradiction(pair.Value.Mean, pair.Value.Expected, pair.Value.StandardError));
        foreach (var (action, (mean, expected, error)) in comparisons.Take(MaxActions))
            Add(LogFault.ProbabilitiesContradictActions, Text($"Action '{names[action]}' was taken {(mean > expected ? "more" : "less")} often than its probabilities say: the mean of 1 / p over its rows, as a share of all rows, is {mean:G4} ± {error:G2}, where {expected:G4} is expected. Log the probabilities with which actions were drawn and, if the action could not be taken in some rows, the mask of eligible actions (LogColumns.Eligible)."));
        string[] never = [.. _tallies.Index().Where(pair => pair.Item.Taken == 0 && pair.Item.Forbidden < _drawn).Select(pair => names[pair.Index])];
        if (never.Length > 0 && columns.ActionFeatures is null)
            Add(LogFault.ActionNeverTaken, $"No row has {(never.Length == 1 ? "action" : "the actions")} {LogSchema.List(never)}: nothing is known of them, and policies that take them cannot be evaluated. Let the logging policy explore them.");
    }

    private void Add(LogFault fault, string message, long? row = null) => _findings.Add(new LogFinding { Fault = fault, Message = message, Row = row });

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
