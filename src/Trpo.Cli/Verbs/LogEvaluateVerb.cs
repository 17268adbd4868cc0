using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs;
using Trpo.Cli.Logs.Files;
using Trpo.Cli.Runs;
using Trpo.Estimators;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Onnx;
using Trpo.Reports;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo log evaluate</c>.</summary>
internal static class LogEvaluateVerb
{
    private static readonly Argument<string> Model = Options.Path("model", "A model.zip, a policy.onnx, or the folder of a run.");
    private static readonly LogColumnOptions Columns = new("For a policy of one vector whose values have no names: the columns of its values, in their order.", choosesFeatures: false, hasEpisodes: true);
    private static readonly Option<bool> Sample = new("--sample") { Description = "Evaluate the policy with its probabilities, instead of its most probable action." };
    private static readonly Option<double?> VerdictLevel = Options.Real("--verdict-level", "The level of the verdict, at least 0.5 and below 1; 0.95 by default. Raise it where verdicts are repeated.", 0.5, 0.999999999);
    private static readonly Option<int?> SkipRows = Options.Number("--skip-rows", "Rows at the beginning of the log that are not evaluated on; by default those that the policy was learned from, if the log begins with them.", min: 0);
    private static readonly Option<double?> Discount = Options.Real("--discount", "With --episode, what a reward counts for each step before it; 1 by default.", 1e-6, 1);
    private static readonly Option<string?> Report = Options.File("--report", "Write a page of HTML with the estimates and what is behind them.");
    private static readonly Option<string?> Json = Options.File("--json", "Write all numbers to a JSON file.");

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("evaluate", "Estimates from a log what a policy would have earned, and compares it with the policy that wrote the log. Nothing is played.")
        {
            Examples =
            [
                ("trpo log evaluate runs/1 --data new.csv", "The policy of a run, by the columns of its training."),
                ("trpo log evaluate model.zip --data log.parquet --action banner --reward clicked --probability p", "Any model, by columns that are named."),
                ("trpo log evaluate runs/1 --data new.csv --report report.html --json result.json", "With a page to look at, and the numbers for programs."),
            ],
            Notes = "Use rows that the policy was not trained or chosen on: on others, \"better\" is wrong in about half of the cases without a difference. Rows that a run was learned from are skipped where the log begins with them, whatever its name and format; where --skip-rows keeps them, there is no verdict. The exit code is 0 whatever the verdict. A policy.onnx can be evaluated if it takes one vector of numbers; evaluate a policy of several columns from its model.zip.",
        };
        command.Arguments.Add(Model);
        Columns.AddTo(command);
        foreach (var option in new Option[] { SkipRows, Discount, Sample, VerdictLevel, Report, Json })
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Discount) is not null && !Columns.HasEpisode(result))
                result.AddError("--discount counts by the steps of episodes: name their column with --episode.");
        });
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var saved = SavedPolicy.At(parsed.GetValue(Model)!);
        foreach (var target in new[] { parsed.GetValue(Report), parsed.GetValue(Json) }.OfType<string>())
            OutputPath.CheckFile(target);
        using var interruption = new Interruption(() => terminal.Warn($"Stopping."));
        try
        {
            Evaluate(parsed, saved, terminal, interruption.Token);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static void Evaluate(ParseResult parsed, SavedPolicy saved, Terminal terminal, CancellationToken cancel)
    {
        var origin = LearnedRows.OriginOf(saved);
        var names = Columns.Names(parsed, saved.Run is null ? new LogNames() : origin?.Names ?? new LogNames());
        using var file = Columns.Open(parsed, cancel);
        CheckTargets(parsed, [file.Path, saved.Path, .. saved.Run is { } folder ? [folder.Log, folder.Onnx] : Array.Empty<string>()]);
        var ml = new MLContext(seed: 0);
        var model = saved.Load(ml, out var schema);
        using var owned = model as IDisposable;
        var chooser = new LogChooser(file, names);
        var roles = chooser.ChooseFor([]);
        var inputs = ModelInputs.Of(saved.Path, model, schema, [.. roles.Fields.Select(field => field.Name)], names.Features);
        var choice = chooser.ChooseFor(inputs.Features);
        if (choice.Mask is { } mask)
            choice = choice with { Mask = mask.For(PolicyChain.FromModel(model).Policy.Metadata.Actions.Names, file.Path) };
        var isSampled = parsed.GetValue(Sample);
        var words = new LogWords(choice) { Observations = [.. PolicyChain.FromModel(model).Policy.Metadata.Observations.Names] };
        var refusal = new LogRefusal(file, words);
        var sample = origin?.Sample ?? LearnedSample.Of(PolicyChain.FromModel(model).Policy.Metadata.Provenance, saved.Path);
        var learned = refusal.Run($"{file.Path} cannot be read", () => new LearnedRows(origin).CountIn(ml, file, inputs.Features));
        var skipped = Skipped(parsed, file, learned, terminal);
        var evaluation = refusal.Run($"{saved.Path} cannot be evaluated on {file.Path}", () =>
        {
            var view = LogPipeline.WithMask(ml, choice, file.Load(ml, choice.Fields));
            if (inputs.Vector is { } vector)
                view = ml.Transforms.Concatenate(vector, [.. choice.Features.Select(feature => feature.Name)]).Fit(view).Transform(view);
            var rows = skipped == 0 ? view : ml.Data.SkipRows(view, skipped);
            var hasLearned = new LearnedRowsCheck(sample, file).Run(rows, choice, isForced: parsed.GetValue(SkipRows) is not null, terminal, cancel);
            LogProbabilityCheck.Run(ml, rows, choice, file, words, terminal, cancel);
            UnseenCategories.Warn(model, rows, skipped, choice, file, terminal, cancel);
            var result = ml.ReinforcementLearning.EvaluateFromLog(model, rows, choice.Columns(null), new LogEvaluationOptions
            {
                Selection = isSampled ? ActionSelection.Sample() : ActionSelection.Mode,
                VerdictLevel = parsed.GetValue(VerdictLevel) ?? 0.95,
                Discount = parsed.GetValue(Discount) ?? 1,

                // The first rows of the file are known to be those that were learned from.
                HasLearnedRows = hasLearned || skipped < learned,
                Progress = new LogEvaluationProgress(terminal, TimeProvider.System),
                Cancellation = cancel,
            });
            file.RequireUnchanged();
            return result;
        }, skipped);
        terminal.WriteLine($"{words.Of(evaluation.ToString())}");
        LogColumnText.WriteMissing(file, choice, terminal);
        if (parsed.GetValue(Report) is { } report)
        {
            LogEvaluationReport.Save(evaluation, Path.GetFullPath(report), Path.GetFileName(saved.Path));
            terminal.WriteLine($"Wrote {Path.GetFullPath(report)}");
        }

        if (parsed.GetValue(Json) is { } json)
        {
            LogEvaluationFile.Write(json, file.Path, isSampled, skipped, choice, evaluation);
            terminal.WriteLine($"Wrote {Path.GetFullPath(json)}");
        }
    }

    private static long Skipped(ParseResult parsed, LogFile file, long learned, Terminal terminal)
    {
        const string Why = LearnedRowsCheck.Why;
        var skipped = parsed.GetValue(SkipRows) ?? learned;
        var left = file.Rows - skipped;
        if (left <= 0)
        {
            throw new CommandException(skipped == learned
                ? FormattableString.Invariant($"The policy was learned from all {file.Rows:N0} rows of {file.Path}: name a log with rows that came later. With --skip-rows 0 it is evaluated on these, without a verdict: {Why}.")
                : FormattableString.Invariant($"{file.Path} has {file.Rows:N0} rows, so that --skip-rows {skipped} leaves none: skip fewer."));
        }

        if (skipped < learned)
            terminal.Warn($"The policy was learned from the first {learned:N0} rows of {file.Path}, and {learned - skipped:N0} of them are evaluated on, without a verdict: {Why}. Leave --skip-rows out.");
        else if (learned > 0)
            terminal.Warn($"The policy was learned from the first {learned:N0} rows of {file.Path}. {(skipped == learned ? "They" : FormattableString.Invariant($"The first {skipped:N0}"))} are skipped, and the {(left == 1 ? "one" : FormattableString.Invariant($"{left:N0}"))} behind them {(left == 1 ? "is" : "are")} evaluated on.");
        return skipped;
    }

    // A file that is written replaces the one of its name.
    private static void CheckTargets(ParseResult parsed, IReadOnlyList<string> inputs)
    {
        string?[] targets = [parsed.GetValue(Report), parsed.GetValue(Json)];
        foreach (var target in targets.OfType<string>())
        {
            if (inputs.FirstOrDefault(input => FilePath.AreSame(input, target)) is { } input)
                throw new CommandException($"{Path.GetFullPath(target)} would replace {input}, which is read: name another file.");
        }

        if (targets is [{ } report, { } json] && FilePath.AreSame(report, json))
            throw new CommandException($"{Path.GetFullPath(json)} is named for the page and for the numbers: name two files.");
    }
}
