using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Trpo.Estimators.Workers;

namespace Trpo.Estimators;

/// <summary>
/// Options as JSON, for files: <c>{ "totalSteps": 200000, "trustRegion": { "maxKl": 0.02 } }</c>. Options that hold functions or objects of your own (networks, optimizers, listeners, tokens)
/// are left out. Names may be in any case, also those that an option had in earlier versions; comments and trailing commas are allowed.
/// </summary>
public static class TrpoOptionsJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
        WriteIndented = true,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RemoveFunctions, TrpoOptionNames.KeepNamesInFiles } },
    };

    private static readonly JsonSerializerOptions Compact = new(Format) { WriteIndented = false };

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    /// <summary>Writes all options that are data, also those that have their defaults.</summary>
    /// <param name="options">The options.</param>
    /// <returns>An indented JSON object.</returns>
    public static string Write(TrpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return JsonSerializer.Serialize(options, Format);
    }

    /// <summary>Reads options.</summary>
    /// <param name="json">A JSON object. Options that it leaves out, at any depth, are those of <paramref name="basis"/>.</param>
    /// <param name="basis">The options to change; null, the default, means the defaults.</param>
    /// <returns>The options, with the functions and objects of <paramref name="basis"/>. Their values are of the right kinds; <see cref="TrpoOptions.Validate"/> checks the ranges.</returns>
    /// <exception cref="InvalidDataException"><paramref name="json"/> is no JSON object, names an option that does not exist or one twice, leaves out a required one, or gives one a value of another kind; the message says which.</exception>
    public static TrpoOptions Read(string json, TrpoOptions? basis = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        basis ??= new TrpoOptions();
        var merged = JsonSerializer.SerializeToNode(basis, Format)!.AsObject();
        Merge(merged, Parse(json), Format.GetTypeInfo(typeof(TrpoOptions)), "");
        return merged.Deserialize<TrpoOptions>(Format)! with
        {
            Optimizer = basis.Optimizer,
            Network = basis.Network,
            Distribution = basis.Distribution,
            Baseline = basis.Baseline,
            InitialPolicy = basis.InitialPolicy,
            Progress = basis.Progress,
            Cancellation = basis.Cancellation,
            Workers = basis.Workers,
        };
    }

    /// <summary>Lists all options that are data, also those that have their defaults, as pairs of a name, such as <c>trustRegion.maxKl</c>, and a value.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The pairs, in the order in which <see cref="Write"/> writes them.</returns>
    public static IReadOnlyList<KeyValuePair<string, JsonElement>> Flatten(TrpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Flatten(JsonSerializer.SerializeToElement(options, Compact));
    }

    /// <summary>Lists the values of a JSON object and of the objects in it as pairs of a name, such as <c>trustRegion.maxKl</c>, and a value that is no object.</summary>
    /// <param name="options">Options as <see cref="Write"/> writes them, of any version of the library.</param>
    /// <returns>The pairs, in the order of the JSON.</returns>
    /// <exception cref="InvalidOperationException"><paramref name="options"/> is no JSON object.</exception>
    public static IReadOnlyList<KeyValuePair<string, JsonElement>> Flatten(JsonElement options) => [.. Flatten(options, "")];

    private static IEnumerable<KeyValuePair<string, JsonElement>> Flatten(JsonElement part, string path) => part.EnumerateObject().SelectMany(option =>
        option.Value.ValueKind == JsonValueKind.Object ? Flatten(option.Value, $"{path}{option.Name}.") : [new($"{path}{option.Name}", option.Value)]);

    private static JsonObject Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: Lenient) as JsonObject ?? throw new InvalidDataException("The options must be a JSON object: { \"totalSteps\": 200000 }.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The options are not JSON: {exception.Message}", exception);
        }
    }

    private static void Merge(JsonObject into, JsonObject changes, JsonTypeInfo type, string path)
    {
        var seen = new HashSet<string>();
        foreach (var (name, value) in changes)
        {
            var known = TrpoOptionNames.Find(type, name)
                ?? throw new InvalidDataException($"There is no option '{path}{name}'. {(path.Length == 0 ? "Options" : $"Those of '{path[..^1]}'")} are {NamesOf(type)}.");
            var option = path + TrpoOptionNames.Of(known);
            if (!seen.Add(known.Name))
                throw new InvalidDataException($"Option '{option}' is given twice.");
            if (value is JsonObject part && Format.GetTypeInfo(known.PropertyType) is { Kind: JsonTypeInfoKind.Object } partType)
            {
                var whole = into[known.Name] as JsonObject ?? [];
                Merge(whole, part, partType, $"{option}.");
                if (partType.Properties.FirstOrDefault(property => property.IsRequired && !whole.ContainsKey(property.Name)) is { } missing)
                    throw new InvalidDataException($"Option '{option}' needs '{TrpoOptionNames.Of(missing)}'.");
                if (whole.Parent is null)
                    into[known.Name] = whole;
            }
            else
            {
                Check(value, known, option);
                into[known.Name] = value?.DeepClone();
            }
        }
    }

    /// <exception cref="InvalidDataException">The option cannot have the value.</exception>
    private static void Check(JsonNode? value, JsonPropertyInfo property, string option)
    {
        try
        {
            if (value is null ? IsNullable(property) : value.Deserialize(property.PropertyType, Format) is not null)
                return;
        }
        catch (JsonException exception)
        {
            throw Wrong(exception);
        }

        throw Wrong(inner: null);

        InvalidDataException Wrong(JsonException? inner) =>
            new($"Option '{option}' must be {KindOf(property.PropertyType)}{(IsNullable(property) ? " or null" : "")}, not {value?.ToJsonString() ?? "null"}.", inner);
    }

    private static bool IsNullable(JsonPropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsSetNullable;

    private static string KindOf(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } choices => $"one of {string.Join(", ", Enum.GetNames(choices))}",
        var plain when plain == typeof(bool) => "true or false",
        var plain when plain == typeof(int) => "a whole number",
        var plain when plain == typeof(double) => "a number",
        var plain when plain == typeof(string) => "a text",
        var plain when plain == typeof(TimeSpan) => "a time such as \"00:01:00\"",
        var plain when plain == typeof(IReadOnlyList<int>) => "a list of whole numbers",
        var plain => $"an object of {NamesOf(Format.GetTypeInfo(plain))}",
    };

    private static string NamesOf(JsonTypeInfo type) => string.Join(", ", type.Properties.Select(TrpoOptionNames.Of));

    private static void RemoveFunctions(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (typeof(Delegate).IsAssignableFrom(property.PropertyType) || property.PropertyType == typeof(CancellationToken) || property.PropertyType == typeof(TrainingWorkers) || property.PropertyType == typeof(InitialPolicy)
                || (property.PropertyType.IsInterface && property.PropertyType != typeof(IReadOnlyList<int>)))
                type.Properties.RemoveAt(i);
        }
    }
}
