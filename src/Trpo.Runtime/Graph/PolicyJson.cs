using System.Text.Json.Serialization;

namespace Trpo.Runtime.Graph;

/// <summary>The JSON of the metadata, with code that is generated when the library is compiled, so that programs can be trimmed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(SpaceDescription))]
[JsonSerializable(typeof(PolicyInputColumn[]))]
internal sealed partial class PolicyJson : JsonSerializerContext;
