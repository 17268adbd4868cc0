using System.Globalization;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;

namespace Trpo.Cli.Logs;

/// <summary>The columns that tell which actions could be taken in a row: one for each action, named after it behind a prefix.</summary>
/// <param name="Prefix">The prefix.</param>
/// <param name="Actions">The actions in the order of the mask.</param>
internal sealed record LogMask(string Prefix, IReadOnlyList<string> Actions)
{
    /// <summary>Gets the columns in the order of the mask.</summary>
    public IReadOnlyList<string> Columns => [.. (Spellings ?? Actions).Select(action => Prefix + action)];

    /// <summary>Gets the actions as the columns spell them; null if the columns spell them as <see cref="Actions"/> does.</summary>
    public IReadOnlyList<string>? Spellings { get; private init; }

    /// <summary>Returns the column of an action.</summary>
    public string ColumnOf(string action) => Actions.Index().FirstOrDefault(pair => pair.Item == action) is { Item: not null, Index: var index } ? Columns[index] : Prefix + action;

    /// <summary>Finds the columns.</summary>
    /// <exception cref="CommandException">There are less than two, or one has other cells than numbers and Booleans.</exception>
    public static LogMask Find(LogFile file, string prefix)
    {
        var columns = Named(file, prefix, StringComparison.Ordinal);
        if (columns.Count < 2)
            columns = Named(file, prefix, StringComparison.OrdinalIgnoreCase);
        string[] prefixes = [.. columns.Select(column => column.Name[..prefix.Length]).Distinct()];
        if (prefixes.Length > 1)
            throw new CommandException($"The columns of {file.Path} that --eligible {prefix} names begin with {string.Join(" and ", prefixes.Select(name => $"'{name}'"))}: name one of them, or rename the columns so that all begin alike.");
        prefix = prefixes.FirstOrDefault(prefix);
        if (columns.Count < 2)
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{file.Path} has {columns.Count} column{(columns.Count == 1 ? "" : "s")} whose names begin with '{prefix}', which --eligible names: there must be one for each action, of which a log has at least two, such as '{prefix}a' for the action 'a', with 1 where it could be taken and 0 where it could not."));
        if (columns.Find(column => column.Kind == LogColumnKind.Text || column.Unreadable is not null) is { } text)
            throw new CommandException($"Column '{text.Name}' of {file.Path} tells by 1 and 0 if an action could be taken (--eligible {prefix}), and has other cells{(text.FirstText is { } cell ? $", such as '{cell.Text}' in {cell.Place}" : "")}: write 1 and 0, or true and false, and choose another prefix if the column is for no action.");
        return new LogMask(prefix, Ordered([.. columns.Select(column => column.Name[prefix.Length..])]));
    }

    /// <summary>Returns the mask in the order of the actions of a policy. A column whose name differs in the case of letters alone is that of the action, unless another one does as well.</summary>
    /// <param name="actions">The names of the policy's actions.</param>
    /// <param name="path">The log, for messages.</param>
    /// <exception cref="CommandException">An action has no column.</exception>
    public LogMask For(IReadOnlyList<string> actions, string path)
    {
        string?[] found = [.. actions.Select(SpellingOf)];
        var missing = Array.FindIndex(found, spelling => spelling is null);
        return missing < 0
            ? this with { Actions = actions, Spellings = [.. found.OfType<string>()] }
            : throw new CommandException($"The policy has the action '{actions[missing]}', but {path} has no column '{Prefix}{actions[missing]}', which tells if it could be taken (--eligible {Prefix}).");

        // Two actions may differ in case alone: a column is then that of the one that it spells.
        string? SpellingOf(string action) => Actions.Contains(action) ? action
            : Actions.Where(other => other.Equals(action, StringComparison.OrdinalIgnoreCase) && !actions.Contains(other)).ToList() is [var only] ? only : null;
    }

    /// <summary>Checks that each logged action has a column.</summary>
    /// <param name="logged">The actions that were taken.</param>
    /// <param name="path">The log, for messages.</param>
    /// <exception cref="CommandException">An action has no column.</exception>
    public void Require(IEnumerable<string> logged, string path)
    {
        if (logged.FirstOrDefault(action => action.Length > 0 && !Actions.Contains(action)) is { } missing)
        {
            var other = Actions.FirstOrDefault(action => action.Equals(missing, StringComparison.OrdinalIgnoreCase));
            throw new CommandException($"The action '{missing}' was taken, but {path} has no column '{Prefix}{missing}', which tells if it could be (--eligible {Prefix}).{(other is null ? "" : $" Column '{Prefix}{other}' differs in the case of letters, which tell actions apart: write the action alike in both.")}");
        }
    }

    private static List<LogColumn> Named(LogFile file, string prefix, StringComparison comparison) => [.. file.Columns.Where(column => column.Name.Length > prefix.Length && column.Name.StartsWith(prefix, comparison))];

    // The library gives actions that are named by the numbers from 0 the order of these numbers.
    private static string[] Ordered(string[] actions)
    {
        string[] numbers = [.. Enumerable.Range(0, actions.Length).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        return numbers.ToHashSet().SetEquals(actions) ? numbers : [.. actions.Order(StringComparer.Ordinal)];
    }
}
