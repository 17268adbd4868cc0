using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Logs;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Cloning;

/// <summary>Rows of observations and of the actions that were taken there.</summary>
/// <param name="Observations">The observations, <c>[N, d]</c>.</param>
/// <param name="Actions">The actions, <c>[N, k]</c>.</param>
/// <param name="Count">The number of rows, <c>N</c>.</param>
internal sealed record Demonstrations(float[] Observations, double[] Actions, int Count)
{
    /// <summary>Reads the rows of a view.</summary>
    /// <param name="view">The view.</param>
    /// <param name="observationColumn">The name of the column of observations.</param>
    /// <param name="actionColumn">The name of the column of actions.</param>
    /// <param name="space">The actions.</param>
    /// <param name="throwIfCancelled">Called between two rows.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type.</exception>
    /// <exception cref="LogException">A row has a value that is not finite, or an action that the space does not have; or there is no row.</exception>
    public static Demonstrations Read(IDataView view, string observationColumn, string actionColumn, ActionSpace space, Action throwIfCancelled)
    {
        var (observation, type) = LogSchema.FindVector(view.Schema, "observation", observationColumn, NumberDataViewType.Single);
        var action = LogSchema.Find(view.Schema, "action", actionColumn);
        using var cursor = view.GetRowCursor([observation, action]);
        var readObservation = cursor.GetGetter<VBuffer<float>>(observation);
        var readAction = Reader(cursor, action, space);
        var (observations, actions, values) = (new List<float>(), new List<double>(), new double[space.Length]);
        VBuffer<float> buffer = default;
        var row = 0;
        while (cursor.MoveNext())
        {
            throwIfCancelled();
            readObservation(ref buffer);
            foreach (var (slot, value) in buffer.DenseValues().Index())
            {
                if (!float.IsFinite(value))
                    throw Refusal(row, string.Create(CultureInfo.InvariantCulture, $"value {slot} of column '{observationColumn}' is {value}. Drop the row, or replace the value (ReplaceMissingValues)."));
                observations.Add(value);
            }

            if (readAction(values) is { } fault)
                throw Refusal(row, $"column '{actionColumn}' has {fault}.");
            actions.AddRange(values);
            row++;
        }

        return row > 0 ? new Demonstrations([.. observations], [.. actions], row) : throw new LogException("There is no row to learn from.");
    }

    /// <summary>Returns some of the rows.</summary>
    /// <param name="rows">Their indices.</param>
    public Demonstrations Take(ReadOnlySpan<int> rows)
    {
        var (length, actionLength) = (Observations.Length / Count, Actions.Length / Count);
        var (observations, actions) = (new float[rows.Length * length], new double[rows.Length * actionLength]);
        for (var i = 0; i < rows.Length; i++)
        {
            Observations.AsSpan(rows[i] * length, length).CopyTo(observations.AsSpan(i * length));
            Actions.AsSpan(rows[i] * actionLength, actionLength).CopyTo(actions.AsSpan(i * actionLength));
        }

        return new Demonstrations(observations, actions, rows.Length);
    }

    // Writes the action of the present row, and returns what is wrong with it; null for nothing.
    private static Func<double[], string?> Reader(DataViewRowCursor cursor, DataViewSchema.Column column, ActionSpace space)
    {
        if (space is DiscreteActionSpace discrete)
        {
            var read = new ActionColumn(column, discrete).Open(cursor);
            return action =>
            {
                var (index, text) = read();
                action[0] = index;
                return index >= 0 ? null : $"the action {text}, which is none of {string.Join(", ", discrete.Names)}";
            };
        }

        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item } vector || item != NumberDataViewType.Single || vector.Size != space.Length)
            throw LogSchema.Mismatch("action", column, FormattableString.Invariant($"a vector of {space.Length} Single values"));
        var getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> buffer = default;
        return action =>
        {
            getter(ref buffer);
            foreach (var (i, value) in buffer.DenseValues().Index())
            {
                action[i] = value;
                if (!IsAction(space, i, value))
                    return string.Create(CultureInfo.InvariantCulture, $"the value {value} in dimension '{space.Names.ElementAtOrDefault(i)}' ({i}), which is no action of {space}");
            }

            return null;
        };
    }

    private static bool IsAction(ActionSpace space, int dimension, float value) => space switch
    {
        BoxActionSpace box => float.IsFinite(value) && value >= box.Low[dimension] && value <= box.High[dimension],
        MultiBinaryActionSpace => value is 0 or 1,
        _ => value >= 0 && value < space.ChoiceCounts[dimension] && value == MathF.Floor(value),
    };

    private static LogException Refusal(int row, string reason) => new(string.Create(CultureInfo.InvariantCulture, $"Row {row}: {reason}"), row);
}
