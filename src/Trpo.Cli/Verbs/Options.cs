using System.CommandLine;
using System.Globalization;
using Trpo.Cli.Environments;

namespace Trpo.Cli.Verbs;

/// <summary>The options that several verbs have, each made anew for each of them.</summary>
internal static class Options
{
    public static Option<string?> Environment() => new("--environment")
    {
        Description = $"Where to act: {ClassicEnvironments.Names} (or Gymnasium's ids, such as CartPole-v1); with --assembly the full or simple name of a type in it.",
        HelpName = "name",
    };

    public static Option<string?> Assembly() => new("--assembly")
    {
        Description = "A .dll with environments of your own: classes that implement IEnvironment and have a constructor without parameters.",
        HelpName = "file",
    };

    public static Option<int?> MaxEpisodeSteps() => Number("--max-episode-steps", "The step after which an episode is truncated; by default the environment decides.", least: 1);

    /// <summary>A whole number with a least value; null where it is not given.</summary>
    public static Option<int?> Number(string name, string description, int least)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "n" };
        option.Validators.Add(result =>
        {
            // What is no number is reported by the parser.
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value < least)
                result.AddError($"{name} must be at least {least}.");
        });
        return option;
    }

    /// <summary>A file or folder that the verb reads.</summary>
    public static Argument<string> Path(string name, string description) => new(name) { Description = description, HelpName = name };

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
}
