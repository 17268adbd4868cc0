using System.Diagnostics;
using Trpo.Tests.Support;

namespace Trpo.Tests.Display;

/// <summary>Progress of a program whose standard output is a pseudo-terminal of 60 columns, and of one whose output is redirected.</summary>
[Platform(Include = "Linux", Reason = "script of util-linux makes the terminal.")]
public sealed class TerminalTests
{
    private const string Script = "/usr/bin/script";

    [Test]
    public void A_terminal_shows_progress_by_default()
    {
        var output = RunInTerminal("default");

        Assert.That(output, Does.Match(@"^\rcollecting the first steps \.\.\. *\r"));
        Assert.That(output, Does.Match(@"\r100%  20k of 20k steps  return .*after \d\.\d s *\r\ntrained\r\n$"));
        Assert.That(output.Split('\r', '\n'), Has.All.Length.LessThan(60));
    }

    [Test]
    public void None_shows_nothing_on_a_terminal() => Assert.That(RunInTerminal("none"), Is.EqualTo("trained\r\n"));

    [TestCase("NO_COLOR=1")]
    [TestCase("TERM=dumb")]
    public void A_terminal_that_cannot_rewrite_lines_has_a_line_for_each_tenth_where_it_is_asked_for(string variable)
    {
        Assert.That(RunInTerminal("default", variable), Is.EqualTo("trained\r\n"));

        var output = RunInTerminal("console", variable).ReplaceLineEndings("\n");
        Assert.That(output, Does.Not.Contain("\r"));
        Assert.That(output.Split('\n'), Has.Length.EqualTo(12).And.One.StartsWith("100%  20,000 of 20,000 steps"));
    }

    [Test]
    public void Redirected_output_has_lines_only_where_they_are_asked_for()
    {
        var (exitCode, output, error) = Child.Run("Trpo.LongRuns", "progress", "default");
        Assert.That((exitCode, output, error), Is.EqualTo((0, $"trained{Environment.NewLine}", "")));

        (exitCode, output, error) = Child.Run("Trpo.LongRuns", "progress", "console");
        Assert.That((exitCode, error), Is.EqualTo((0, "")));
        Assert.That(output.Split('\n'), Has.Length.EqualTo(12).And.One.StartsWith("100%  20,000 of 20,000 steps"));
    }

    private static string RunInTerminal(string setting, string variable = "TERM=xterm")
    {
        Assume.That(File.Exists(Script), "this machine makes no pseudo-terminals");
        var start = new ProcessStartInfo(Script) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--quiet", "--return", "--command", $"stty cols 60; env -u NO_COLOR TERM=xterm {variable} dotnet '{Child.PathOf("Trpo.LongRuns")}' progress {setting}", "/dev/null"])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The program in the terminal had not ended: {output.Result}");
        }

        Assert.That(process.ExitCode, Is.Zero, output.Result + error.Result);

        // .NET itself begins with the keypad mode of the terminal.
        return output.Result.Replace("\e[?1h\e=", "", StringComparison.Ordinal);
    }
}
