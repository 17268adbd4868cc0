using System.Globalization;
using Trpo.Runtime.Spaces;

namespace Trpo.Cli.Inspection;

/// <summary>The text of a policy's description.</summary>
internal static class DescriptionText
{
    // More names or bounds would fill the screen.
    private const int MaxListed = 12;
    private const int MaxShown = 100;

    /// <summary>Returns the lines of a description.</summary>
    public static IEnumerable<string> Lines(PolicyDescription policy)
    {
        yield return Line("File", string.Create(CultureInfo.InvariantCulture, $"{policy.File} ({policy.Bytes:N0} bytes)"));
        yield return Line("Observation", Vector(policy.Observations.Length, policy.Observations.Names));
        yield return Line("Action", Actions(policy.Actions));
        if (policy.HasActionMask)
            yield return Line("Mask", "the last values of the observation say which choices are allowed");
        if (policy.Preprocessing.Count > 0)
            yield return Line("Preprocessing", string.Join(", ", policy.Preprocessing));
        if (policy.RawColumns.Count > 0)
            yield return Line("Trained on", string.Join(", ", policy.RawColumns.Select(column => $"{column.Name} {column.Type}{(column.Length is { } length ? $"[{length}]" : "")}")));
        foreach (var input in policy.Graph.Inputs)
            yield return Line("Input", $"{input}");
        foreach (var output in policy.Graph.Outputs)
            yield return Line("Output", $"{output}");
        yield return Line("Opset", string.Join(", ", policy.Graph.OtherOpsets.Select(set => $"{set.Key} {set.Value}").Prepend(policy.Graph.Opset.ToString(CultureInfo.InvariantCulture))));
        yield return Line("Operators", string.Join(", ", policy.Graph.Operators.Select(pair => pair.Value == 1 ? pair.Key : $"{pair.Key} x{pair.Value}")));
        yield return Line("Parameters", policy.Graph.Parameters.ToString("N0", CultureInfo.InvariantCulture));
        foreach (var (name, value) in policy.Provenance)
            yield return Line(name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..], value.Length > MaxShown ? $"{value.AsSpan(0, MaxShown)}..." : value);
    }

    private static string Line(string name, string value) => $"{name,-14} {value}";

    private static string Vector(int length, IReadOnlyList<string> names) =>
        string.Create(CultureInfo.InvariantCulture, $"{length} number{(length == 1 ? "" : "s")}{(names.Count == 0 ? "" : $": {Listed(names)}")}");

    private static string Actions(ActionSpace actions) => actions switch
    {
        DiscreteActionSpace => $"one of {actions.Names.Length} choices: {Listed(actions.Names)}",
        MultiDiscreteActionSpace multi => $"a choice in each of {multi.Length} dimensions: {Listed([.. multi.Names.Zip(multi.Counts, (name, count) => $"{name} ({count} choices)")])}",
        MultiBinaryActionSpace => $"{actions.Length} switches: {Listed(actions.Names)}",
        BoxActionSpace box => $"{Vector(box.Length, [.. box.Names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{name} ({box.Low[i]} to {box.High[i]})"))])}",
        _ => $"{actions}",
    };

    private static string Listed(IReadOnlyList<string> names) => names.Count <= MaxListed
        ? string.Join(", ", names)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", names.Take(MaxListed))} and {names.Count - MaxListed} more");
}
