using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Trpo.Estimators;

/// <summary>
/// Options as JSON, for files: <c>{ "totalSteps": 200000, "trustRegion": { "maxKl": 0.02 } }</c>. Those that hold functions or objects of your own (networks, optimizers, listeners, tokens)
/// are not in it. Names may be in any case, and comments and trailing commas are allowed.
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
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsNoData } },
    };

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };

    /// <summary>All options that can be written, also those that have their defaults.</summary>
    public static string Write(TrpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return JsonSerializer.Serialize(options, Format);
    }

    /// <summary>Reads options.</summary>
    /// <param name="json">An object; what it leaves out, at any depth, is as in <paramref name="basis"/>.</param>
    /// <param name="basis">The options to change; null means the defaults.</param>
    /// <exception cref="InvalidDataException">It is no JSON, names an option that does not exist or one twice, leaves out a required one, or gives one a value of another kind; the message says which.</exception>
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
            Progress = basis.Progress,
            Cancellation = basis.Cancellation,
        };
    }

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
            var known = type.Properties.FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new InvalidDataException($"There is no option '{path}{name}'. {(path.Length == 0 ? "Options" : $"Those of '{path[..^1]}'")} are {NamesOf(type)}.");
            var option = path + known.Name;
            if (!seen.Add(known.Name))
                throw new InvalidDataException($"Option '{option}' is given twice.");
            if (value is JsonObject part && Format.GetTypeInfo(known.PropertyType) is { Kind: JsonTypeInfoKind.Object } partType)
            {
                var whole = into[known.Name] as JsonObject ?? [];
                Merge(whole, part, partType, $"{option}.");
                if (partType.Properties.FirstOrDefault(property => property.IsRequired && !whole.ContainsKey(property.Name)) is { } missing)
                    throw new InvalidDataException($"Option '{option}' needs '{missing.Name}'.");
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

    /// <exception cref="InvalidDataException">A value is none that the option can have.</exception>
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

    private static string NamesOf(JsonTypeInfo type) => string.Join(", ", type.Properties.Select(property => property.Name));

    private static void LeaveOutWhatIsNoData(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (typeof(Delegate).IsAssignableFrom(property.PropertyType) || property.PropertyType == typeof(CancellationToken)
                || (property.PropertyType.IsInterface && property.PropertyType != typeof(IReadOnlyList<int>)))
                type.Properties.RemoveAt(i);
        }
    }
}
