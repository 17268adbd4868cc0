using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trpo.Runtime.Graph;

/// <summary>Types of columns as lower-case names in JSON, such as <c>uint16</c>.</summary>
internal sealed class PolicyInputTypeConverter() : JsonStringEnumConverter<PolicyInputType>(new LowerCase(), allowIntegerValues: false)
{
    private sealed class LowerCase : JsonNamingPolicy
    {
        public override string ConvertName(string name) => name.ToLowerInvariant();
    }
}
