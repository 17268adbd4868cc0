using System.Net;

namespace Trpo.Reports.Html;

/// <summary>Text that may be anything, as HTML.</summary>
internal static class Markup
{
    // HTML has no way to write a control character.
    public static string Encode(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '\uFFFD' : character)));

    /// <summary>A row of a table.</summary>
    public static string Row(string name, string value) => $"<tr><th scope=\"row\">{Encode(name)}</th><td>{Encode(value)}</td></tr>\n";

    /// <summary>A table with its heading; nothing where it has no rows.</summary>
    public static string Table(string heading, IEnumerable<string> rows)
    {
        var content = string.Concat(rows);
        return content.Length == 0 ? "" : $"<div class=\"table\">\n<h3>{Encode(heading)}</h3>\n<table>\n{content}</table>\n</div>\n";
    }
}
