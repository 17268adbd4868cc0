using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Trpo.Cli.Environments;
using Trpo.Cli.Runs;

namespace Trpo.Cli.Verbs;

/// <summary>The options that several verbs have, each made anew for each of them.</summary>
internal static class Options
{
    public static Option<string?> Environment() => new("--environment")
    {
        Description = $"Where to act: {ClassicEnvironments.Names} (or Gymnasium's ids, such as CartPole-v1); with --assembly the full or simple name of a type in it.",
        HelpName = "name",
    };

    public static Option<string?> Assembly() => File("--assembly", "A .dll with environments of your own: classes that implement IEnvironment and have a constructor without parameters.");

    public static Option<int?> MaxEpisodeSteps() => Number("--max-episode-steps", "The step after which an episode is truncated; by default the environment decides.", least: 1);

    /// <summary>A whole number between bounds; null where it is not given.</summary>
    public static Option<int?> Number(string name, string description, int least, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
                return value;
            result.AddError($"{name} must be a whole number from {least} to {most}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    /// <summary>A number of seconds; null where it is not given.</summary>
    public static Option<double?> Seconds(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "seconds",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= TrainingCommand.ShortestInterval && value <= TrainingCommand.LongestInterval)
                return value;
            result.AddError(FormattableString.Invariant($"{name} must be a number of seconds from {TrainingCommand.ShortestInterval} to {TrainingCommand.LongestInterval:N0}, not '{result.Tokens[0].Value}'."));
            return null;
        },
    };

    /// <summary>One of a few words, the first of which is the default.</summary>
    public static Option<string> Among(string name, string[] words, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = string.Join('|', words), DefaultValueFactory = _ => words[0] };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var word }] && !words.Contains(word))
                result.AddError($"{name} must be one of {string.Join(", ", words)}, not '{word}'.");
        });
        return option;
    }

    /// <summary>A file or folder.</summary>
    public static Argument<string> Path(string name, string description) => new(name) { Description = description, HelpName = name, Validators = { Named(path => path, $"{name} must be a path") } };

    /// <summary>A file; null where it is not given.</summary>
    public static Option<string?> File(string name, string description) =>
        new(name) { Description = description, HelpName = "file", Validators = { Named(System.IO.Path.GetFileName, $"{name} must name a file") } };

    /// <summary>A folder; null where it is not given.</summary>
    public static Option<string?> Folder(string name, string description) =>
        new(name) { Description = description, HelpName = "folder", Validators = { Named(path => path, $"{name} must name a folder") } };

    /// <summary>Makes a command line wrong that names no environment, or one that does not exist.</summary>
    public static void RequireEnvironment(Command command, Option<string?> environment, Option<string?> assembly) => command.Validators.Add(result =>
    {
        var (name, file) = (result.GetValue(environment), result.GetValue(assembly));
        if (name is null && file is null)
            result.AddError($"Name an environment: --environment {ClassicEnvironments.Names.Replace(", ", "|", StringComparison.Ordinal)}, or --assembly with a .dll of your own.");
        else if (file is null && ClassicEnvironments.Find(name!) is null)
            result.AddError(ClassicEnvironments.Unknown(name!));
    });

    /// <summary>The environment that the options of a verb choose; the path of an assembly in full, so that it is the same from everywhere.</summary>
    public static EnvironmentChoice Choice(string? name, string? assembly, int? maxEpisodeSteps) =>
        new(name, assembly is null ? null : System.IO.Path.GetFullPath(assembly), maxEpisodeSteps);

    private static Action<SymbolResult> Named(Func<string, string?> name, string rule) => result =>
    {
        if (result.Tokens is [{ Value: var path }] && string.IsNullOrWhiteSpace(name(path)))
            result.AddError($"{rule}, not '{path}'.");
    };
}
