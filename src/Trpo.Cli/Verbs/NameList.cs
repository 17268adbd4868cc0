using System.Text;

namespace Trpo.Cli.Verbs;

/// <summary>A list of names in an option, separated by commas; a name with commas is in quotes, as in a CSV file.</summary>
internal static class NameList
{
    /// <summary>Divides a list into its names, without spaces around them. Empty names are left out.</summary>
    /// <param name="text">The list.</param>
    /// <param name="names">The names; incomplete if the method returns false.</param>
    /// <returns>True unless a quote does not stand around a name.</returns>
    public static bool TrySplit(string text, out IReadOnlyList<string> names)
    {
        var found = new List<string>();
        var name = new StringBuilder();
        var (isQuoted, isOpen) = (false, false);
        names = found;
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (isOpen && character != '"')
                name.Append(character);
            else if (isOpen && i + 1 < text.Length && text[i + 1] == '"')
                name.Append(text[++i]);
            else if (isOpen)
                isOpen = false;
            else if (character == ',')
                End();
            else if (character == '"' && !isQuoted && string.IsNullOrWhiteSpace(name.ToString()))
                (isOpen, isQuoted, name.Length) = (true, true, 0);
            else if (!isQuoted)
                name.Append(character);
            else if (!char.IsWhiteSpace(character))
                return false;
        }

        End();
        return !isOpen;

        void End()
        {
            var value = isQuoted ? name.ToString() : name.ToString().Trim();
            if (value.Length > 0)
                found.Add(value);
            name.Clear();
            isQuoted = false;
        }
    }
}
