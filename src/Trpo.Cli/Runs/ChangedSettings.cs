using System.Text.Json;
using Trpo.Estimators;

namespace Trpo.Cli.Runs;

/// <summary>The settings of a trainer that differ from their defaults, with their names in an options file.</summary>
internal static class ChangedSettings
{
    /// <summary>Returns a line for each: <c>trustRegion.maxKl = 0.02</c>.</summary>
    public static IReadOnlyList<string> Of(TrpoOptions options)
    {
        var defaults = TrpoOptionsJson.Flatten(new TrpoOptions()).ToDictionary();
        return [.. TrpoOptionsJson.Flatten(options with { Checkpoints = null })
            .Where(option => !JsonElement.DeepEquals(option.Value, defaults[option.Key]))
            .Select(option => $"{option.Key} = {option.Value.GetRawText()}")];
    }
}
