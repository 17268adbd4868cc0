using System.CommandLine;

namespace Trpo.Cli.Foundation;

/// <summary>The output and error streams of a verb. Numbers are written in the invariant culture.</summary>
/// <param name="Output">The standard output, for results.</param>
/// <param name="Error">The standard error, for warnings and errors.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error)
{
    /// <summary>True if several works write to the terminal at the same time, none of which may write over lines.</summary>
    public bool IsShared { get; init; }

    /// <summary>Runs a verb. An exception that the user can correct is written to the standard error, and gives <see cref="ExitCode.UserError"/>.</summary>
    /// <returns>The exit code.</returns>
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
            return ExitCode.UserError;
        }
    }

    /// <summary>Writes a line of results.</summary>
    public void WriteLine(FormattableString line) => Output.WriteLine(WithoutControls(FormattableString.Invariant(line)));

    /// <summary>Writes a line about an error or a possible one.</summary>
    public void Warn(FormattableString line) => Error.WriteLine(WithoutControls(FormattableString.Invariant(line)));

    /// <summary>Replaces control characters: names from environments, files and other machines must not contain terminal escapes.</summary>
    public static string WithoutControls(string text) =>
        string.Concat(text.Select(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t') ? '\uFFFD' : character));
}
