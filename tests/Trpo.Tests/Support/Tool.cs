using Trpo.Cli;

namespace Trpo.Tests.Support;

/// <summary>Runs the command-line tool, in a process of its own or, where only its refusals matter, in this one.</summary>
internal static class Tool
{
    /// <summary>Gets the path of the assembly with environments for the tool.</summary>
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

    public static (int ExitCode, string Output, string Error) RunWith(Dictionary<string, string> variables, params string[] arguments) => Child.Run(Program[..^4], variables, arguments);

    public static (int ExitCode, string Output, string Error) RunHere(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exitCode = CommandLine.Run(arguments, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    /// <inheritdoc cref="Child.RunUntil"/>
    public static (int ExitCode, string Output, string Error) RunUntil(string file, string signals, params ReadOnlySpan<string> arguments) => Child.RunUntil(Program[..^4], file, signals, arguments);

    /// <inheritdoc cref="Child.RunUntilLine"/>
    public static (int ExitCode, string Output, string Error) RunUntilLine(string text, string signals, params ReadOnlySpan<string> arguments) => Child.RunUntilLine(Program[..^4], text, signals, arguments);
}
