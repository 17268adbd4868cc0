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
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsNoData } },
    };

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>All options that can be written, also those that have their defaults.</summary>
    public static string Write(TrpoOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return JsonSerializer.Serialize(options, Format);
    }

    /// <summary>Reads options.</summary>
    /// <param name="json">An object; what it leaves out, at any depth, is as in <paramref name="basis"/>.</param>
    /// <param name="basis">The options to change; null means the defaults.</param>
    /// <exception cref="InvalidDataException">It is no JSON, names an option that does not exist, or gives one a value of another kind; the message says which.</exception>
    public static TrpoOptions Read(string json, TrpoOptions? basis = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        basis ??= new TrpoOptions();
        try
        {
            var changes = JsonNode.Parse(json, documentOptions: Lenient) as JsonObject ?? throw new InvalidDataException("The options must be a JSON object: { \"totalSteps\": 200000 }.");
            var merged = JsonSerializer.SerializeToNode(basis, Format)!.AsObject();
            Merge(merged, changes, Format.GetTypeInfo(typeof(TrpoOptions)), "");
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
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The options cannot be read{(exception.Path is { Length: > 2 } path ? $", at '{path[2..]}'" : "")}: {exception.Message}", exception);
        }
    }

    private static void Merge(JsonObject into, JsonObject changes, JsonTypeInfo type, string path)
    {
        foreach (var (name, value) in changes)
        {
            var known = type.Properties.FirstOrDefault(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? throw new InvalidDataException($"There is no option '{path}{name}'. {(path.Length == 0 ? "Options" : $"Those of '{path[..^1]}'")} are {string.Join(", ", type.Properties.Select(property => property.Name))}.");
            if (value is JsonObject part && into[known.Name] is JsonObject whole)
                Merge(whole, part, Format.GetTypeInfo(known.PropertyType), $"{path}{known.Name}.");
            else
                into[known.Name] = value?.DeepClone();
        }
    }

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
