using System.Text.Json;
using Trpo.Estimators;
using static Trpo.Reports.Html.Markup;

namespace Trpo.Reports.Html;

/// <summary>What the run was made of: all options, those that are not the defaults marked; the machine, the versions, the sessions.</summary>
internal static class SettingsTables
{
    public static string Of(RunDescription description)
    {
        var defaults = Flatten(JsonElement.Parse(TrpoOptionsJson.Write(new TrpoOptions()))).ToDictionary();
        var machine = description.Machine;
        return Table("Options", Flatten(description.Options).Select(option => Option(option.Key, option.Value, defaults))) + "<div>\n"
            + Table("Run",
            [
                Row("Environment", description.Environment),
                Row("Environments side by side", NumberText.Count(description.Environments)),
                Row("Seed", description.Seed is { } seed ? FormattableString.Invariant($"{seed}") : "not known"),
                Row("Started", NumberText.Moment(description.Started)),
                .. description.Sessions.Index().Select(session => Row(FormattableString.Invariant($"Session {session.Index + 1}"),
                    $"from iteration {NumberText.Count(session.Item.FirstIteration)}, {NumberText.Moment(session.Item.Started)}{(session.Index > 0 ? " (resumed)" : "")}")),
            ])
            + Table("Machine and versions",
            [
                Row("Trpo.Estimators", description.LibraryVersion),
                Row(".NET", machine.Framework),
                Row("Operating system", machine.OperatingSystem),
                Row("Processor", FormattableString.Invariant($"{machine.Architecture}, {machine.Cores} cores, vectors of {machine.VectorBits} bits")),
            ])
            + Table("Details", description.Details.Select(detail => Row(detail.Key, detail.Value))) + "</div>\n";
    }

    private static string Option(string name, string value, Dictionary<string, string> defaults) =>
        defaults.TryGetValue(name, out var usual) && usual == value ? Row(name, value)
            : $"<tr class=\"changed\"><th scope=\"row\">{Encode(name)}</th><td>{Encode(value)} <span>(default: {Encode(usual ?? "none")})</span></td></tr>\n";

    private static IEnumerable<KeyValuePair<string, string>> Flatten(JsonElement options, string prefix = "") => options.EnumerateObject().SelectMany(option =>
        option.Value.ValueKind == JsonValueKind.Object ? Flatten(option.Value, $"{prefix}{option.Name}.") : [new($"{prefix}{option.Name}", Text(option.Value))]);

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "none",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        _ => value.ToString(),
    };
}
