using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Onnx.Files;
using Trpo.Runtime.Files;

namespace Trpo.Cli.Runs;

/// <summary>The file of a <see cref="TrainingCommand"/>, which is checked like a command line when it is read.</summary>
internal static class TrainingCommandFile
{
    private const int Version = 1;
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Writes a command.</summary>
    public static void Write(string path, TrainingCommand command) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(Text(command)));

    /// <summary>Returns the content of the file of a command: equal commands have equal texts.</summary>
    public static string Text(TrainingCommand command)
    {
        var record = new Record(Version, command.Environment.Name, command.Environment.Assembly, command.Environment.MaxEpisodeSteps, command.Environments, command.Stepping.Threads,
            command.Normalization, command.Episodes, command.CheckpointInterval, JsonNode.Parse(TrpoOptionsJson.Write(command.Options))!.AsObject(), command.Stepping.StepTimeout, command.Stepping.MaxRestarts, command.HasStart);
        return JsonSerializer.Serialize(record, Format);
    }

    /// <summary>Reads the command of a run.</summary>
    /// <exception cref="CommandException">There is no such file, or the file is damaged or of a newer version; the message names a remedy.</exception>
    public static TrainingCommand Read(RunFolder folder)
    {
        var path = folder.Command;
        try
        {
            var text = Encoding.UTF8.GetString(BoundedFile.Read(path, MaxBytes));
            CheckVersion(JsonNode.Parse(text));
            var record = JsonSerializer.Deserialize<Record>(text, Format) ?? throw new InvalidDataException("it is empty");
            return Checked(record);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no run to read: {path} does not exist. `trpo train --out {folder.Given}` starts one.{folder.WhereReplaced}", exception);
        }
        // JsonNode throws an ArgumentException if a name occurs twice.
        catch (Exception exception) when (exception is JsonException or InvalidDataException or ArgumentException)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message} To resume the training, copy an intact file here, which `trpo train` with the same options and another --out writes; or start again, with --overwrite.", exception);
        }
    }

    private static void CheckVersion(JsonNode? node)
    {
        if (node is not JsonObject record || record["version"] is not JsonValue value || !value.TryGetValue<int>(out var version))
            throw new InvalidDataException("it has no 'version', so it is no record of a training.");
        if (version is < 1 or > Version)
            throw new InvalidDataException($"it is of version {version}, and this tool reads {Version}: a newer trpo wrote it.");
    }

    private static TrainingCommand Checked(Record record)
    {
        AtLeast(record.Environments, 1, "environments");
        if (record.Environments > TrainingCommand.MaxEnvironments)
            throw new InvalidDataException($"'environments' is {record.Environments}, but must be at most {TrainingCommand.MaxEnvironments}.");
        AtLeast(record.Threads, 1, "threads");
        AtLeast(record.MaxRestarts, 0, "maxRestarts");
        AtLeast(record.Episodes, 0, "episodes");
        AtLeast(record.MaxEpisodeSteps ?? 1, 1, "maxEpisodeSteps");
        if (!(record.CheckpointInterval > 0 && record.CheckpointInterval <= TrainingCommand.MaxCheckpointInterval))
            throw new InvalidDataException("'checkpointInterval' must be a positive number of seconds.");
        if (record.StepTimeout is { } timeout && !(timeout >= TrainingCommand.MinCheckpointInterval && timeout <= SteppingChoice.MaxStepTimeout))
            throw new InvalidDataException(FormattableString.Invariant($"'stepTimeout' is {timeout}, but must be a number of seconds from {TrainingCommand.MinCheckpointInterval} to {SteppingChoice.MaxStepTimeout:N0}."));
        if (string.IsNullOrWhiteSpace(record.Environment ?? record.Assembly) || record.Assembly is { Length: 0 })
            throw new InvalidDataException("it names neither an 'environment' nor an 'assembly'.");
        return new TrainingCommand
        {
            Environment = new EnvironmentChoice(record.Environment, record.Assembly, record.MaxEpisodeSteps),
            Environments = record.Environments,
            Stepping = new SteppingChoice(record.Threads, record.StepTimeout, record.MaxRestarts),
            Normalization = record.Normalization,
            Episodes = record.Episodes,
            CheckpointInterval = Math.Max(record.CheckpointInterval, TrainingCommand.MinCheckpointInterval),
            HasStart = record.HasStart,
            Options = TrpoOptionsJson.Read(record.Options.ToJsonString()),
        };
    }

    private static void AtLeast(int value, int min, string name)
    {
        if (value < min)
            throw new InvalidDataException($"'{name}' is {value}, but must be at least {min}.");
    }

    private sealed record Record(
        int Version, string? Environment, string? Assembly, int? MaxEpisodeSteps, int Environments, int Threads, Normalization Normalization, int Episodes, double CheckpointInterval, JsonObject Options,
        double? StepTimeout = null, int MaxRestarts = 0, bool HasStart = false);
}
