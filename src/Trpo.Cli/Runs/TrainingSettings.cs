using Trpo.Cli.Foundation;
using Trpo.Estimators;

namespace Trpo.Cli.Runs;

/// <summary>The trainer's settings of a command line: those of a preset, replaced by those of a file, replaced by options of the command line.</summary>
internal static class TrainingSettings
{
    // Every run is repeatable.
    private const int DefaultSeed = 1;

    /// <summary>Gets the presets by name; the first is the default.</summary>
    public static IReadOnlyDictionary<string, TrpoOptions> Presets { get; } = new Dictionary<string, TrpoOptions>
    {
        ["sample-efficient"] = TrpoOptions.SampleEfficient,
        ["plain"] = new(),
    };

    /// <summary>Reads the settings.</summary>
    /// <param name="basis">The settings to change: a preset, or those of a run.</param>
    /// <param name="file">The path of an options file; null for none.</param>
    /// <param name="steps">The total steps; null leaves them.</param>
    /// <param name="seed">The seed; null leaves it.</param>
    /// <param name="finalSteps">The steps of the last iterations; null leaves them.</param>
    /// <param name="shards">The number of shards; null leaves it.</param>
    /// <exception cref="CommandException">The file is missing or wrong, or a setting is out of its range; the message names it.</exception>
    public static TrpoOptions Read(TrpoOptions basis, string? file, int? steps, int? seed, int? finalSteps = null, int? shards = null)
    {
        var options = file is null ? basis : ReadFile(file, basis);
        options = options with { TotalSteps = steps ?? options.TotalSteps, Seed = seed ?? options.Seed ?? DefaultSeed, FinalStepsPerIteration = finalSteps ?? options.FinalStepsPerIteration, Shards = shards ?? options.Shards };
        try
        {
            options.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new CommandException($"The options{(file is null ? "" : $" of {file}")} are wrong: {ErrorMessage.Of(exception)}", exception);
        }

        if (string.IsNullOrWhiteSpace(options.Columns.Observation))
            throw new CommandException($"The options{(file is null ? "" : $" of {file}")} are wrong: the name of the column in columns.observation is empty.");
        return options;
    }

    private static TrpoOptions ReadFile(string file, TrpoOptions basis)
    {
        var text = InputFile.ReadText(file);
        try
        {
            var options = TrpoOptionsJson.Read(text, basis);
            return options.Checkpoints is null
                ? options
                : throw new CommandException($"{file}: the checkpoints are those of the run's folder. Leave 'checkpoints' out; --checkpoint-interval sets their interval.");
        }
        catch (InvalidDataException exception)
        {
            throw new CommandException($"{file}: {exception.Message}", exception);
        }
    }
}
