namespace Trpo.Cli.Logs;

/// <summary>The names of columns.</summary>
internal static class ColumnName
{
    private static readonly string[] Identifiers = ["id", "uuid", "guid"];

    // Of other words that end with these letters, such as "paid" and "valid", nobody knows.
    private static readonly string[] Owners =
    [
        "account", "client", "cookie", "customer", "decision", "device", "event", "impression", "item", "member", "message", "order", "patient", "person", "player", "product", "record", "request", "row", "session", "store", "transaction", "user", "visit", "visitor",
    ];

    /// <summary>True if the last word of a name is one for identifiers, as in <c>id</c>, <c>visitor_id</c>, <c>visitorId</c>, <c>visitorid</c> or <c>VISITORID</c>.</summary>
    public static bool IsIdentifier(string name) => Array.Exists(Identifiers, word => EndsWith(name, word) || Array.Exists(Owners, owner => EndsWith(name, owner + word)));

    private static bool EndsWith(string name, string word) => name.EndsWith(word, StringComparison.OrdinalIgnoreCase) && BeginsWord(name, name.Length - word.Length);

    private static bool BeginsWord(string name, int index) => index == 0 || !char.IsLetter(name[index - 1]) || (char.IsUpper(name[index]) && char.IsLower(name[index - 1]));
}
