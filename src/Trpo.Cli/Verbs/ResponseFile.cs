using System.CommandLine.Parsing;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Verbs;

/// <summary>Response files: the arguments in a file that the command line names as <c>@file</c>, in the format of System.CommandLine.</summary>
/// <remarks>System.CommandLine's own reader has no limit on the length of a file, and none on files that name one another.</remarks>
internal static class ResponseFile
{
    /// <summary>Reads the arguments of a file: words, quoted where they contain spaces; empty lines and those that begin with # are skipped.</summary>
    /// <param name="path">The file, without the @.</param>
    /// <param name="arguments">The arguments; null if the file cannot be read.</param>
    /// <param name="error">The reason; null if the file was read.</param>
    /// <returns>True if the file was read.</returns>
    public static bool TryRead(string path, out IReadOnlyList<string>? arguments, out string? error)
    {
        (arguments, error) = (null, null);
        try
        {
            var words = Words(InputFile.ReadText(path)).ToList();
            if (words.Find(word => word.Length > 1 && word[0] == '@') is { } nested)
                error = $"The response file {path} names another one, {nested}, which is not read: write its arguments into {path}. A path that begins with @ is written as ./{nested}.";
            else
                arguments = words;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            error = $"There is no response file {Path.GetFullPath(path)}, which @{path} names. A path that begins with @ is written as ./@{path}.";
        }
        catch (Exception exception) when (ErrorMessage.Of(exception) is { } message)
        {
            error = $"The response file @{path} cannot be read: {message}";
        }

        return error is null;
    }

    private static IEnumerable<string> Words(string text) => text.Split('\n')
        .Select(line => line.Trim())
        .Where(line => line.Length > 0 && line[0] != '#')
        .SelectMany(CommandLineParser.SplitCommandLine);
}
