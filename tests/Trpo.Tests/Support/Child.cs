using System.Diagnostics;
using System.Text;

namespace Trpo.Tests.Support;

/// <summary>Runs one of the programs that are built beside the tests, in a process of its own.</summary>
internal static class Child
{
    public static (int ExitCode, string Output, string Error) Run(string project, params ReadOnlySpan<string> arguments) =>
        Run(project, new Dictionary<string, string>(), arguments);

    public static (int ExitCode, string Output, string Error) Run(string project, IReadOnlyDictionary<string, string> variables, params ReadOnlySpan<string> arguments) =>
        Run(project, TimeSpan.FromMinutes(2), variables, arguments);

    /// <summary>Runs a program. After a time limit, the process is killed and the test fails.</summary>
    public static (int ExitCode, string Output, string Error) Run(string project, TimeSpan limit, IReadOnlyDictionary<string, string> variables, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(PathOf(project));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(limit))
        {
            process.Kill();
            Assert.Fail($"{project} had not ended after {limit}. The end of what it said: {Tail(output.Result)} {Tail(error.Result)}");
        }

        return (process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs a program, and sends it signals as soon as a file exists.</summary>
    /// <param name="project">The program.</param>
    /// <param name="file">The file; the program learns its path by the environment variable TRPO_TEST_FILE.</param>
    /// <param name="signals">The names of the signals, separated by spaces; a number among them is a pause in seconds.</param>
    /// <param name="arguments">The arguments of the program.</param>
    public static (int ExitCode, string Output, string Error) RunUntil(string project, string file, string signals, params ReadOnlySpan<string> arguments) => RunAndSignal(project, file, text: null, signals, isGroup: false, arguments);

    /// <summary>Runs a program as <see cref="RunUntil(string, string, string, ReadOnlySpan{string})"/> does, and sends the signals to its children too, as a terminal does. On Linux alone.</summary>
    public static (int ExitCode, string Output, string Error) RunGroupUntil(string project, string file, string signals, params ReadOnlySpan<string> arguments) => RunAndSignal(project, file, text: null, signals, isGroup: true, arguments);

    /// <summary>Runs a program, and sends it signals as soon as it has written a line to its standard output.</summary>
    /// <param name="project">The program.</param>
    /// <param name="text">A part of the line.</param>
    /// <param name="signals">The names of the signals, as those of <see cref="RunUntil(string, string, string, ReadOnlySpan{string})"/>.</param>
    /// <param name="arguments">The arguments of the program.</param>
    public static (int ExitCode, string Output, string Error) RunUntilLine(string project, string text, string signals, params ReadOnlySpan<string> arguments) => RunAndSignal(project, file: "", text, signals, isGroup: false, arguments);

    private static (int ExitCode, string Output, string Error) RunAndSignal(string project, string file, string? text, string signals, bool isGroup, ReadOnlySpan<string> arguments)
    {
        // Where the tests themselves run in the background, Ctrl-C may be ignored, and a child would inherit that.
        var isLinux = OperatingSystem.IsLinux();
        var start = new ProcessStartInfo(isGroup ? "setsid" : isLinux ? "env" : "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in isGroup ? new[] { "env", "--default-signal=INT", "dotnet", PathOf(project) } : isLinux ? ["--default-signal=INT", "dotnet", PathOf(project)] : [PathOf(project)])
            start.ArgumentList.Add(word);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment["TRPO_TEST_FILE"] = file;
        using var process = Process.Start(start)!;
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (output, error) = (ReadAsync(process.StandardOutput, text, seen), process.StandardError.ReadToEndAsync());
        try
        {
            if (text is null)
                Assert.That(() => process.HasExited || File.Exists(file), Is.True.After(delayInMilliseconds: 120_000, pollingInterval: 50));
            else
                Assert.That(Task.WaitAny([seen.Task, output], TimeSpan.FromMinutes(2)), Is.Not.EqualTo(-1), $"a line with '{text}'");
            var commands = signals.Split(' ').Select(word => char.IsAsciiDigit(word[0]) ? $"sleep {word}" : $"kill -s {word} -- {(isGroup ? "-" : "")}{process.Id}");
            using (var shell = Process.Start("sh", ["-c", string.Join("; ", commands)]))
                shell.WaitForExit();
            Assert.That(process.WaitForExit(TimeSpan.FromSeconds(30)), Is.True, "it ends");
            return (process.ExitCode, output.Result, error.Result);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, string? text, TaskCompletionSource seen)
    {
        if (text is null)
            return await reader.ReadToEndAsync();
        var all = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line)
        {
            all.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
                seen.TrySetResult();
        }

        return all.ToString();
    }

    private static string Tail(string text) => text[^Math.Min(text.Length, 500)..];

    /// <summary>tests/{project}/bin/{configuration}/{framework}/{project}.dll, beside this project's own.</summary>
    public static string PathOf(string project)
    {
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var tests = output.Parent!.Parent!.Parent!.Parent!.FullName;
        var framework = project == "Trpo.Net8" ? "net8.0" : output.Name;
        return Path.Combine(tests, project, "bin", output.Parent.Name, framework, project + ".dll");
    }
}
