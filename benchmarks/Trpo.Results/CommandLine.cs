using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Logs;
using Trpo.Results.Pictures;
using Trpo.Results.Report;
using Trpo.Results.Studies;

namespace Trpo.Results;

/// <summary>The verbs and options of the program.</summary>
internal static class CommandLine
{
    private const string Everything = "all";

    private static readonly Option<int> Seeds = Positive("--seeds", "The number of seeds, counted from 1.", ResultsSettings.DefaultSeeds);
    private static readonly Option<int> Episodes = Positive("--episodes", "The number of episodes of each evaluation.", ResultsSettings.DefaultEpisodes);
    private static readonly Option<DirectoryInfo> Kept = new("--kept") { Description = "The folder of finished seeds; with another number of episodes, the default is a folder beside it.", DefaultValueFactory = _ => new("artifacts/results"), Recursive = true };

    private static readonly Option<int> Parallel = Positive("--parallel", "The number of concurrent training runs, each on one thread; the number of cores by default. Returns do not depend on it.", Environment.ProcessorCount, recursive: false);
    private static readonly Option<bool> Fresh = new("--fresh") { Description = "Measure finished seeds again." };
    private static readonly Option<string[]> Only = new("--only") { Description = "Measures the variations, candidates or families of these names alone; the document shows the others as they were measured before. All by default.", AllowMultipleArgumentsPerToken = true, HelpName = "name" };
    private static readonly Option<DirectoryInfo> Documents = new("--docs") { Description = "The folder of the documents and pictures; with another number of seeds or episodes, the default is a folder within --kept, so that a trial replaces nothing.", DefaultValueFactory = _ => new("docs") };

    public static RootCommand Create()
    {
        var environments = Environments(Catalog.All);
        var command = new RootCommand($"""
            Trains TRPO on environments with several seeds each, evaluates the policies, and writes docs/results.md with a table and learning curves.

            Environments: {Known(Catalog.All)}.
            Finished seeds are kept: after Ctrl-C, the same command resumes. A seed is measured again if the settings or the library changed.
            Exit codes: 0 done (check: all goals are reached); 1 an error (check: a goal is missed); 130 interrupted.
            """)
        {
            environments, Seeds, Episodes, Parallel, Fresh, Kept, Documents, Check(), Ablations(), Candidates(), Families(), Logs(), Picture(),
        };
        Trains(command, environments, Catalog.All, ResultsRun.Execute);
        return command;
    }

    private static Command Ablations() =>
        Measuring("ablations", "Changes one setting at a time, trains and evaluates in the same way, and writes docs/ablations.md with the effect of each setting.", Catalog.All, AblationsRun.Execute);

    private static Command Candidates() =>
        Measuring("candidates", "Compares ways to end a training, over trainings of several lengths, and writes docs/endings.md with what each is worth.", Catalog.All, ComparisonRun.Of(EndingsPage.Page));

    private static Command Families() =>
        Measuring(FamiliesPage.Verb, "Compares families of distributions over bounded actions, and writes docs/actions.md with the family that learns and those that lost.", BoundedFamilies.Studies, ComparisonRun.Of(FamiliesPage.Page));

    private static Command Logs()
    {
        var replications = Positive("--replications", "The number of logs of which a policy is evaluated.", LogsRun.DefaultReplications, recursive: false);
        var verdicts = Positive("--verdicts", "The number of logs from which a policy is learned.", LogsRun.DefaultVerdicts, recursive: false);
        var command = new Command("logs", "Evaluates and learns from logs of a world whose truth is known, and writes docs/log-verdicts.md with how often intervals and verdicts are right.") { replications, verdicts, Parallel, Documents };
        command.SetAction((parsed, cancel) =>
        {
            // As with other numbers of seeds, a trial replaces nothing.
            var (logs, learned) = (parsed.GetValue(replications), parsed.GetValue(verdicts));
            var folder = IsGiven(parsed, Documents) || (logs, learned) == (LogsRun.DefaultReplications, LogsRun.DefaultVerdicts) ? parsed.GetValue(Documents)! : parsed.GetValue(Kept)!;
            return Task.Run(() => LogsRun.Execute(logs, learned, parsed.GetValue(Parallel), folder, AnsiConsole.Console, cancel), CancellationToken.None);
        });
        return command;
    }

    private static Command Picture()
    {
        var command = new Command("picture", "Trains policies that swing a pendulum up, and draws docs/pendulum.svg, a moving picture of them.") { Documents };
        command.SetAction(parsed => PictureRun.Execute(parsed.GetValue(Documents)!, parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command Measuring(string name, string description, IReadOnlyList<Study> studies, Func<ResultsSettings, IAnsiConsole, CancellationToken, int> execute)
    {
        var environments = Environments(studies);
        var command = new Command(name, description) { environments, Only, Parallel, Fresh, Documents };
        Trains(command, environments, studies, execute);
        return command;
    }

    private static void Trains(Command command, Argument<string[]> environments, IReadOnlyList<Study> studies, Func<ResultsSettings, IAnsiConsole, CancellationToken, int> execute) =>
        command.SetAction((parsed, cancel) => Task.Run(() => Guarded(parsed, environments, studies, settings =>
        {
            // An argument that is required would be required of the other verbs too.
            if (parsed.GetResult(environments) is not { Tokens.Count: > 0 })
            {
                parsed.InvocationConfiguration.Error.WriteLine($"Name an environment: {Known(studies)}. --help lists the options.");
                return 1;
            }

            settings = settings with { Only = parsed.GetValue(Only) ?? [], Parallel = parsed.GetValue(Parallel), Fresh = parsed.GetValue(Fresh), Documents = DocumentsOf(parsed) };
            return execute(settings, AnsiConsole.Console, cancel);
        }), CancellationToken.None));

    private static Command Check()
    {
        var environments = Environments(Catalog.All);
        var command = new Command("check", "Compares the finished results with the goals, a line for each environment, and trains nothing.") { environments };
        command.SetAction(parsed => Guarded(parsed, environments, Catalog.All, settings => ResultsCheck.Execute(settings, parsed.InvocationConfiguration.Output)));
        return command;
    }

    private static int Guarded(ParseResult parsed, Argument<string[]> environments, IReadOnlyList<Study> studies, Func<ResultsSettings, int> execute)
    {
        var names = parsed.GetValue(environments) ?? [];
        var settings = new ResultsSettings
        {
            Chosen = names.Length == 0 || names.Contains(Everything) ? studies : [.. studies.Where(study => names.Contains(study.Name))],
            Seeds = parsed.GetValue(Seeds),
            Episodes = parsed.GetValue(Episodes),
            Kept = KeptBy(parsed),
            Documents = new DirectoryInfo("docs"),
        };
        try
        {
            return execute(settings);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"Cannot read or write the results: {exception.Message}");
            return 1;
        }
        catch (TrainingException exception)
        {
            parsed.InvocationConfiguration.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    /// <summary>Returns the folder of finished seeds. A trial with another number of episodes has its own folder.</summary>
    internal static DirectoryInfo KeptBy(ParseResult parsed)
    {
        var (folder, episodes) = (parsed.GetValue(Kept)!, parsed.GetValue(Episodes));
        return episodes == ResultsSettings.DefaultEpisodes || IsGiven(parsed, Kept) ? folder : new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"{folder}-{episodes}-episodes"));
    }

    /// <summary>Returns the folder of the documents. A trial does not replace those of the project.</summary>
    internal static DirectoryInfo DocumentsOf(ParseResult parsed) =>
        (parsed.GetValue(Seeds), parsed.GetValue(Episodes)) == (ResultsSettings.DefaultSeeds, ResultsSettings.DefaultEpisodes) || IsGiven(parsed, Documents)
            ? parsed.GetValue(Documents)!
            : new DirectoryInfo(Path.Combine(KeptBy(parsed).FullName, "docs"));

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static string Known(IReadOnlyList<Study> studies) => $"{string.Join(", ", studies.Select(study => study.Name))}; or {Everything}";

    private static Argument<string[]> Environments(IReadOnlyList<Study> studies)
    {
        var argument = new Argument<string[]>("environments") { Description = $"{Known(studies)}.", HelpName = "environment", Arity = ArgumentArity.ZeroOrMore };
        argument.Validators.Add(result =>
        {
            foreach (var name in result.Tokens.Select(token => token.Value).Where(name => name != Everything && studies.All(study => study.Name != name)))
                result.AddError($"There is no environment '{name}'. Known are {Known(studies)}.");
        });
        return argument;
    }

    private static Option<int> Positive(string name, string description, int usual, bool recursive = true)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual, Recursive = recursive };
        option.Validators.Add(result =>
        {
            // The parser reports text that is no number.
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, out var value) && value < 1)
                result.AddError($"{name} must be at least 1.");
        });
        return option;
    }
}
