using System.CommandLine;
using System.CommandLine.Parsing;
using Trpo.Cli.Logs;
using Trpo.Cli.Logs.Files;

namespace Trpo.Cli.Verbs;

/// <summary>The options of a verb that name a log and its columns.</summary>
internal sealed class LogColumnOptions
{
    private readonly Option<string?> _data = Options.File("--data", "The log: a CSV file with a header, a SQLite database or a Parquet file; its content decides.");
    private readonly Option<string?> _table = Named("--table", "table", "The table or view of a SQLite database; by default the only one.");
    private readonly Option<string?> _action = Named("--action", "column", "The column of the action that was taken; Action by default. Its values are names, numbers too.");
    private readonly Option<string?> _reward = Named("--reward", "column", "The column of the reward; Reward by default.");
    private readonly Option<string?> _probability = Named("--probability", "column", "The column of the probability with which the action was drawn; Probability by default.");
    private readonly Option<string?> _logProbability = Named("--log-probability", "column", "The column of the natural logarithm of that probability, in its place.");
    private readonly Option<string?> _features;
    private readonly Option<string?> _ignore = List("--ignore", "Columns that the policy does not see, such as what was known only after the decision.");
    private readonly Option<string?> _text = List("--text", "Columns whose numbers are names of categories, such as codes.");
    private readonly Option<string?> _eligible = Named("--eligible", "prefix", "The beginning of the names of columns that tell which actions could be taken in a row: with can_, the column can_Shoes has 1 or true where Shoes could be. By default all actions could be.");
    private readonly Option<string?> _episode = Named("--episode", "column", "The column that names the episode of a row, where an action changes what comes later; none by default.");
    private readonly Option<string?> _step = Named("--step", "column", "The column of the step within the episode; by default the rows of an episode are in the order of the file.");
    private readonly bool _choosesFeatures;
    private readonly bool _hasEpisodes;

    /// <param name="features">The description of <c>--features</c>.</param>
    /// <param name="choosesFeatures">True if the verb chooses the columns that a policy sees; false if the policy brings them.</param>
    /// <param name="hasEpisodes">True if the verb works on episodes, too.</param>
    public LogColumnOptions(string features, bool choosesFeatures, bool hasEpisodes) =>
        (_features, _choosesFeatures, _hasEpisodes) = (List("--features", features), choosesFeatures, hasEpisodes);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _data.Required = true;
        foreach (var option in new[] { _data, _table, _action, _reward, _probability, _logProbability, _features, _eligible })
            command.Options.Add(option);
        if (_choosesFeatures)
        {
            command.Options.Add(_ignore);
            command.Options.Add(_text);
        }

        if (_hasEpisodes)
        {
            command.Options.Add(_episode);
            command.Options.Add(_step);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_probability) is not null && result.GetResult(_logProbability) is not null)
                result.AddError("Name --probability or --log-probability, not both.");
            if (_hasEpisodes && result.GetResult(_step) is not null && result.GetResult(_episode) is null)
                result.AddError("--step counts within episodes: name their column with --episode.");
        });
    }

    /// <summary>True if the command line names a column of episodes.</summary>
    public bool HasEpisode(CommandResult result) => result.GetResult(_episode) is not null;

    /// <summary>Returns the path of the log as the user wrote it.</summary>
    public string Path(ParseResult parsed) => parsed.GetValue(_data)!;

    /// <summary>Returns the table; null if none is named.</summary>
    public string? Table(ParseResult parsed) => parsed.GetValue(_table);

    /// <summary>Opens the log.</summary>
    public LogFile Open(ParseResult parsed, CancellationToken cancel) => LogFile.Open(Path(parsed), Table(parsed), cancel);

    /// <summary>Returns the names that the command line gives.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="known">The names that stand where it gives none.</param>
    public LogNames Names(ParseResult parsed, LogNames known)
    {
        var (probability, logarithm) = (parsed.GetValue(_probability), parsed.GetValue(_logProbability));
        return new LogNames
        {
            Action = parsed.GetValue(_action) ?? known.Action,
            Reward = parsed.GetValue(_reward) ?? known.Reward,
            Probability = probability ?? (logarithm is null ? known.Probability : null),
            LogProbability = logarithm ?? (probability is null ? known.LogProbability : null),
            Features = parsed.GetValue(_features) is { } features ? Split(features) : null,
            Ignored = _choosesFeatures ? Split(parsed.GetValue(_ignore) ?? "") : [],
            Texts = _choosesFeatures ? Split(parsed.GetValue(_text) ?? "") : [],
            Eligible = parsed.GetValue(_eligible) ?? known.Eligible,
            Episode = _hasEpisodes ? parsed.GetValue(_episode) : null,
            Step = _hasEpisodes ? parsed.GetValue(_step) : null,
        };
    }

    // The validator has refused what cannot be divided.
    private static IReadOnlyList<string> Split(string text) => NameList.TrySplit(text, out var names) ? names : [];

    private static Option<string?> List(string name, string description)
    {
        var option = Named(name, "a,b", description);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !NameList.TrySplit(text, out _))
                result.AddError($"{name} has a quote that does not stand around a name: '{text}'. Put quotes around a name with a comma, and write a quote within them twice.");
        });
        return option;
    }

    private static Option<string?> Named(string name, string help, string description) => new(name) { Description = description, HelpName = help };
}
