using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Trpo.Estimators.Health;

namespace Trpo.Estimators;

/// <summary>
/// The names of options in JSON: those of the properties in camel case. A property that was renamed is still written under its earlier name, so that files and
/// the identities in checkpoints stay valid, and is read under both.
/// </summary>
internal static class TrpoOptionNames
{
    /// <summary>Gets the names in files of renamed properties, by the type and the present name of the property.</summary>
    public static IReadOnlyDictionary<(Type Type, string Property), string> Renamed { get; } = new Dictionary<(Type, string), string>
    {
        [(typeof(HealthOptions), nameof(HealthOptions.MaxRollbacks))] = "maxRecoveries",
        [(typeof(HealthOptions), nameof(HealthOptions.RollbackMaxKlFactor))] = "recoveryFactor",
    };

    /// <summary>Gives renamed properties their names in files.</summary>
    public static void KeepNamesInFiles(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (EarlierName(property) is { } earlier)
                property.Name = earlier;
        }
    }

    /// <summary>Returns the present name of a property, which messages show: in camel case, whatever its name in files.</summary>
    public static string Of(JsonPropertyInfo property) =>
        EarlierName(property) is null ? property.Name : JsonNamingPolicy.CamelCase.ConvertName(((MemberInfo)property.AttributeProvider!).Name);

    /// <summary>Returns the property of a name in JSON, present or earlier, in any case; null if there is none.</summary>
    public static JsonPropertyInfo? Find(JsonTypeInfo type, string name) => type.Properties.FirstOrDefault(property =>
        property.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || Of(property).Equals(name, StringComparison.OrdinalIgnoreCase));

    private static string? EarlierName(JsonPropertyInfo property) =>
        property.AttributeProvider is MemberInfo member ? Renamed.GetValueOrDefault((member.DeclaringType!, member.Name)) : null;
}
