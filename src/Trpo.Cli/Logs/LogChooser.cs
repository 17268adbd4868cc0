using System.Globalization;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;

namespace Trpo.Cli.Logs;

/// <summary>The choice of the columns of a log: names are found, defaults are filled in, and columns that cannot have their role are refused by name.</summary>
/// <param name="file">The log.</param>
/// <param name="names">The names that the command line gives.</param>
internal sealed class LogChooser(LogFile file, LogNames names)
{
    private const int MaxListed = 30;

    // Of more, most have few rows, and a policy learns them by heart.
    private const int MaxCategories = 100;

    /// <summary>Chooses the columns.</summary>
    /// <param name="needsRewards">True to refuse a log with missing rewards or probabilities; false to leave them to the check.</param>
    /// <exception cref="CommandException">There is no such column, or it cannot have its role.</exception>
    public LogChoice Choose(bool needsRewards)
    {
        var choice = Roles(needsRewards);
        var roles = choice.Fields.Select(field => field.Name).ToList();
        var left = LeftOut(roles).ToList();
        var features = Features(roles, left).ToList();
        return features.Count == 0
            ? throw new CommandException($"No column of {file.Path} is left for a policy to see: name some with --features.{string.Concat(left.Select(column => $" '{column.Name}' is left out, since {column.Reason}."))}")
            : choice with { Features = features, LeftOut = left };
    }

    /// <summary>Chooses the columns, with the features that a model reads.</summary>
    /// <param name="features">The features.</param>
    /// <exception cref="CommandException">There is no such column, or it cannot have its role.</exception>
    public LogChoice ChooseFor(IEnumerable<LogFeature> features)
    {
        var found = new List<LogFeature>();
        foreach (var feature in features)
        {
            if (file.Find(feature.Name) is not { } column)
                throw new CommandException($"The model reads the column '{feature.Name}', which {file.Path} does not have. {Listed()}");
            RequireReadable(column);
            if (!feature.IsText)
                RequireNumbers(column, "The model reads numbers from it.");
            found.Add(feature with { Source = column.Name });
        }

        var choice = Roles(needsRewards: true) with { Features = found };
        var used = choice.Fields.Select(field => field.Source).ToList();
        return choice with { LeftOut = [.. file.Columns.Where(column => !used.Contains(column.Name)).Select(column => new LogLeftOut(column.Name, "the policy does not read it"))] };
    }

    private LogChoice Roles(bool needsRewards)
    {
        var action = Named(names.Action, "--action", "Action");
        var reward = Named(names.Reward, "--reward", "Reward");
        var isLogarithm = names.LogProbability is not null || (names.Probability is null && file.Find("Probability") is null && file.Find("LogProbability") is not null);
        var probability = isLogarithm ? Named(names.LogProbability, "--log-probability", "LogProbability") : Named(names.Probability, "--probability", "Probability",
            " Without the probabilities with which its actions were drawn, a log does not tell the worth of another policy.");
        if (new[] { action, reward, probability }.Distinct().Count() < 3)
            throw new CommandException($"Action, reward and probability are three columns, but '{(action == reward ? action : probability).Name}' is named for two of them.");
        foreach (var column in new[] { action, reward, probability })
            RequireReadable(column);
        if (action.Values > ColumnScan.MaxValues)
            throw new CommandException(Text($"Column '{action.Name}' of {file.Path} has more than {ColumnScan.MaxValues:N0} different actions: is it an identifier? --action names the column of the action."));
        RequireShort(action, "the name of an action");
        RequireNumbers(reward, "A reward is a number, or true and false.");
        RequireNumbers(probability, "A probability is a number.");
        if (needsRewards)
        {
            RequireComplete(reward, "Join the rewards of the decisions; leave rows out only if rewards are missing at random, and do not replace them by 0.");
            RequireComplete(probability, "Log the probability with which the action was drawn, or leave the rows out.");
        }

        var (episode, step) = (names.Episode is { } one ? Named(one, "--episode") : null, names.Step is { } other ? Named(other, "--step") : null);
        foreach (var column in new[] { episode, step }.OfType<LogColumn>())
        {
            RequireReadable(column);
            if (column == action || column == reward || column == probability || (column == step && column == episode))
                throw new CommandException($"Episode and step are columns of their own, but '{column.Name}' is named for two roles.");
        }

        if (step is not null)
            RequireNumbers(step, "A step is a whole number.");
        var mask = names.Eligible is { } prefix ? LogMask.Find(file, prefix) : null;
        if (new[] { action, reward, probability, episode, step }.FirstOrDefault(column => column is not null && mask?.Columns.Contains(column.Name) == true) is { } twice)
            throw new CommandException($"Column '{twice.Name}' begins with '{names.Eligible}', which --eligible names, and has another role: choose another beginning for the names of the columns that tell which actions could be taken.");
        return new LogChoice(action.Name, reward.Name, probability.Name, isLogarithm, []) { Episode = episode?.Name, Step = step?.Name, Mask = mask };
    }

    private IEnumerable<LogLeftOut> LeftOut(IReadOnlyList<string> roles)
    {
        var (ignored, texts) = (names.Ignored.Select(name => Named(name, "--ignore")).ToList(), names.Texts.Select(name => Named(name, "--text")).ToList());
        var wanted = names.Features?.Select(name => Named(name, "--features")).ToList();
        foreach (var column in file.Columns.Where(column => !roles.Contains(column.Name)))
        {
            var reason = wanted is not null ? wanted.Contains(column) ? null : "--features does not name it"
                : ignored.Contains(column) ? "--ignore names it"
                : IsProbability(column) ? "it is a probability of the action that was taken"
                : texts.Contains(column) ? null
                : column.Serial ?? (column.IsWhole && ColumnName.IsIdentifier(column.Name) ? "its name is that of an identifier" : null);
            if (reason is not null)
                yield return new LogLeftOut(column.Name, reason);
        }
    }

    private IEnumerable<LogFeature> Features(IReadOnlyList<string> roles, IReadOnlyList<LogLeftOut> left)
    {
        var ignored = names.Ignored.Select(name => Named(name, "--ignore")).ToList();
        var texts = names.Texts.Select(name => Named(name, "--text")).ToList();
        var features = names.Features?.Select(name => Named(name, "--features")).Distinct().ToList()
            ?? [.. file.Columns.Where(column => !roles.Contains(column.Name) && left.All(other => other.Name != column.Name))];
        if (features.Find(column => roles.Contains(column.Name)) is { } role)
            throw new CommandException($"Column '{role.Name}' is the action, the reward or the probability, the episode or the step, which no policy sees, or tells if an action could be taken, which it sees anyway: leave it out of --features.");
        if (features.Find(ignored.Contains) is { } both)
            throw new CommandException($"Column '{both.Name}' is in --features and in --ignore: leave it out of one.");
        foreach (var column in features)
        {
            var isText = column.Kind == LogColumnKind.Text || texts.Contains(column);
            RequireFeature(column, isText);
            yield return new LogFeature(column.Name, isText);
        }
    }

    // Of the two, one has the role. The other tells the action that was taken, which is not known when a policy acts.
    private static bool IsProbability(LogColumn column) => ((ReadOnlySpan<string>)["Probability", "LogProbability"]).Contains(column.Name, StringComparer.OrdinalIgnoreCase);

    private void RequireFeature(LogColumn column, bool isText)
    {
        RequireReadable(column);
        if (column.Missing == file.Rows)
            throw new CommandException($"Column '{column.Name}' of {file.Path} has no value in any row: leave it out with --ignore.");
        if (column.Mixture is { } mixture && !names.Texts.Any(name => file.Find(name) == column))
            throw new CommandException($"Column '{column.Name}' of {file.Path} {mixture}. Or name it with --text, for all of its cells to be categories, or leave it out with --ignore.");
        if (isText && column.Values > MaxCategories)
            throw new CommandException($"Column '{column.Name}' of {file.Path} has {Count(column)} different texts{(column.FirstText is { } text ? $", such as '{text.Text}' in {text.Place}" : "")}. More than {MaxCategories} are an identifier, a time or a text, rather than categories: leave it out with --ignore, or write what it says of the decision to other columns.");
        if (isText)
            RequireShort(column, "a category");
        else if (column.FirstLarge is { } large)
            throw new CommandException($"Column '{column.Name}' of {file.Path} has {large.Text} in {large.Place}, which is beyond the numbers of single precision: divide the column by a constant, or leave it out with --ignore.");
    }

    private void RequireNumbers(LogColumn column, string why)
    {
        if (column.Kind != LogColumnKind.Text)
            return;
        if (column.Mixture is { } mixture)
            throw new CommandException($"Column '{column.Name}' of {file.Path} {mixture}. {why}");
        var hasComma = column.FirstText is { } cell && LogCell.TryNumber(cell.Text.Replace(',', '.'), out _);
        throw new CommandException($"Column '{column.Name}' of {file.Path} has the text '{column.FirstText?.Text}' in {column.FirstText?.Place}. {why}{(hasComma ? " Write numbers with a decimal point." : "")}");
    }

    private void RequireComplete(LogColumn column, string remedy)
    {
        if (column.Missing > 0)
            throw new CommandException(Text($"Column '{column.Name}' of {file.Path} has no value in {column.Missing:N0} of {file.Rows:N0} rows, first in {column.FirstMissing}. {remedy}"));
    }

    private void RequireShort(LogColumn column, string role)
    {
        if (column.FirstLong is { } text)
            throw new CommandException(Text($"Column '{column.Name}' of {file.Path} has a text of more than {ColumnScan.MaxLength:N0} characters in {text.Place}, '{text.Text}', which is too long for {role}."));
    }

    private void RequireReadable(LogColumn column)
    {
        if (column.Unreadable is { } reason)
            throw new CommandException($"Column '{column.Name}' of {file.Path} {reason}, which are neither numbers nor texts: leave it out with --ignore.");
    }

    private LogColumn Named(string name, string option) => file.Find(name)
        ?? throw new CommandException($"{file.Path} has no column '{name}', which {option} names. {Listed()}");

    private LogColumn Named(string? name, string option, string usual, string advice = "") => name is not null
        ? Named(name, option)
        : file.Find(usual) ?? throw new CommandException($"{file.Path} has no column '{usual}': name the one that it has with {option}.{advice} {Listed()}");

    private string Listed() => $"Its columns are {string.Join(", ", file.Columns.Take(MaxListed).Select(column => $"'{column.Name}'"))}{(file.Columns.Count > MaxListed ? Text($" and {file.Columns.Count - MaxListed} more") : "")}.";

    private static string Count(LogColumn column) => column.Values > ColumnScan.MaxValues ? Text($"more than {ColumnScan.MaxValues:N0}") : Text($"{column.Values:N0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
