using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Onnx.Files;

namespace Trpo.Cli.Runs;

/// <summary>A <see cref="TrainingCommand"/> as a file. It is not trusted: what is read is checked like a command line.</summary>
internal static class TrainingCommandFile
{
    private const int Version = 1;
    private const int MostBytes = 1 << 20;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    public static void Write(string path, TrainingCommand command)
    {
        var record = new Record(Version, command.Environment.Name, command.Environment.Assembly, command.Environment.MaxEpisodeSteps, command.Environments, command.Threads,
            command.Normalization, command.Episodes, command.CheckpointInterval, JsonNode.Parse(TrpoOptionsJson.Write(command.Options))!.AsObject());
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(record, Format)));
    }

    /// <exception cref="CommandException">There is no such file, or it is damaged or of a newer version; the message says what to do.</exception>
    public static TrainingCommand Read(RunFolder folder)
    {
        var path = folder.Command;
        try
        {
            var text = Encoding.UTF8.GetString(BoundedFile.Read(path, MostBytes));
            CheckVersion(JsonNode.Parse(text));
            var record = JsonSerializer.Deserialize<Record>(text, Format) ?? throw new InvalidDataException("it is empty");
            return Checked(record);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"There is no run to read: {path} does not exist. `trpo train --out {folder.Given}` starts one.{folder.WhereReplaced}", exception);
        }
        // A name that is there twice is an argument that is wrong.
        catch (Exception exception) when (exception is JsonException or InvalidDataException or ArgumentException)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message} Its training can go on with a whole one: `trpo train` with the same options and another --out writes it, to be copied here. Or start again, with --overwrite.", exception);
        }
    }

    private static void CheckVersion(JsonNode? node)
    {
        if (node is not JsonObject record || record["version"] is not JsonValue value || !value.TryGetValue<int>(out var version))
            throw new InvalidDataException("it has no 'version', so that it is no record of a training.");
        if (version is < 1 or > Version)
            throw new InvalidDataException($"it is of version {version}, and this tool reads {Version}: a newer trpo wrote it.");
    }

    private static TrainingCommand Checked(Record record)
    {
        AtLeast(record.Environments, 1, "environments");
        if (record.Environments > TrainingCommand.MostEnvironments)
            throw new InvalidDataException($"'environments' is {record.Environments}, but must be at most {TrainingCommand.MostEnvironments}.");
        AtLeast(record.Threads, 1, "threads");
        AtLeast(record.Episodes, 0, "episodes");
        AtLeast(record.MaxEpisodeSteps ?? 1, 1, "maxEpisodeSteps");
        if (!(record.CheckpointInterval > 0 && record.CheckpointInterval <= TrainingCommand.LongestInterval))
            throw new InvalidDataException("'checkpointInterval' must be a positive number of seconds.");
        if (string.IsNullOrWhiteSpace(record.Environment ?? record.Assembly) || record.Assembly is { Length: 0 })
            throw new InvalidDataException("it names neither an 'environment' nor an 'assembly'.");
        return new TrainingCommand
        {
            Environment = new EnvironmentChoice(record.Environment, record.Assembly, record.MaxEpisodeSteps),
            Environments = record.Environments,
            Threads = record.Threads,
            Normalization = record.Normalization,
            Episodes = record.Episodes,
            CheckpointInterval = Math.Max(record.CheckpointInterval, TrainingCommand.ShortestInterval),
            Options = TrpoOptionsJson.Read(record.Options.ToJsonString()),
        };
    }

    private static void AtLeast(int value, int least, string name)
    {
        if (value < least)
            throw new InvalidDataException($"'{name}' is {value}, but must be at least {least}.");
    }

    private sealed record Record(
        int Version, string? Environment, string? Assembly, int? MaxEpisodeSteps, int Environments, int Threads, Normalization Normalization, int Episodes, double CheckpointInterval, JsonObject Options);
}
