using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Trpo.Runtime.Spaces;

namespace Trpo.Runtime.Graph;

/// <summary><see cref="PolicyMetadata"/> as the string pairs of an ONNX model's <c>metadata_props</c>, and back.</summary>
internal static class PolicyMetadataFormat
{
    private const int Version = 1;
    private const string Prefix = "trpo.";
    private const string VersionKey = "trpo.version";
    private const string ObservationKey = "trpo.observation_space";
    private const string ActionKey = "trpo.action_space";
    private const string InputColumnsKey = "trpo.input_columns";
    private const string MaskKey = "trpo.action_mask";
    private const string MissingKey = "trpo.marks_missing";
    private const string ProvenancePrefix = "trpo.provenance.";

    // A few bytes of metadata declare any number of choices, each of which gets a name and a score.
    private const int MaxScores = 1 << 18;

    /// <summary>Returns the pairs that describe a policy.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Write(PolicyMetadata metadata)
    {
        yield return new(VersionKey, Version.ToString(CultureInfo.InvariantCulture));
        yield return new(ObservationKey, JsonSerializer.Serialize(Describe(metadata.Observations), PolicyJson.Default.SpaceDescription));
        yield return new(ActionKey, JsonSerializer.Serialize(Describe(metadata.Actions), PolicyJson.Default.SpaceDescription));
        if (!metadata.InputColumns.IsEmpty)
            yield return new(InputColumnsKey, JsonSerializer.Serialize([.. metadata.InputColumns], PolicyJson.Default.PolicyInputColumnArray));
        if (metadata.HasActionMask)
            yield return new(MaskKey, "true");
        if (metadata.MarksMissing)
            yield return new(MissingKey, "true");
        foreach (var (name, value) in metadata.Provenance)
            yield return new(ProvenancePrefix + name, value);
    }

    /// <summary>Reads the description of a policy.</summary>
    /// <exception cref="InvalidDataException">A pair is missing, malformed, or of a newer version; the message names it.</exception>
    public static PolicyMetadata Read(IReadOnlyDictionary<string, string> pairs)
    {
        CheckKeys(pairs);
        var provenance = pairs
            .Where(pair => pair.Key.StartsWith(ProvenancePrefix, StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key[ProvenancePrefix.Length..], pair.Value));
        try
        {
            var observations = Observations(JsonSerializer.Deserialize(Get(pairs, ObservationKey), PolicyJson.Default.SpaceDescription));
            var actions = Actions(JsonSerializer.Deserialize(Get(pairs, ActionKey), PolicyJson.Default.SpaceDescription));
            if (actions.ScoreLength > MaxScores)
                throw new JsonException($"'{ActionKey}' has {actions.ScoreLength} scores: there can be {MaxScores} at most.");
            return new PolicyMetadata(observations, actions, provenance, InputColumns(pairs.GetValueOrDefault(InputColumnsKey)))
            {
                HasActionMask = HasMask(pairs.GetValueOrDefault(MaskKey)),
                MarksMissing = pairs.GetValueOrDefault(MissingKey) == "true",
            };
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"The model's metadata describes no valid spaces or columns: {exception.Message}", exception);
        }
    }

    /// <summary>Checks the version, and that no pair with this library's prefix is unknown to it.</summary>
    /// <exception cref="InvalidDataException">The pairs are not those of a policy, or are of a newer version.</exception>
    public static void CheckKeys(IReadOnlyDictionary<string, string> pairs)
    {
        var version = Get(pairs, VersionKey);
        if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            throw new InvalidDataException($"The model's metadata has '{VersionKey}' = '{version}', which is not a version.");
        if (number > Version)
            throw new InvalidDataException($"The policy was exported by a newer version ({number}) than this library reads ({Version}): update Trpo.Onnx.");
        var unknown = pairs.Keys.FirstOrDefault(key => key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            && !IsOurs(key));
        if (unknown is not null)
            throw new InvalidDataException($"The model's metadata has '{unknown}', which this library does not know.");
    }

    /// <summary>True if a pair of a model's metadata is one that this class writes.</summary>
    public static bool IsOurs(string key) =>
        key is VersionKey or ObservationKey or ActionKey or InputColumnsKey or MaskKey or MissingKey || key.StartsWith(ProvenancePrefix, StringComparison.Ordinal);

    private static IEnumerable<PolicyInputColumn> InputColumns(string? json) => json is null
        ? []
        : JsonSerializer.Deserialize(json, PolicyJson.Default.PolicyInputColumnArray)?.Select(column => column ?? throw new JsonException($"'{InputColumnsKey}' has a column that is null."))
            ?? throw new JsonException($"'{InputColumnsKey}' is not a list of columns.");

    private static bool HasMask(string? value) => value switch
    {
        null => false,
        "true" => true,
        _ => throw new JsonException($"'{MaskKey}' is '{value}': it can only be 'true'."),
    };

    private static string Get(IReadOnlyDictionary<string, string> pairs, string key) =>
        pairs.TryGetValue(key, out var value)
            ? value
            : throw new InvalidDataException($"The model's metadata has no '{key}': it is not a policy that this library exported.");

    private static SpaceDescription Describe(ObservationSpace space) => new("box", Null(space.Names), [.. space.Low], [.. space.High]);

    private static SpaceDescription Describe(ActionSpace space) => space switch
    {
        DiscreteActionSpace => new("discrete", [.. space.Names]),
        MultiDiscreteActionSpace multi => new("multi_discrete", [.. multi.Names], Counts: [.. multi.Counts]),
        MultiBinaryActionSpace => new("multi_binary", [.. space.Names]),
        BoxActionSpace box => new("box", [.. box.Names], [.. box.Low], [.. box.High]),
        _ => throw new InvalidOperationException($"The action space {space} has no description."),
    };

    private static ObservationSpace Observations(SpaceDescription? space) => space is { Type: "box", Low: { } low, High: { } high }
        ? ObservationSpace.Box(low, high, space.Names ?? [])
        : throw new JsonException($"'{ObservationKey}' is not a box with bounds.");

    private static ActionSpace Actions(SpaceDescription? space) => space switch
    {
        { Type: "discrete", Names: { } names } => ActionSpace.Discrete(names),
        { Type: "multi_discrete", Counts: { } counts } => ActionSpace.MultiDiscrete(Bounded(counts), space.Names ?? []),
        { Type: "multi_binary", Names: { } names } => ActionSpace.MultiBinary(names),
        { Type: "box", Low: { } low, High: { } high } => ActionSpace.Box(low, high, space.Names ?? []),
        _ => throw new JsonException($"'{ActionKey}' is neither a discrete or multi-binary space with names, nor a multi-discrete space with counts, nor a box with bounds."),
    };

    // Before their names are made.
    private static int[] Bounded(int[] counts) => counts.Sum(count => (long)count) <= MaxScores
        ? counts
        : throw new JsonException($"'{ActionKey}' has more than {MaxScores} choices.");

    private static string[]? Null(ImmutableArray<string> names) => names.IsEmpty ? null : [.. names];
}
