using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Runtime.Spaces;

namespace Trpo.Cli.Inspection;

/// <summary>The JSON of a policy's description.</summary>
internal static class DescriptionJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Returns a description as JSON.</summary>
    public static string Write(PolicyDescription policy) => JsonSerializer.Serialize(
        new
        {
            policy.File,
            policy.Bytes,
            policy.Preprocessing,
            policy.Graph,
            Observations = new { policy.Observations.Length, policy.Observations.Names },
            Actions = Actions(policy.Actions),
            policy.RawColumns,
            policy.HasActionMask,
            policy.Provenance,
        },
        Format);

    private static object Actions(ActionSpace actions) => actions switch
    {
        MultiDiscreteActionSpace multi => new { Kind = "multiDiscrete", multi.Names, multi.Counts },
        MultiBinaryActionSpace => new { Kind = "multiBinary", actions.Names },
        BoxActionSpace box => new { Kind = "box", box.Names, box.Low, box.High },
        _ => new { Kind = "discrete", actions.Names },
    };
}
