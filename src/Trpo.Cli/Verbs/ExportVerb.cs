using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Onnx;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo export</c>.</summary>
internal static class ExportVerb
{
    private static readonly Argument<string> Model = Options.Path("model", "A model.zip, or the folder of a run.");
    private static readonly Argument<string> Target = Options.Path("policy.onnx", "The file to write; an existing one is replaced.");

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("export", "Writes a trained policy, with the transforms in front of it, as one ONNX graph that any ONNX runtime runs.")
        {
            Examples = [("trpo export runs/1/model.zip policy.onnx", "`trpo inspect policy.onnx` then describes its inputs and outputs.")],
            Notes = "Training writes such a file itself, as policy.onnx in the folder of the run: this verb is for other models, such as those saved by ml.Model.Save. Transforms after the policy are left out.",
        };
        command.Arguments.Add(Model);
        command.Arguments.Add(Target);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var saved = SavedPolicy.At(parsed.GetValue(Model)!);
        var target = Path.GetFullPath(parsed.GetValue(Target)!);
        if (!saved.IsArchive)
            throw new CommandException($"{saved.Path} is no zip archive, as ML.NET models are, so there is nothing to export from it.");
        var ml = new MLContext();
        var model = saved.Load(ml);
        using var owned = model as IDisposable;
        try
        {
            PolicyModel.ExportToOnnx(PolicyModel.UntilPolicy(model), target);
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException)
        {
            throw new CommandException($"{saved.Path} cannot be exported: {(exception is ArgumentException argument ? ErrorMessage.Of(argument) : exception.Message)}", exception);
        }

        terminal.WriteLine($"Wrote {target} ({new FileInfo(target).Length:N0} bytes).");
        return ExitCode.Done;
    }
}
