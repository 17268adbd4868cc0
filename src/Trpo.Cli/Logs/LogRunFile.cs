using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Cli.Foundation;
using Trpo.Onnx.Files;
using Trpo.Runtime.Files;

namespace Trpo.Cli.Logs;

/// <summary>The file with the origin of a policy that was learned from a log.</summary>
internal static class LogRunFile
{
    private const int MaxBytes = 1 << 20;

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Writes the origin of a policy.</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="origin">The origin.</param>
    public static void Write(string path, LogProvenance origin) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(origin, Format));

    /// <summary>Reads the origin of a policy.</summary>
    /// <exception cref="CommandException">The file is damaged, or of a newer version.</exception>
    public static LogProvenance Read(string path)
    {
        try
        {
            var origin = JsonSerializer.Deserialize<LogProvenance>(Encoding.UTF8.GetString(BoundedFile.Read(path, MaxBytes)), Format) ?? throw new InvalidDataException("it is empty.");
            return origin.Version is >= 1 and <= LogProvenance.CurrentVersion
                ? origin
                : throw new InvalidDataException($"it is of version {origin.Version}, and this tool reads {LogProvenance.CurrentVersion}: a newer trpo wrote it.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidDataException)
        {
            throw new CommandException($"{path} cannot be read: {exception.Message} Restore it, or delete it, and name the columns with --action, --reward and --probability; rows that the policy was learned from are not found then.", exception);
        }
    }
}
