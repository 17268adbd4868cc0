using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Trpo.Cli.Environments;
using Trpo.Cli.Runs;

namespace Trpo.Cli.Verbs;

/// <summary>Factories of the options that several verbs have.</summary>
internal static class Options
{
    /// <summary>Creates <c>--environment</c>.</summary>
    public static Option<string?> Environment() => new("--environment")
    {
        Description = $"The environment: {ClassicEnvironments.Names} (or Gymnasium's ids, such as CartPole-v1); with --assembly the full or simple name of a type in it.",
        HelpName = "name",
    };

    /// <summary>Creates <c>--assembly</c>.</summary>
    public static Option<string?> Assembly() => File("--assembly", "A .dll with environments of your own: classes that implement IEnvironment and have a constructor without parameters.");

    /// <summary>Creates <c>--max-episode-steps</c>.</summary>
    public static Option<int?> MaxEpisodeSteps() => Number("--max-episode-steps", "The step after which an episode is truncated; by default the environment decides.", min: 1);

    /// <summary>Creates an option with a whole number between bounds; null if it is not given.</summary>
    public static Option<int?> Number(string name, string description, int min, int max = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "n",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
                return value;
            result.AddError($"{name} must be a whole number from {min} to {max}, not '{result.Tokens[0].Value}'.");
            return null;
        },
    };

    /// <summary>Creates an option with a number between bounds; null if it is not given.</summary>
    public static Option<double?> Real(string name, string description, double min, double max) => new(name)
    {
        Description = description,
        HelpName = "x",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max)
                return value;
            result.AddError(FormattableString.Invariant($"{name} must be a number from {min} to {max}, not '{result.Tokens[0].Value}'."));
            return null;
        },
    };

    /// <summary>Creates an option with a number of seconds; null if it is not given.</summary>
    public static Option<double?> Seconds(string name, string description, double max = TrainingCommand.MaxCheckpointInterval) => new(name)
    {
        Description = description,
        HelpName = "seconds",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= TrainingCommand.MinCheckpointInterval && value <= max)
                return value;
            result.AddError(FormattableString.Invariant($"{name} must be a number of seconds from {TrainingCommand.MinCheckpointInterval} to {max:N0}, not '{result.Tokens[0].Value}'."));
            return null;
        },
    };

    /// <summary>Creates the option of the number of threads that step environments.</summary>
    public static Option<int?> Threads(string note = "") => Number("--threads", $"Threads that step the environments; 1 by default.{note}", min: 1);

    /// <summary>Creates <c>--preset</c>.</summary>
    public static Option<string> Preset() => OneOf("--preset", [.. Runs.TrainingSettings.Presets.Keys], "The settings to begin with: sample-efficient (the default) learns more from each step, plain (TRPO as published) needs a third of the computation.");

    /// <summary>Creates <c>--normalize</c>.</summary>
    public static Option<string> Normalize() => OneOf("--normalize", ["auto", "table", "running", "off"], "How observations are scaled: table (NormalizeMeanVariance, fitted on the observations of a random policy), running (by the observations of the trained policy so far), off, or auto (the default): table, but running if a value never changes under a random policy, or if the observation ends with a mask.");

    /// <summary>Creates <c>--parallel</c>.</summary>
    public static Option<int?> Parallel() => Number("--parallel", "Trainings that run at once, in one process, each on one thread where there are several; as many as processors by default.", min: 1, max: 1_024);

    /// <summary>Creates the option of the longest time of a step.</summary>
    public static Option<double?> StepTimeout() => Seconds("--step-timeout", "Seconds that a step or a reset of an environment may take; one that takes longer is named and ends the work, or counts as a failure if it is asynchronous. No limit by default.", SteppingChoice.MaxStepTimeout);

    /// <summary>Creates the option of the number of restarts.</summary>
    public static Option<int?> MaxRestarts() => Number("--max-restarts", "Times that failed environments are replaced by new ones, over all environments; 0 by default.", min: 0);

    /// <summary>Creates an option with one of a few words, the first of which is the default.</summary>
    public static Option<string> OneOf(string name, string[] words, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = string.Join('|', words), DefaultValueFactory = _ => words[0] };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var word }] && !words.Contains(word))
                result.AddError($"{name} must be one of {string.Join(", ", words)}, not '{word}'.");
        });
        return option;
    }

    /// <summary>Creates an argument with a file or folder.</summary>
    public static Argument<string> Path(string name, string description) => new(name) { Description = description, HelpName = name, Validators = { Named(path => path, $"{name} must be a path") } };

    /// <summary>Creates an option with a file; null if it is not given.</summary>
    public static Option<string?> File(string name, string description) =>
        new(name) { Description = description, HelpName = "file", Validators = { Named(System.IO.Path.GetFileName, $"{name} must name a file") } };

    /// <summary>Creates an option with a folder; null if it is not given.</summary>
    public static Option<string?> Folder(string name, string description) =>
        new(name) { Description = description, HelpName = "folder", Validators = { Named(path => path, $"{name} must name a folder") } };

    /// <summary>Adds the rule that a command line names an environment that exists.</summary>
    public static void RequireEnvironment(Command command, Option<string?> environment, Option<string?> assembly) => command.Validators.Add(result =>
    {
        var (name, file) = (result.GetValue(environment), result.GetValue(assembly));
        if (name is null && file is null)
            result.AddError($"Name an environment: --environment {ClassicEnvironments.Names.Replace(", ", "|", StringComparison.Ordinal)}, or --assembly with a .dll of your own.");
        else if (file is null && ClassicEnvironments.Find(name!) is null)
            result.AddError(ClassicEnvironments.Unknown(name!));
    });

    /// <summary>Returns the environment that the options of a verb choose, with the full path of the assembly.</summary>
    public static EnvironmentChoice Choice(string? name, string? assembly, int? maxEpisodeSteps) =>
        new(name, assembly is null ? null : System.IO.Path.GetFullPath(assembly), maxEpisodeSteps);

    private static Action<SymbolResult> Named(Func<string, string?> name, string rule) => result =>
    {
        if (result.Tokens is [{ Value: var path }] && string.IsNullOrWhiteSpace(name(path)))
            result.AddError($"{rule}, not '{path}'.");
    };
}
