using System.Diagnostics;
using Trpo.Cli;

namespace Trpo.Tests.Support;

/// <summary>Runs the command-line tool, in a process of its own or, where only its refusals matter, in this one.</summary>
internal static class Tool
{
    /// <summary>The assembly with environments for it.</summary>
    public static string Environments => Child.PathOf("Trpo.CliEnvironments");

    private static string Program
    {
        get
        {
            var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
            return Path.Combine(Repository.Root, "src", "Trpo.Cli", "bin", output.Parent!.Name, output.Name, "trpo.dll");
        }
    }

    // Child wants the path of the program without its ending.
    public static (int ExitCode, string Output, string Error) Run(params ReadOnlySpan<string> arguments) => Child.Run(Program[..^4], arguments);

    public static (int ExitCode, string Output, string Error) RunHere(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = CommandLine.Run(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Starts a process, and sends it a signal as soon as there is a file.</summary>
    public static (int ExitCode, string Output, string Error) RunUntil(string file, string signal, params ReadOnlySpan<string> arguments)
    {
        // Where the tests themselves run in the background, Ctrl-C may be ignored, and a child would inherit that.
        var isLinux = OperatingSystem.IsLinux();
        var start = new ProcessStartInfo(isLinux ? "env" : "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var word in isLinux ? new[] { "--default-signal=INT", "dotnet", Program } : [Program])
            start.ArgumentList.Add(word);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            Assert.That(() => process.HasExited || File.Exists(file), Is.True.After(delayInMilliseconds: 30_000, pollingInterval: 50));
            using (var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]))
                kill.WaitForExit();
            Assert.That(process.WaitForExit(TimeSpan.FromSeconds(30)), Is.True, "it ends");
            return (process.ExitCode, output.Result, error.Result);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
