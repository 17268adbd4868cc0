using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Trpo.Estimators.NativeLibraries;
using Trpo.Examples.Extending;

(string Name, Func<int, Outcome> Run)[] examples =
[
    ("network", CustomNetwork.Run),
    ("distribution", CustomDistribution.Run),
    ("baseline", CustomBaseline.Run),
    ("optimizer", CustomOptimizer.Run),
    ("environment", CustomEnvironment.Run),
    ("asynchronous", CustomAsyncEnvironment.Run),
    ("supervised", SupervisedTrustRegion.Run),
];

var which = new Argument<string>("example") { Description = "The example to run.", DefaultValueFactory = _ => "all" };
which.AcceptOnlyFromAmong([.. examples.Select(example => example.Name), "all"]);
var seed = new Option<int>("--seed") { Description = "The seed of all random numbers.", DefaultValueFactory = _ => 1 };
var command = new RootCommand("Trains with a network, a distribution, a baseline, an optimizer and environments of one's own, and without an environment.") { which, seed };
command.SetAction(parsed =>
{
    // One example uses TorchSharp before this library has loaded it.
    TorchRuntime.EnsureLoaded();
    var name = parsed.GetValue(which);
    var table = new Table().AddColumns("example", "measure", "before", "after", "required", "seconds");
    var reached = true;
    foreach (var example in examples.Where(example => name == "all" || name == example.Name))
    {
        Console.WriteLine($"{example.Name}:");
        var clock = Stopwatch.StartNew();
        var outcome = example.Run(parsed.GetValue(seed));
        table.AddRow(example.Name, outcome.Measure, Number(outcome.Before), Number(outcome.After), Number(outcome.Required), Number(clock.Elapsed.TotalSeconds));
        reached &= outcome.Reached;
    }

    AnsiConsole.Write(table);
    if (!reached)
        Console.Error.WriteLine("An example did not reach its required value.");
    return reached ? 0 : 1;
});
return command.Parse(args).Invoke();

static string Number(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);
