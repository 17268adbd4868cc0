using System.CommandLine;
using System.Globalization;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Examples.LoggedDecisions;
using Trpo.Onnx;

var rows = new Option<int>("--rows") { Description = "The number of decisions in the log, at least 1000.", DefaultValueFactory = _ => 8_000 };
var seed = new Option<int>("--seed") { Description = "The seed of all randomness.", DefaultValueFactory = _ => 1 };
var folder = new Option<DirectoryInfo>("--out") { Description = "The folder for the log, the report and the policy.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/logged-decisions") };
rows.Validators.Add(result =>
{
    // The parser reports text that is no number.
    if (result.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value < 1_000)
        result.AddError("--rows must be at least 1000.");
});

var command = new RootCommand("Learns which banner to show from a CSV file of another policy's decisions, without an environment; evaluates the policy on fresh rows, and acts by it.") { rows, seed, folder };
command.SetAction(parsed =>
{
    try
    {
        return Execute(parsed.GetValue(folder)!.FullName, parsed.GetValue(rows), parsed.GetValue(seed));
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or LogException)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
});
return command.Parse(args).Invoke();

static int Execute(string folder, int rows, int seed)
{
    Directory.CreateDirectory(folder);
    var (log, report, graph) = (Path.Combine(folder, "log.csv"), Path.Combine(folder, "report.html"), Path.Combine(folder, "policy.onnx"));
    Shop.WriteLog(log, rows, seed);
    Console.WriteLine($"Wrote {log}");
    var evaluation = Learning.Run(log, rows, report, graph, seed);
    Console.WriteLine(evaluation);
    Console.WriteLine($"Wrote {report}{Environment.NewLine}Wrote {graph}");

    // The deployed part: a graph, and a row. Nothing of training is needed, and no libtorch.
    using var policy = PolicySession.Open(graph);
    var visitor = new Visitor { Device = "phone", Age = 61, Hour = 9 };
    Console.WriteLine($"A visitor of {visitor.Age} years with a {visitor.Device} at {visitor.Hour} o'clock is shown {Choose(policy, visitor)}.");

    var (own, other) = Shop.TrueEarnings(each => Choose(policy, each), seed + 1);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"In truth, which only a simulation knows, the policy earns {other:F3} per visitor, and the log's {own:F3}."));
    return evaluation.Gain.Verdict == LogVerdict.Better ? 0 : 1;
}

static string Choose(PolicySession policy, Visitor visitor) => policy.Metadata.Actions.Names[policy.ActOn(visitor)];
