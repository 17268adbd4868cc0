using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Estimators.Logs;

/// <summary>The columns of a log as ML.NET describes columns, found and checked.</summary>
internal static class LogSchema
{
    private const int MaxListed = 12;

    private const string ProbabilityAdvice = "Without the probabilities with which its actions were drawn, a log does not tell the worth of another policy. Log them when actions are drawn (PolicyColumns.Probability), or replace a deterministic policy by one that explores.";

    /// <summary>Finds a column.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="role">The role of the column, for the message.</param>
    /// <param name="name">The name of the column.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public static DataViewSchema.Column Find(DataViewSchema schema, string role, string name) => schema.GetColumnOrNull(name)
        ?? throw new ArgumentOutOfRangeException(nameof(schema), $"Could not find {role} column '{name}'. The columns of the log are {List([.. schema.Where(column => !column.IsHidden).Select(column => column.Name)])}; {nameof(LogColumns)} names those to read.");

    /// <summary>Finds the column of the probabilities or their logarithms.</summary>
    /// <exception cref="ArgumentException">No column is named.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public static DataViewSchema.Column FindProbability(DataViewSchema schema, LogColumns columns)
    {
        if (columns.ProbabilityName is not { } name)
            throw NoProbability(nameof(columns));
        if (schema.GetColumnOrNull(name) is not { } column)
            throw new ArgumentOutOfRangeException(nameof(schema), $"Could not find probability column '{name}'. {ProbabilityAdvice}");
        return column;
    }

    /// <summary>Creates the exception for a log without a column of probabilities.</summary>
    public static ArgumentException NoProbability(string parameter) => new($"{nameof(LogColumns)} names no column of probabilities. {ProbabilityAdvice}", parameter);

    /// <summary>Finds the columns of the episodes and steps; null for those that are not named.</summary>
    /// <exception cref="ArgumentException">Steps are named without episodes, or episodes of candidates are.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column, or steps are no numbers.</exception>
    public static (DataViewSchema.Column? Episode, DataViewSchema.Column? Step) FindEpisodes(DataViewSchema schema, LogColumns columns)
    {
        if (columns.Episode is null && columns.Step is not null)
            throw new ArgumentException($"{nameof(LogColumns)}.{nameof(LogColumns.Step)} is '{columns.Step}', but no column names the episodes. Set {nameof(LogColumns)}.{nameof(LogColumns.Episode)}.", nameof(columns));
        if (columns.Episode is not null && columns.ActionFeatures is not null)
            throw new ArgumentException($"{nameof(LogColumns)} names a column of episodes, '{columns.Episode}', and one of features of candidates, '{columns.ActionFeatures}': there is no model of the values of candidates. Leave {nameof(LogColumns.ActionFeatures)} null, and put the features into the observation.", nameof(columns));
        DataViewSchema.Column? episode = columns.Episode is null ? null : Find(schema, "episode", columns.Episode), step = columns.Step is null ? null : Find(schema, "step", columns.Step);
        if (step is { Type: not NumberDataViewType } wrong)
            throw Mismatch("step", wrong, "a number");
        return (episode, step);
    }

    /// <summary>Finds a column of vectors.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="role">The role of the column, for the message.</param>
    /// <param name="name">The name of the column.</param>
    /// <param name="items">The types of items that are taken.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column, or it has another type.</exception>
    public static (DataViewSchema.Column Column, VectorDataViewType Type) FindVector(DataViewSchema schema, string role, string name, params ReadOnlySpan<DataViewType> items)
    {
        var column = Find(schema, role, name);
        if (column.Type is VectorDataViewType { IsKnownSize: true } vector && items.Contains(vector.ItemType))
            return (column, vector);
        throw Mismatch(role, column, $"known-size Vector<{items[0]}>");
    }

    /// <summary>Finds the column of the features of candidates.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="count">The length of the mask of the candidates that exist; null without.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column, or it has another type.</exception>
    /// <exception cref="ArgumentException">There is no mask, or the length is no multiple of the mask's.</exception>
    public static (DataViewSchema.Column Column, VectorDataViewType Type) FindCandidates(DataViewSchema schema, LogColumns columns, int? count)
    {
        var found = FindVector(schema, "action features", columns.ActionFeatures!, NumberDataViewType.Single);
        if (count is not { } candidates)
            throw new ArgumentException($"{nameof(LogColumns)}.{nameof(LogColumns.ActionFeatures)} names column '{columns.ActionFeatures}', but {nameof(LogColumns.Eligible)} is null: the number of candidates is the length of the mask of those that exist. Name its column, with 1 for each candidate of the row and 0 for padding.", nameof(columns));
        if (found.Type.Size % candidates != 0)
            throw new ArgumentException($"Column '{columns.ActionFeatures}' has {found.Type.Size} values, which is no multiple of the {candidates} candidates that column '{columns.Eligible}' has: both have a place for the maximum number of candidates, and each candidate as many features.", nameof(schema));
        return found;
    }

    /// <summary>Creates the exception for a column of the wrong type.</summary>
    public static ArgumentOutOfRangeException Mismatch(string role, DataViewSchema.Column column, string expected, string parameter = "schema") =>
        new(parameter, $"Schema mismatch for {role} column '{column.Name}': expected {expected}, got {column.Type}");

    /// <summary>Returns the names of the values of a key: texts, or other values as texts in the invariant culture, Booleans as 0 and 1. Null if the values are not known.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The values have a type without texts.</exception>
    public static IReadOnlyList<string>? KeyNames(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull("KeyValues")?.Type is not VectorDataViewType { ItemType: var type })
            return null;
        return type.RawType switch
        {
            var raw when raw == typeof(ReadOnlyMemory<char>) => Names<ReadOnlyMemory<char>>(column, value => value.ToString()),
            var raw when raw == typeof(bool) => Names<bool>(column, value => value ? "1" : "0"),
            var raw when raw == typeof(float) => Numbers<float>(column),
            var raw when raw == typeof(double) => Numbers<double>(column),
            var raw when raw == typeof(int) => Numbers<int>(column),
            var raw when raw == typeof(long) => Numbers<long>(column),
            var raw when raw == typeof(short) => Numbers<short>(column),
            var raw when raw == typeof(sbyte) => Numbers<sbyte>(column),
            var raw when raw == typeof(uint) => Numbers<uint>(column),
            var raw when raw == typeof(ulong) => Numbers<ulong>(column),
            var raw when raw == typeof(ushort) => Numbers<ushort>(column),
            var raw when raw == typeof(byte) => Numbers<byte>(column),
            _ => throw Mismatch("action", column, "a key whose values are texts or numbers"),
        };
    }

    /// <summary>Creates a function that returns the key of the current row, 0 if it is missing.</summary>
    public static Func<ulong> OpenKey(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type.RawType == typeof(byte))
            return Read<byte>(row, column, key => key);
        if (column.Type.RawType == typeof(ushort))
            return Read<ushort>(row, column, key => key);
        return column.Type.RawType == typeof(uint) ? Read<uint>(row, column, key => key) : Read<ulong>(row, column, key => key);
    }

    /// <summary>Returns names as a text, the first 12 of them.</summary>
    public static string List(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MaxListed).Select(name => $"'{name}'")) + (names.Count > MaxListed ? $" and {names.Count - MaxListed} more" : "");

    private static string[] Numbers<T>(DataViewSchema.Column column)
        where T : IFormattable => Names<T>(column, value => value.ToString(null, CultureInfo.InvariantCulture));

    private static string[] Names<T>(DataViewSchema.Column column, Func<T, string> convert)
    {
        VBuffer<T> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues().Select(convert)];
    }

    private static Func<ulong> Read<T>(DataViewRow row, DataViewSchema.Column column, Func<T, ulong> convert)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T key = default!;
            getter(ref key);
            return convert(key);
        };
    }
}
