using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Estimators;
using Trpo.Onnx.Files;
using Trpo.Runtime.Files;

namespace Trpo.Reports.Descriptions;

/// <summary>The description of a run, run.json in its folder: environment, seed, options, versions, machine and sessions.</summary>
public sealed record RunDescription
{
    private const int MaxBytes = 16 << 20;
    private const string Remedy = "Only the report needs the file: move it away.";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <summary>Gets the name of the file, in the run's folder.</summary>
    public static string FileName => "run.json";

    /// <summary>Gets the name of the environment.</summary>
    public required string Environment { get; init; }

    /// <summary>Gets the number of environments that are stepped in turn; at least 1.</summary>
    public required int Environments { get; init; }

    /// <summary>Gets the seed; null if it is not known.</summary>
    public int? Seed { get; init; }

    /// <summary>Gets the options, an object as <see cref="TrpoOptionsJson"/> writes it.</summary>
    public required JsonElement Options { get; init; }

    /// <summary>Gets the version of Trpo.Estimators.</summary>
    public required string LibraryVersion { get; init; }

    /// <summary>Gets the time at which the run was started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Gets the machine.</summary>
    public required MachineDescription Machine { get; init; }

    /// <summary>Gets further lines of the report, by name. Empty by default.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    /// <summary>Gets the sessions of the run, in their order. Recording the run adds to them.</summary>
    public IReadOnlyList<RunSession> Sessions { get; init; } = [];

    /// <summary>Gets the evaluations after the training: of its policy, and of those to compare it with. Empty by default, and once the run is resumed.</summary>
    public IReadOnlyList<RunEvaluation> Evaluations { get; init; } = [];

    /// <summary>Creates the description of a run that starts now, on this machine.</summary>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="environments">The number of environments; at least 1.</param>
    /// <param name="options">The options of the run; functions and objects among them are left out.</param>
    /// <param name="seed">The seed, for options without one.</param>
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

    /// <summary>Writes the description into a run's folder, which is created if it is missing.</summary>
    /// <param name="folder">The run's folder.</param>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        AtomicFile.Write(PathIn(folder), JsonSerializer.SerializeToUtf8Bytes(this, Format));
    }

    /// <summary>Reads the description of a run.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <exception cref="FileNotFoundException">The folder has no description.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; the message names the place.</exception>
    public static RunDescription Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = PathIn(folder);
        var content = BoundedFile.Read(path, MaxBytes);
        try
        {
            var description = JsonSerializer.Deserialize<RunDescription>(content, Format) ?? throw new InvalidDataException($"{path} is empty. {Remedy}");
            return description.FaultIn() is { } fault ? throw new InvalidDataException($"{path}: {fault}. {Remedy}") : description;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is not the description of a run: {exception.Message} {Remedy}", exception);
        }
    }

    /// <summary>Returns the path of the file in a run's folder.</summary>
    internal static string PathIn(string folder) => Path.Combine(folder, FileName);

    /// <summary>Returns the description with another session, which replaces all earlier ones if it begins with iteration 1. Evaluations are those of a policy that is trained on now, and are dropped.</summary>
    internal RunDescription With(RunSession session) => this with { Sessions = session.FirstIteration == 1 ? [session] : [.. Sessions, session], Evaluations = [] };

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
        if (Evaluations.Any(evaluation => evaluation is not { Policy.Length: > 0, Episodes: >= 1 }))
            return "'evaluations' must have a 'policy' and 'episodes' from 1";
        return Sessions.Any(session => session is not { FirstIteration: >= 1 }) ? "'sessions' must begin with iterations from 1" : null;
    }
}
