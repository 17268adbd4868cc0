using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Trpo.Cli.Verbs;

/// <summary>The help of a command, followed by its examples and notes.</summary>
internal sealed class VerbHelp : SynchronousCommandLineAction
{
    private const int RedirectedWidth = 100;

    private readonly HelpAction _standardHelp = new();

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        _standardHelp.MaxWidth = Width;
        var result = _standardHelp.Invoke(parseResult);
        if (parseResult.CommandResult.Command is Verb verb)
            Write(verb, parseResult.InvocationConfiguration.Output);
        return result;
    }

    private static int Width => Console.IsOutputRedirected ? RedirectedWidth : Math.Max(40, Console.WindowWidth - 1);

    private static void Write(Verb verb, TextWriter output)
    {
        output.WriteLine("Examples:");
        foreach (var (command, meaning) in verb.Examples)
        {
            output.WriteLine($"  {command}");
            foreach (var line in Wrapped(meaning, Width - 6))
                output.WriteLine($"      {line}");
        }

        output.WriteLine();
        foreach (var paragraph in verb.Notes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var line in Wrapped(paragraph, Width))
                output.WriteLine(line);
        }
    }

    /// <summary>Breaks a text into lines of at most a width.</summary>
    internal static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        if (line.Length > 0)
            yield return line;
    }
}
