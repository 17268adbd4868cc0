using System.Net;

namespace Trpo.Reports.Html;

/// <summary>HTML elements with text that is not trusted.</summary>
internal static class Markup
{
    /// <summary>Encodes text. HTML cannot express control characters, which are replaced.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(string.Concat(text.Select(character => char.IsControl(character) && character is not ('\n' or '\t') ? '\uFFFD' : character)));

    /// <summary>Returns a row of a table.</summary>
    public static string Row(string name, string value) => $"<tr><th scope=\"row\">{Encode(name)}</th><td>{Encode(value)}</td></tr>\n";

    /// <summary>Returns a row of a table with many columns: the first cell names the row.</summary>
    public static string WideRow(IEnumerable<string> cells) => $"<tr>{string.Concat(cells.Index().Select(cell => cell.Index == 0 ? $"<th scope=\"row\">{Encode(cell.Item)}</th>" : $"<td>{Encode(cell.Item)}</td>"))}</tr>\n";

    /// <summary>Returns a table with a head, which scrolls by itself where it is too wide.</summary>
    public static string WideTable(IEnumerable<string> head, IEnumerable<string> rows) =>
        $"<div class=\"table wide\" tabindex=\"0\">\n<table>\n<thead><tr>{string.Concat(head.Select(name => $"<th scope=\"col\">{Encode(name)}</th>"))}</tr></thead>\n<tbody>\n{string.Concat(rows)}</tbody>\n</table>\n</div>\n";

    /// <summary>Returns a table with its heading; an empty string if there are no rows.</summary>
    public static string Table(string heading, IEnumerable<string> rows)
    {
        var content = string.Concat(rows);
        return content.Length == 0 ? "" : $"<div class=\"table\">\n<h3>{Encode(heading)}</h3>\n<table>\n{content}</table>\n</div>\n";
    }
}
