using System.CommandLine;
using Trpo.Cli.Foundation;
using Trpo.Cli.Inspection;
using Trpo.Cli.Runs;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo inspect</c>.</summary>
internal static class InspectVerb
{
    private static readonly Argument<string> File = Options.Path("file", "A policy.onnx, a model.zip, or the folder of a run.");
    private static readonly Option<bool> Json = new("--json") { Description = "Write JSON, for programs." };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("inspect", "Describes a policy: inputs and outputs, names, and origin.")
        {
            Examples =
            [
                ("trpo inspect runs/1/policy.onnx", "Inputs and outputs as any ONNX runtime sees them, spaces, names, operators, origin."),
                ("trpo inspect runs/1/model.zip --json", "For an ML.NET model, also the transforms in front of the policy."),
            ],
            Notes = "The policy is not run, and no file is written.",
        };
        command.Arguments.Add(File);
        command.Options.Add(Json);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var policy = PolicyInspector.Read(SavedPolicy.At(parsed.GetValue(File)!));
        if (parsed.GetValue(Json))
            terminal.Output.WriteLine(DescriptionJson.Write(policy));
        else
            foreach (var line in DescriptionText.Lines(policy))
                terminal.WriteLine($"{line}");
        return ExitCode.Done;
    }
}
