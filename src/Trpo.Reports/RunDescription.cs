using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Estimators;
using Trpo.Onnx.Files;

namespace Trpo.Reports;

/// <summary>What a run was made of, beside its numbers: run.json in its folder.</summary>
public sealed record RunDescription
{
    private const int MostBytes = 16 << 20;
    private const string Remedy = "Nothing depends on it but the report: move the file away.";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <summary>The name of the file, in the run's folder.</summary>
    public static string FileName => "run.json";

    /// <summary>The name of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>The number of environments side by side; at least 1.</summary>
    public required int Environments { get; init; }

    /// <summary>Where the run's randomness starts; null where it is not known.</summary>
    public int? Seed { get; init; }

    /// <summary>The options, an object as <see cref="TrpoOptionsJson"/> writes it.</summary>
    public required JsonElement Options { get; init; }

    /// <summary>The version of Trpo.Estimators.</summary>
    public required string LibraryVersion { get; init; }

    /// <summary>When the run was started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The machine.</summary>
    public required MachineDescription Machine { get; init; }

    /// <summary>Whatever else is worth a line in the report. Nothing by default.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    /// <summary>The processes that made the run, in their order; <see cref="RunRecorder"/> adds to them.</summary>
    public IReadOnlyList<RunSession> Sessions { get; init; } = [];

    /// <summary>Describes a run that starts now, on this machine.</summary>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="environments">The number of environments side by side; at least 1.</param>
    /// <param name="options">The options of the run; those that are functions or objects are not kept.</param>
    /// <param name="seed">Where randomness starts, if the options do not say it.</param>
    public static RunDescription Create(string environment, int environments, TrpoOptions options, int? seed = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(environment);
        ArgumentOutOfRangeException.ThrowIfLessThan(environments, 1);
        ArgumentNullException.ThrowIfNull(options);
        return new RunDescription
        {
            Environment = environment,
            Environments = environments,
            Seed = options.Seed ?? seed,
            Options = JsonElement.Parse(TrpoOptionsJson.Write(options)),
            LibraryVersion = Estimators.Foundation.LibraryVersion.Informational,
            Started = DateTimeOffset.UtcNow,
            Machine = MachineDescription.Current,
        };
    }

    /// <summary>Writes the description into a run's folder, which is created where it is missing.</summary>
    /// <param name="folder">The run's folder.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFile.Write(PathIn(folder), JsonSerializer.SerializeToUtf8Bytes(this, Format));
    }

    /// <summary>Reads the description of a run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="FileNotFoundException">There is no description in it.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; the message says where.</exception>
    public static RunDescription Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = PathIn(folder);
        var content = BoundedFile.Read(path, MostBytes);
        try
        {
            var description = JsonSerializer.Deserialize<RunDescription>(content, Format) ?? throw new InvalidDataException($"{path} is empty. {Remedy}");
            return description.FaultIn() is { } fault ? throw new InvalidDataException($"{path}: {fault}. {Remedy}") : description;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is no description of a run: {exception.Message} {Remedy}", exception);
        }
    }

    /// <summary>The file in a run's folder.</summary>
    internal static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>With a session more; one that begins with iteration 1 is the run's first.</summary>
    internal RunDescription With(RunSession session) => this with { Sessions = session.FirstIteration == 1 ? [session] : [.. Sessions, session] };

    private string? FaultIn()
    {
        if (string.IsNullOrEmpty(Environment))
            return "'environment' must be a name";
        if (Environments < 1)
            return $"'environments' must be at least 1, but is {Environments}";
        if (Options.ValueKind != JsonValueKind.Object)
            return $"'options' must be an object, but is {Options.ValueKind}";
        if (Machine.Cores < 1)
            return $"'machine.cores' must be at least 1, but is {Machine.Cores}";
        if (Details.Values.Any(value => value is null))
            return "'details' must be texts";
        return Sessions.Any(session => session is not { FirstIteration: >= 1 }) ? "'sessions' must begin with iterations from 1" : null;
    }
}
