using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Cli.Verbs;

namespace Trpo.Cli;

/// <summary>The command line of the tool: its verbs, and the exit code of a process that runs one.</summary>
internal static class CommandLine
{
    private static readonly string Overview = $"""
        Trains policies with Trust Region Policy Optimization, in environments written in C#, and saves them as ML.NET models and ONNX graphs.

        Three commands to begin with:
          trpo train --environment cartpole --steps 50000 --out runs/1
          trpo evaluate runs/1
          trpo inspect runs/1/policy.onnx

        Environments: {ClassicEnvironments.Names}; or your own, with --assembly. `trpo log` learns from a log of decisions, without an environment.
        Exit codes: 0 success; 1 an error that you can correct (a setting, a file, a log, an environment, a training that diverged, a cluster that does not answer); 2 a command line that the tool does not have, or an @file of arguments that cannot be read; 70 a bug of the tool; 130 interrupted (Ctrl-C, SIGTERM or SIGHUP).
        """;

    private static readonly ParserConfiguration Syntax = new() { ResponseFileTokenReplacer = ResponseFile.TryRead };

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments, without the name of the tool.</param>
    /// <param name="output">The writer of results; null for the standard output.</param>
    /// <param name="error">The writer of warnings and errors; null for the standard error.</param>
    /// <returns>The exit code of the process.</returns>
    public static int Run(string[] arguments, TextWriter? output = null, TextWriter? error = null)
    {
        (output, error) = (output ?? Console.Out, error ?? Console.Error);
        var parsed = Create().Parse(arguments, Syntax);
        if (parsed.Action is ParseErrorAction wrong)
        {
            // The help of a verb is long, and would scroll the error away.
            wrong.ShowHelp = false;
            parsed.Invoke(new InvocationConfiguration { Output = error, Error = error });
            error.WriteLine($"See {Path(parsed.CommandResult.Command)} --help.");
            return ExitCode.WrongUsage;
        }

        try
        {
            // The verbs handle signals themselves.
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception exception)
        {
            error.WriteLine($"This is a bug of trpo itself; please report it with these lines.{Environment.NewLine}{exception}");
            return ExitCode.InternalError;
        }
    }

    /// <summary>Creates the command with all verbs.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand(Overview)
        {
            TrainVerb.Create(), ResumeVerb.Create(), SweepVerb.Create(), EvaluateVerb.Create(), ExportVerb.Create(), ReportVerb.Create(), InspectVerb.Create(), CheckVerb.Create(), ProbeVerb.Create(), LogVerb.Create(), WorkersVerb.Create(),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new VerbHelp();
        root.SetAction(parsed => root.Parse("--help").Invoke(parsed.InvocationConfiguration));
        return root;
    }

    private static string Path(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;
}
