using System.Diagnostics;

namespace Trpo.Tests.Support;

/// <summary>Runs one of the programs that are built beside the tests, in a process of its own.</summary>
internal static class Child
{
    public static (int ExitCode, string Output, string Error) Run(string project, params ReadOnlySpan<string> arguments) =>
        Run(project, new Dictionary<string, string>(), arguments);

    public static (int ExitCode, string Output, string Error) Run(string project, IReadOnlyDictionary<string, string> variables, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(PathOf(project));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
            process.Kill();
        return (process.ExitCode, output, error.Result);
    }

    /// <summary>tests/{project}/bin/{configuration}/{framework}/{project}.dll, beside this project's own.</summary>
    public static string PathOf(string project)
    {
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var tests = output.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(tests, project, "bin", output.Parent.Name, output.Name, project + ".dll");
    }
}
