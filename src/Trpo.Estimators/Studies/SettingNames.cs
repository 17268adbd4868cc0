using System.Text.Json;
using System.Text.Json.Nodes;

namespace Trpo.Estimators.Studies;

/// <summary>The names of the settings that a sweep can vary.</summary>
internal static class SettingNames
{
    // Not varied: every trial has the same seed and the same steps, and folders of its own.
    private static readonly string[] Fixed = ["seed", "totalSteps", "threads"];

    private static readonly string[] All =
    [
        .. TrpoOptionsJson.Flatten(new TrpoOptions { Evaluation = new EvaluationOptions() }).Select(setting => setting.Key)
            .Where(name => !Fixed.Contains(name) && name != "checkpoints" && !name.StartsWith("columns.", StringComparison.Ordinal)),
    ];

    /// <summary>Returns the name in its usual case.</summary>
    /// <exception cref="InvalidDataException">There is no such setting; the message has the nearest name.</exception>
    public static string Find(string name)
    {
        if (All.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found)
            return found;
        if (Fixed.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } kept)
            throw new InvalidDataException($"The sweep varies '{kept}', which is the same in all of its trials: leave it out of 'settings'.");
        var nearest = All.MinBy(known => Math.Min(Distance(name, known), Distance(name, known[(known.LastIndexOf('.') + 1)..])))!;
        throw new InvalidDataException($"The sweep varies '{name}', but there is no such setting. The nearest name is '{nearest}'.");
    }

    /// <summary>Returns options with settings in the place of others.</summary>
    /// <exception cref="InvalidDataException">A setting cannot have the value; the message names it.</exception>
    public static TrpoOptions Apply(TrpoOptions basis, IEnumerable<KeyValuePair<string, JsonElement>> settings) => TrpoOptionsJson.Read(ToJson(settings).ToJsonString(), basis);

    /// <summary>Returns settings as a JSON object, as an options file has them.</summary>
    public static JsonObject ToJson(IEnumerable<KeyValuePair<string, JsonElement>> settings)
    {
        var root = new JsonObject();
        foreach (var (name, value) in settings)
        {
            var (parts, part) = (name.Split('.'), root);
            foreach (var step in parts[..^1])
            {
                part[step] ??= new JsonObject();
                part = part[step]!.AsObject();
            }

            part[parts[^1]] = JsonNode.Parse(value.GetRawText());
        }

        return root;
    }

    // Levenshtein's distance: insertions, deletions and replacements of letters.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(one[i - 1]) == char.ToLowerInvariant(other[j - 1]) ? 0 : 1);
                (diagonal, row[j]) = (row[j], Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1));
            }
        }

        return row[^1];
    }
}
