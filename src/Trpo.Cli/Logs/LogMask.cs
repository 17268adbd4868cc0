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
    public IReadOnlyList<string> Columns => [.. Actions.Select(action => Prefix + action)];

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

    /// <summary>Returns the mask in the order of the actions of a policy.</summary>
    /// <param name="actions">The names of the policy's actions.</param>
    /// <param name="path">The log, for messages.</param>
    /// <exception cref="CommandException">An action has no column.</exception>
    public LogMask For(IReadOnlyList<string> actions, string path) => actions.FirstOrDefault(action => !Actions.Contains(action)) is { } missing
        ? throw new CommandException($"The policy has the action '{missing}', but {path} has no column '{Prefix}{missing}', which tells if it could be taken (--eligible {Prefix}).")
        : this with { Actions = actions };

    /// <summary>Checks that each logged action has a column.</summary>
    /// <param name="logged">The actions that were taken.</param>
    /// <param name="path">The log, for messages.</param>
    /// <exception cref="CommandException">An action has no column.</exception>
    public void Require(IEnumerable<string> logged, string path)
    {
        if (logged.FirstOrDefault(action => action.Length > 0 && !Actions.Contains(action)) is { } missing)
            throw new CommandException($"The action '{missing}' was taken, but {path} has no column '{Prefix}{missing}', which tells if it could be (--eligible {Prefix}).");
    }

    private static List<LogColumn> Named(LogFile file, string prefix, StringComparison comparison) => [.. file.Columns.Where(column => column.Name.Length > prefix.Length && column.Name.StartsWith(prefix, comparison))];

    // The library gives actions that are named by the numbers from 0 the order of these numbers.
    private static string[] Ordered(string[] actions)
    {
        string[] numbers = [.. Enumerable.Range(0, actions.Length).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        return numbers.ToHashSet().SetEquals(actions) ? numbers : [.. actions.Order(StringComparer.Ordinal)];
    }
}
