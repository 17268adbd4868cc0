using System.Text.Json.Nodes;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of logs of episodes in files.</summary>
public sealed class LogEpisodeTests
{
    private const int Games = 60;
    private const int Turns = 4;

    private TemporaryFolder _folder = null!;
    private string _csv = null!;

    [OneTimeSetUp]
    public void Learn()
    {
        _folder = new TemporaryFolder();
        _csv = _folder.PathOf("games.csv");
        File.WriteAllLines(_csv, Rows().Select(row => $"{row.Game},{row.Turn},{row.X},{row.Action},0.5,{row.Reward}").Prepend("Game,Turn,X,Action,Probability,Reward"));
        var ml = new MLContext(seed: 1);
        var view = ml.Data.LoadFromEnumerable(Rows());
        using var model = ml.Transforms.Concatenate("Observation", "X").Append(ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), new TrpoFromLogOptions { Seed = 1, Iterations = 1 })).Fit(view);
        PolicyModel.Save(ml, model, ml.Transforms.SelectColumns("X", "Action", "Probability", "Reward").Fit(view).Transform(view).Schema, _folder.PathOf("model.zip"));
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Episodes_are_checked_and_are_no_features()
    {
        var (exitCode, output, error) = Tool.RunHere("log", "check", "--data", _csv, "--episode", "game", "--step", "turn");

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Contain("episode 'Game', step 'Turn'").And.Contains("Features: 'X' (numbers)"));
    }

    [Test]
    public void A_missing_step_is_named_by_its_line()
    {
        var file = _folder.PathOf("missing.csv");
        File.WriteAllLines(file, File.ReadLines(_csv).Where((_, i) => i != 7));
        var (exitCode, output, _) = Tool.RunHere("log", "check", "--data", file, "--episode", "Game", "--step", "Turn");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.Contain("StepMissing").And.Contains($" is in line 8 of {file}"));
    }

    [Test]
    public void A_policy_is_evaluated_by_episode()
    {
        var (json, model) = (_folder.PathOf("numbers.json"), _folder.PathOf("model.zip"));
        var (exitCode, output, error) = Tool.RunHere("log", "evaluate", model, "--data", _csv, "--episode", "Game", "--step", "Turn", "--discount", "0.9", "--sample", "--json", json);
        Assert.That(exitCode, Is.Zero, output + error);
        var numbers = JsonNode.Parse(File.ReadAllText(json))!;
        Assert.That((numbers["episodes"]!.GetValue<long>(), numbers["rows"]!.GetValue<long>()), Is.EqualTo(((long)Games, (long)Games * Turns)));
        Assert.That(numbers["estimates"]!.AsArray().Select(estimate => estimate!["estimator"]!.GetValue<string>()), Does.Contain("WDR"));

        Assert.That(Tool.RunHere("log", "evaluate", model, "--data", _csv, "--json", json).ExitCode, Is.Zero);
        Assert.That(JsonNode.Parse(File.ReadAllText(json))!.AsObject()["episodes"], Is.Null);
    }

    [TestCase("NA")]
    [TestCase("N/A")]
    [TestCase("NaN")]
    [TestCase("null")]
    [TestCase("?")]
    [TestCase("")]
    public void Missing_episodes_and_actions_among_numbers_are_missing(string word)
    {
        var file = _folder.PathOf("words.csv");
        File.WriteAllLines(file, Rows().Select((row, i) => $"{(i % 9 == 3 ? word : i / Turns)},{(i % 9 == 4 ? word : i % 2)},{row.X},0.5,{row.Reward}").Prepend("Game,Action,X,Probability,Reward"));

        Assert.That(Tool.RunHere("log", "check", "--data", file, "--episode", "Game").Output, Does.Contain("EpisodeMissing").And.Contains("ActionUnknown").And.Contains("is missing"));
    }

    [Test]
    public void Steps_that_are_times_are_refused_by_name()
    {
        var file = _folder.PathOf("times.csv");
        File.WriteAllLines(file, Rows().Select(row => $"{row.Game},{1_700_000_000_000_000_000 + row.Turn},{row.X},{row.Action},0.5,{row.Reward}").Prepend("Game,Turn,X,Action,Probability,Reward"));
        var (exitCode, output, error) = Tool.RunHere("log", "check", "--data", file, "--episode", "Game", "--step", "Turn");

        Assert.That(exitCode, Is.EqualTo(1), error);
        Assert.That(output, Does.Contain("StepInvalid").And.Contains("A step is a count, not a time"));
    }

    [Test]
    public void Wrong_columns_of_episodes_are_refused()
    {
        foreach (var (exitCode, message, arguments) in new (int, string, string[])[]
        {
            (2, "--episode", ["check", "--step", "Turn"]),
            (1, "'Action' is named for two roles", ["check", "--episode", "Action"]),
            (1, "'Game' is named for two roles", ["check", "--episode", "Game", "--step", "Game"]),
            (2, "--episode", ["train", "--episode", "Game"]),
            (2, "--discount counts by the steps of episodes", ["evaluate", _folder.PathOf("model.zip"), "--discount", "0.9"]),
        })
        {
            var refused = Tool.RunHere(["log", .. arguments, "--data", _csv]);
            Assert.That(refused.ExitCode, Is.EqualTo(exitCode), refused.Output);
            Assert.That(refused.Error, Does.Contain(message));
        }
    }

    private static IEnumerable<Row> Rows() => Enumerable.Range(0, Games * Turns).Select(i => new Row
    {
        Game = $"g{i / Turns}",
        Turn = i % Turns,
        X = (i * 7) % 5,
        Action = i * 5 % 7 % 2 == 0 ? "a" : "b",
        Probability = 0.5,
        Reward = (i * 3) % 4,
    });

    private sealed class Row
    {
        public string Game { get; set; } = "";

        public float Turn { get; set; }

        public float X { get; set; }

        public string Action { get; set; } = "";

        public double Probability { get; set; }

        public double Reward { get; set; }
    }
}
