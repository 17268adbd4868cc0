using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Cli.Foundation;
using Trpo.Onnx.Files;
using Trpo.Runtime.Files;

namespace Trpo.Cli.Logs;

/// <summary>The file with the columns of the log that a policy was learned from.</summary>
internal static class LogRunFile
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
    };

    /// <summary>Writes the columns.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="data">The path of the log.</param>
    /// <param name="table">The table of the log; null for the only one.</param>
    /// <param name="learned">The number of rows that the policy was learned from: the first of the log.</param>
    /// <param name="heldOut">The number of rows behind them that it was evaluated on.</param>
    public static void Write(string path, LogChoice choice, string data, string? table, long learned, long heldOut) => AtomicFile.Write(path, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        new Record(Version, data, table, learned, heldOut, choice.Action, choice.Reward, choice.IsLogarithm ? null : choice.Probability, choice.IsLogarithm ? choice.Probability : null,
            [.. choice.Features.Select(feature => feature.Name)]), Format)));

    /// <summary>Reads the names of action, reward and probability, and where the policy was learned from.</summary>
    /// <exception cref="CommandException">The file is damaged, or of a newer version.</exception>
    public static (LogNames Names, string Data, string? Table, long Learned) Read(string path)
    {
        try
        {
            var record = JsonSerializer.Deserialize<Record>(Encoding.UTF8.GetString(BoundedFile.Read(path, MaxBytes)), Format) ?? throw new InvalidDataException("it is empty.");
            return record.Version is >= 1 and <= Version
                ? (new LogNames { Action = record.Action, Reward = record.Reward, Probability = record.Probability, LogProbability = record.LogProbability }, record.Data, record.Table, record.Learned)
                : throw new InvalidDataException($"it is of version {record.Version}, and this tool reads {Version}: a newer trpo wrote it.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message} Name model.zip in the place of the folder, with --action, --reward and --probability.", exception);
        }
    }

    private sealed record Record(int Version, string Data, string? Table, long Learned, long HeldOut, string Action, string Reward, string? Probability, string? LogProbability, IReadOnlyList<string> Features);
}
