using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs;

/// <summary>The reading of a log and a policy's probabilities into memory, in one pass; the first row with a fault ends it.</summary>
internal static class LogLoader
{
    /// <summary>Reads a log.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="view">The rows.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="check">Called once per row; throws to end the reading.</param>
    /// <exception cref="LogException">A row has a fault, or there are less than two rows or episodes.</exception>
    /// <exception cref="ArgumentException">A column is missing or of another type, or the policy does not fit the log.</exception>
    public static LoadedLog Load(ILogPolicy policy, IDataView view, LogColumns columns, Action check)
    {
        var data = policy.Transform(view);
        using var reader = new LogReader(data, columns, policy.Actions, policy.Observation, policy.GetColumns(data.Schema));
        if (!reader.Actions.IsClosed && data.Schema[columns.Action].Type is TextDataViewType)
            throw new ArgumentException($"Column '{columns.Action}' names the actions by texts, whose order in the policy's probabilities is not known. Set LogEvaluationOptions.Actions to ActionSpace.Discrete with the names in that order.");
        var (rules, evaluate, row) = (new RowFaults(columns, policy.Observation), policy.Open(reader), reader.Row);
        var (actions, propensities, rewards, probabilities) = (new List<int>(), new List<double>(), new List<double>(), new List<double>());
        var (observations, eligible) = (new List<float>(), new List<bool>());
        var episodes = reader.Episodes is null ? null : new EpisodeRows(columns, reader.Episodes.NameOf);
        int? length = null;
        bool? hasFront = null;
        while (reader.Read())
        {
            check();
            foreach (var (_, message) in rules.Of(row, reader.Actions.Names))
                throw new LogException($"{message} CheckLog lists the faults of all rows.", row.Index);
            var chosen = evaluate().Span;
            length ??= chosen.Length;
            if (chosen.Length != length)
                throw new ArgumentException($"{RowFaults.Where(row.Index)}, the policy returned {chosen.Length} probabilities, but {length} in the first row. Return a probability for each action in every row, 0 for those that are not taken.");
            if (!reader.Actions.IsClosed)
                reader.Actions.Number(chosen.Length);
            LogSize.Check(actions.Count + 1L, Math.Max(row.Observation.Length + row.ActionFeatures.Length, chosen.Length), row);
            actions.Add(row.Action);
            propensities.Add(Math.Min(row.Probability, 1));
            rewards.Add(row.Reward);
            probabilities.AddRange(PolicyProbabilities.Normalize(chosen, row, reader.Actions.Names, columns.Eligible));
            hasFront ??= columns.ActionFeatures is not null && row.EndsWithMask;
            if (hasFront.Value && !row.EndsWithMask)
                throw new LogException($"{RowFaults.Where(row.Index)}, column '{policy.Observation}' does not end with the values of columns '{columns.ActionFeatures}' and '{columns.Eligible}', as it does in the rows before: the policy saw other candidates than the log has. Put Concatenate(\"{policy.Observation}\", ..., \"{columns.ActionFeatures}\", \"{columns.Eligible}\") in front.", row.Index);
            observations.AddRange(row.Observation.AsSpan(0, hasFront.Value ? row.ContextLength : row.Observation.Length));
            observations.AddRange(row.ActionFeatures);
            eligible.AddRange(row.Eligible);
            episodes?.Add(row);
        }

        if (actions.Count < 2)
            throw new LogException($"The log has {LogSize.Text(actions.Count, "row")}; a standard error needs at least two, and an estimate that can be trusted some hundred.");
        var rows = new LoggedRows(reader.Actions.Names.Count, observations.Count / actions.Count)
        {
            Actions = [.. actions],
            Propensities = [.. propensities],
            Rewards = [.. rewards],
            Observations = [.. observations],
            Eligible = columns.Eligible is null ? null : [.. eligible],
            Candidates = columns.ActionFeatures is null ? null : new CandidateLayout((observations.Count / actions.Count) - row.ActionFeatures.Length, row.Mask.Length, row.FeatureCount),
        };
        return new LoadedLog(rows, [.. CollectionsMarshal.AsSpan(probabilities)], [.. reader.Actions.Names]) { Episodes = episodes?.ToEpisodes() };
    }
}
