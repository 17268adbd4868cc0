using System.Text.Json;
using Trpo.Estimators;

namespace Trpo.Cli.Runs;

/// <summary>The settings of a trainer that differ from their defaults, with their names in an options file.</summary>
internal static class ChangedSettings
{
    /// <summary>Returns a line for each: <c>trustRegion.maxKl = 0.02</c>.</summary>
    public static IReadOnlyList<string> Of(TrpoOptions options)
    {
        // A group of settings that is null by default has no names there.
        var defaults = TrpoOptionsJson.Flatten(new TrpoOptions()).ToDictionary();
        return [.. TrpoOptionsJson.Flatten(options with { Checkpoints = null })
            .Where(option => !defaults.TryGetValue(option.Key, out var value) || !JsonElement.DeepEquals(option.Value, value))
            .Select(option => $"{option.Key} = {option.Value.GetRawText()}")];
    }
}
