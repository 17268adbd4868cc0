using System.Security.Cryptography;
using System.Text;

namespace Trpo.Reports.Html;

/// <summary>The frame of a page without scripts that loads nothing from a network.</summary>
internal static class HtmlPage
{
    private static readonly string Style = ReadStyle();

    /// <summary>Returns the page as HTML.</summary>
    /// <param name="title">The title of the page, as text.</param>
    /// <param name="main">The content, as HTML.</param>
    public static string Of(string title, string main) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Markup.Encode(title)}</title>
        <style>{Style}</style>
        </head>
        <body>
        <main>
        {main}
        </main>
        </body>
        </html>

        """.ReplaceLineEndings("\n");

    /// <summary>Returns the head of a page: its heading, a line about it, and a badge.</summary>
    /// <param name="heading">The heading.</param>
    /// <param name="about">The line below it.</param>
    /// <param name="badge">The text of the badge.</param>
    /// <param name="badgeClass">The class of the badge: good, look, bad or unknown.</param>
    public static string Head(string heading, string about, string badge, string badgeClass) => $"""
        <header class="top">
        <div>
        <h1>{Markup.Encode(heading)}</h1>
        <p class="about">{Markup.Encode(about)}</p>
        </div>
        <p class="badge {badgeClass}">{Markup.Encode(badge)}</p>
        </header>
        """;

    /// <summary>Returns the list of the most important numbers.</summary>
    public static string Numbers(IEnumerable<(string Name, string Value)> numbers) =>
        $"<dl class=\"numbers\">\n{string.Concat(numbers.Select(number => $"<div><dt>{Markup.Encode(number.Name)}</dt><dd>{Markup.Encode(number.Value)}</dd></div>\n"))}</dl>";

    /// <summary>Returns a picture with its heading, legend and caption.</summary>
    /// <param name="id">The id of the figure.</param>
    /// <param name="title">The heading.</param>
    /// <param name="unit">The quantity of the vertical axis.</param>
    /// <param name="content">The legend and the picture, as HTML.</param>
    /// <param name="caption">The caption.</param>
    public static string Figure(string id, string title, string unit, string content, string caption) => $"""
        <figure id="{Markup.Encode(id)}">
        <h3>{Markup.Encode(title)}</h3>
        <p class="unit">{Markup.Encode(unit)}</p>
        {content}
        <figcaption>{Markup.Encode(caption)}</figcaption>
        </figure>

        """;

    private static string ReadStyle()
    {
        using var stream = typeof(HtmlPage).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
