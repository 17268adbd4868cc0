using System.Text;

namespace Trpo.Onnx.Graph;

/// <summary>The names of a graph's inputs: those of the raw columns, with a prefix where the graph cannot have a value of that name.</summary>
internal static class InputNames
{
    private const string Prefix = "input";

    /// <summary>Returns the names of the inputs for raw columns, in the order of the columns.</summary>
    /// <param name="columns">The names of the columns, distinct.</param>
    /// <param name="outputs">The names of the graph's outputs, which no input can have.</param>
    public static string[] Of(IReadOnlyList<string> columns, IEnumerable<string> outputs)
    {
        var taken = outputs.ToHashSet(StringComparer.Ordinal);
        var kept = columns.Where(column => IsPossible(column) && !taken.Contains(column)).ToHashSet(StringComparer.Ordinal);
        taken.UnionWith(kept);
        return [.. columns.Select(column => kept.Contains(column) ? column : Fresh(column, taken))];
    }

    /// <summary>Returns a new name for the input of a column, and adds it to the names that are taken.</summary>
    public static string Fresh(string column, HashSet<string> taken) => Fresh(Prefix, Possible(column), taken);

    /// <summary>Puts a prefix in front of a name until no other value has it, and adds it to the names that are taken.</summary>
    public static string Fresh(string prefix, string name, HashSet<string> taken)
    {
        var fresh = $"{prefix}_{name}";
        while (!taken.Add(fresh))
            fresh = $"{prefix}_{fresh}";
        return fresh;
    }

    // Runtimes read names as UTF-8 that ends at the first null character; half a surrogate pair has no UTF-8.
    private static bool IsPossible(string name) => string.Equals(name, Possible(name), StringComparison.Ordinal);

    private static string Possible(string name)
    {
        var possible = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
            possible.Append(rune.Value == 0 ? "_" : rune.ToString());
        return possible.ToString();
    }
}
