using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Cli.Verbs;

namespace Trpo.Cli;

/// <summary>The verbs of the tool, and how a process with one of them ends.</summary>
internal static class CommandLine
{
    private static readonly string Overview = $"""
        Trains policies with Trust Region Policy Optimization, in environments written in C#, and hands them over as ML.NET models and ONNX graphs.

        Three commands to begin with:
          trpo train --environment cartpole --steps 50000 --out runs/1
          trpo evaluate runs/1
          trpo inspect runs/1/policy.onnx

        Environments: {ClassicEnvironments.Names}; or your own, with --assembly.
        Exit codes: 0 done; 1 something that you can mend (a setting, a file, an environment, a training that became ill); 2 a command line that the tool does not have; 70 a fault of the tool; 130 interrupted (Ctrl-C or SIGTERM).
        """;

    // A path may begin with @.
    private static readonly ParserConfiguration Syntax = new() { ResponseFileTokenReplacer = null };

    /// <param name="arguments">What stands behind the name of the tool.</param>
    /// <param name="output">Where results go; null for standard output.</param>
    /// <param name="error">Where complaints go; null for standard error.</param>
    /// <returns>The exit code of the process.</returns>
    public static int Run(string[] arguments, TextWriter? output = null, TextWriter? error = null)
    {
        (output, error) = (output ?? Console.Out, error ?? Console.Error);
        var parsed = Create().Parse(arguments, Syntax);
        if (parsed.Action is ParseErrorAction wrong)
        {
            // The help of a verb is long: what is wrong should not scroll away.
            wrong.ShowHelp = false;
            parsed.Invoke(new InvocationConfiguration { Output = error, Error = error });
            error.WriteLine($"{Path(parsed.CommandResult.Command)} --help tells more.");
            return ExitCode.WrongUsage;
        }

        try
        {
            // Signals are the verbs' own business.
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception)
        {
            error.WriteLine($"This is a fault of trpo itself; please report it with these lines.{Environment.NewLine}{exception}");
            return ExitCode.Fault;
        }
    }

    /// <summary>All verbs.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand(Overview)
        {
            TrainVerb.Create(), ResumeVerb.Create(), EvaluateVerb.Create(), ExportVerb.Create(), ReportVerb.Create(), InspectVerb.Create(), CheckVerb.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new VerbHelp();
        root.SetAction(parsed => root.Parse("--help").Invoke(parsed.InvocationConfiguration));
        return root;
    }

    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;
}
