using System.Text.Json;
using Trpo.Estimators;
using Trpo.Reports.Descriptions;

namespace Trpo.Reports.Html;

/// <summary>The tables of a run's settings: all options, with those that differ from the defaults marked; sessions, machine and versions.</summary>
internal static class SettingsTables
{
    /// <summary>Returns the tables as HTML.</summary>
    public static string Of(RunDescription description)
    {
        var defaults = TrpoOptionsJson.Flatten(new TrpoOptions()).ToDictionary(option => option.Key, option => Text(option.Value));
        var machine = description.Machine;
        return Markup.Table("Options", TrpoOptionsJson.Flatten(description.Options).Select(option => Option(option.Key, Text(option.Value), defaults))) + "<div>\n"
            + Markup.Table("Run",
            [
                Markup.Row("Environment", description.Environment),
                Markup.Row("Number of environments", NumberText.Count(description.Environments)),
                Markup.Row("Seed", description.Seed is { } seed ? FormattableString.Invariant($"{seed}") : "not known"),
                Markup.Row("Started", NumberText.Moment(description.Started)),
                .. description.Sessions.Index().Select(session => Markup.Row(FormattableString.Invariant($"Session {session.Index + 1}"),
                    $"from iteration {NumberText.Count(session.Item.FirstIteration)}, {NumberText.Moment(session.Item.Started)}{(session.Index > 0 ? " (resumed)" : "")}{(session.Item.ComputedBy is { } engines ? $"; computed by {engines}" : "")}")),
            ])
            + Markup.Table("Machine and versions",
            [
                Markup.Row("Trpo.Estimators", description.LibraryVersion),
                Markup.Row(".NET", machine.Framework),
                Markup.Row("Operating system", machine.OperatingSystem),
                Markup.Row("Processor", FormattableString.Invariant($"{machine.Architecture}, {machine.Cores} cores, vectors of {machine.VectorBits} bits")),
            ])
            + Markup.Table("Details", description.Details.Select(detail => Markup.Row(detail.Key, detail.Value))) + "</div>\n";
    }

    private static string Option(string name, string value, Dictionary<string, string> defaults) =>
        defaults.TryGetValue(name, out var usual) && usual == value ? Markup.Row(name, value)
            : $"<tr class=\"changed\"><th scope=\"row\">{Markup.Encode(name)}</th><td>{Markup.Encode(value)} <span>(default: {Markup.Encode(usual ?? "none")})</span></td></tr>\n";

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "none",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        _ => value.ToString(),
    };
}
