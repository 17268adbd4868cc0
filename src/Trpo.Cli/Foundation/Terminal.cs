using System.CommandLine;

namespace Trpo.Cli.Foundation;

/// <summary>Where a verb speaks: results to the one, what went wrong to the other. Numbers are in the invariant culture.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error)
{
    /// <summary>Runs a verb: what the user can mend becomes a message and exit code 1.</summary>
    public static int Run(ParseResult parsed, Func<Terminal, int> verb)
    {
        var terminal = new Terminal(parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            return verb(terminal);
        }
        catch (Exception exception) when (ErrorMessage.Of(exception) is { } message)
        {
            terminal.Warn($"{message}");
            return ExitCode.Mendable;
        }
    }

    /// <summary>A line of results.</summary>
    public void Say(FormattableString line) => Output.WriteLine(Plain(line));

    /// <summary>A line about what is wrong, or may be.</summary>
    public void Warn(FormattableString line) => Error.WriteLine(Plain(line));

    // Names come from environments and files, and must not move the cursor.
    private static string Plain(FormattableString line) =>
        string.Concat(FormattableString.Invariant(line).Select(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t') ? '\uFFFD' : character));
}
