using System.Text;
using Trpo.Onnx.Files;

namespace Trpo.Results.Report;

/// <summary>Methods that append the parts of a Markdown document.</summary>
internal static class Markdown
{
    public static void Line(this StringBuilder text, string line) => text.Append(line).Append('\n');

    public static void Paragraph(this StringBuilder text, string paragraph) => text.Append(paragraph).Append("\n\n");

    public static void TableRow(this StringBuilder text, IEnumerable<string> cells) => text.Line($"| {string.Join(" | ", cells)} |");

    public static void TableHead(this StringBuilder text, IReadOnlyList<string> titles)
    {
        text.TableRow(titles);
        text.TableRow(titles.Select(_ => "---"));
    }

    /// <summary>Returns the command that measures something and writes its document.</summary>
    public static string CommandOf(string arguments, int seeds, int episodes)
    {
        var options = (seeds, episodes) == (ResultsSettings.DefaultSeeds, ResultsSettings.DefaultEpisodes) ? "" : $" --seeds {seeds} --episodes {episodes}";
        return $"dotnet run -c Release --project benchmarks/Trpo.Results -- {arguments}{options}";
    }

    /// <summary>Appends that command as a code block.</summary>
    public static void Command(this StringBuilder text, string arguments, int seeds, int episodes) =>
        text.Paragraph($"```\n{CommandOf(arguments, seeds, episodes)}\n```");

    /// <summary>Returns the document with a single line end at its end.</summary>
    public static string Finish(this StringBuilder text) => text.ToString().TrimEnd('\n') + "\n";

    /// <returns>The path of the file.</returns>
    public static string Save(string text, DirectoryInfo folder, string name)
    {
        var path = Path.Combine(folder.FullName, name);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(text));
        return path;
    }
}
