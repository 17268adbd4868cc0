namespace Trpo.Cli.Logs;

/// <summary>The names of columns.</summary>
internal static class ColumnName
{
    private static readonly string[] Identifiers = ["id", "uuid", "guid"];

    /// <summary>True if the last word of a name is one for identifiers, as in <c>id</c>, <c>visitor_id</c> or <c>visitorId</c>.</summary>
    public static bool IsIdentifier(string name) => Array.Exists(Identifiers, word => name.EndsWith(word, StringComparison.OrdinalIgnoreCase) && BeginsWord(name, name.Length - word.Length));

    private static bool BeginsWord(string name, int index) => index == 0 || !char.IsLetter(name[index - 1]) || (char.IsUpper(name[index]) && char.IsLower(name[index - 1]));
}
