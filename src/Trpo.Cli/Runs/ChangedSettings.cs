using System.Text.Json.Nodes;
using Trpo.Estimators;

namespace Trpo.Cli.Runs;

/// <summary>The settings of a trainer that differ from their defaults, as an options file would name them.</summary>
internal static class ChangedSettings
{
    /// <summary>A line for each: <c>trustRegion.maxKl = 0.02</c>.</summary>
    public static IReadOnlyList<string> Of(TrpoOptions options)
    {
        var lines = new List<string>();
        Compare(Tree(options with { Checkpoints = null }), Tree(new TrpoOptions()), "", lines);
        return lines;
    }

    private static void Compare(JsonObject changed, JsonObject usual, string path, List<string> lines)
    {
        foreach (var (name, value) in changed)
        {
            if (value is JsonObject part && usual[name] is JsonObject usualPart)
                Compare(part, usualPart, $"{path}{name}.", lines);
            else if (!JsonNode.DeepEquals(value, usual[name]))
                lines.Add($"{path}{name} = {value?.ToJsonString() ?? "null"}");
        }
    }

    private static JsonObject Tree(TrpoOptions options) => JsonNode.Parse(TrpoOptionsJson.Write(options))!.AsObject();
}
