using System.Text.Json.Nodes;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs;
using Trpo.Cli.Logs.Files;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of logs in files whose rows tell which actions could be taken.</summary>
public sealed class LogMaskTests
{
    private const int Rows = 1_000;
    private const string Header = "Action,Probability,Reward,x,can_c,can_a,can_b";

    private static readonly string[] Actions = ["a", "b", "c"];

    private TemporaryFolder _folder = null!;
    private string _csv = null!;
    private string _run = null!;
    private (int ExitCode, string Output, string Error) _training;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        (_csv, _run) = (_folder.PathOf("log.csv"), _folder.PathOf("run"));
        File.WriteAllLines(_csv, Lines().Prepend(Header));
        _training = Tool.RunHere("log", "train", "--data", _csv, "--eligible", "can_", "--steps", "30", "--out", _run);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_policy_takes_the_best_of_the_actions_that_can_be_taken()
    {
        Assert.That(_training.ExitCode, Is.Zero, _training.Output + _training.Error);
        Assert.That(_training.Output, Does.Contain("eligible 'can_a', 'can_b', 'can_c'").And.Contains("Features: 'x' (numbers)").And.Contains("Better: gain over the log"));

        using var policy = PolicySession.Open(Path.Combine(_run, "policy.onnx"));
        Assert.That(policy.Metadata.Actions.Names, Is.EqualTo(Actions));
        Assert.That(policy.Metadata.Actions.Names[policy.ActOn(new { x = 3f, can_a = 1f, can_b = 1f, can_c = 1f })], Is.EqualTo("c"));
        Assert.That(policy.Metadata.Actions.Names[policy.ActOn(new { x = 3f, can_a = 1f, can_b = 1f, can_c = 0f })], Is.EqualTo("b"));
        Assert.That(policy.Metadata.Actions.Names[policy.ActOn(new { x = 3f, can_a = 1f, can_b = 0f, can_c = 0f })], Is.EqualTo("a"));
    }

    [Test]
    public void A_run_is_evaluated_with_the_mask_of_its_training_on_the_rows_behind()
    {
        var json = _folder.PathOf("numbers.json");
        var (exitCode, output, error) = Tool.RunHere("log", "evaluate", _run, "--data", _csv, "--json", json);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output.Trim(), Does.StartWith(_training.Output[_training.Output.IndexOf("Better:", StringComparison.Ordinal).._training.Output.IndexOf("Wrote", StringComparison.Ordinal)].Trim()));
        var numbers = JsonNode.Parse(File.ReadAllText(json))!;
        Assert.That((numbers["skippedRows"]!.GetValue<long>(), numbers["columns"]!["eligible"]!.GetValue<string>()), Is.EqualTo((700L, "can_")));
        Assert.That(Tool.RunHere("log", "evaluate", Path.Combine(_run, "model.zip"), "--data", _csv, "--eligible", "can_").Output, Is.EqualTo(output[..output.LastIndexOf("Wrote", StringComparison.Ordinal)]));
    }

    [Test]
    public void Columns_and_actions_of_the_mask_are_found_in_whatever_case()
    {
        var (upper, plain) = (_folder.PathOf("upper.csv"), _folder.PathOf("plain.csv"));
        File.WriteAllLines(upper, Lines().Skip(700).Prepend(Header.ToUpperInvariant()));
        File.WriteAllLines(plain, Lines().Skip(700).Prepend(Header));
        var (exitCode, output, error) = Tool.RunHere("log", "evaluate", _run, "--data", upper);
        var expected = Tool.RunHere("log", "evaluate", _run, "--data", plain);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That((output, error.Replace(upper, plain, StringComparison.Ordinal)), Is.EqualTo((expected.Output, expected.Error)));
    }

    [Test]
    public void A_check_needs_the_mask_to_find_the_probabilities_right()
    {
        Assert.That(Tool.RunHere("log", "check", "--data", _csv, "--eligible", "can_").ExitCode, Is.Zero);
        var without = Tool.RunHere("log", "check", "--data", _csv, "--ignore", "can_a,can_b,can_c");
        Assert.That(without.ExitCode, Is.EqualTo(1));
        Assert.That(without.Output, Does.Contain("ProbabilitiesContradictActions"));
    }

    [Test]
    public void An_action_that_could_not_be_taken_is_named_by_its_line()
    {
        var file = _folder.PathOf("wrong.csv");
        File.WriteAllLines(file, Lines().Prepend(Header).Append("c,0.5,1,2,0,True,True"));
        var (exitCode, output, _) = Tool.RunHere("log", "check", "--data", file, "--eligible", "can_");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.Contain("ActionNotEligible").And.Contains("action 'c' was taken, but column 'can_c' has 0.").And.Contains($"Row {Rows} is in line {Rows + 2} of {file}"));
    }

    [TestCase("could_", "has 0 columns whose names begin with 'could_'", Header, "a,0.5,1,2,1,1,1")]
    [TestCase("can_", "The action 'd' was taken", Header, "d,0.5,1,2,1,1,1")]
    [TestCase("can_", "Column 'can_b'", Header, "a,0.5,1,2,1,1,yes")]
    [TestCase("Act", "has 1 column whose", Header, "a,0.5,1,2,1,1,1")]
    [TestCase("Re", "Column 'Reward' begins with 'Re'", "Action,Probability,Reward,x,Rex", "a,0.5,1,2,1")]
    public void Columns_that_are_no_mask_are_refused(string prefix, string message, string header, string row)
    {
        var file = _folder.PathOf($"{Guid.NewGuid():N}.csv");
        File.WriteAllLines(file, [header, row, row]);
        var (exitCode, output, error) = Tool.RunHere("log", "check", "--data", file, "--eligible", prefix);

        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(error, Does.Contain(message).And.Not.Contains("   at "));
    }

    [Test]
    public void A_prefix_is_found_in_whatever_case()
    {
        Assert.That(Find("CAN_a", "CAN_b").Columns, Is.EqualTo(new[] { "CAN_a", "CAN_b" }));
        Assert.That(Find("CAN_x", "can_a", "can_b").Columns, Is.EqualTo(new[] { "can_a", "can_b" }));
        Assert.That(() => Find("Can_a", "CAN_b"), Throws.InstanceOf<CommandException>().With.Message.Contains("begin with 'Can_' and 'CAN_'"));
    }

    [Test]
    public void A_column_for_no_action_is_told_apart_by_another_prefix()
    {
        var file = _folder.PathOf("more.csv");
        File.WriteAllLines(file, Lines().Select(line => line + ",1").Prepend(Header + ",can_pay"));
        var (exitCode, output, error) = Tool.RunHere("log", "check", "--data", file, "--eligible", "can_");

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Contain("ActionNeverTaken").And.Contains("If a column that begins with 'can_' is for no action, choose another prefix with --eligible"));
    }

    [Test]
    public void Actions_that_are_numbers_from_0_have_their_order_and_others_that_of_their_names()
    {
        Assert.That(Find([.. Enumerable.Range(0, 12).Reverse().Select(i => $"can_{i}")]).Actions, Is.EqualTo(Enumerable.Range(0, 12).Select(i => $"{i}")));
        var mask = Find("can_9", "can_10", "can_Z");
        Assert.That(mask.Actions, Is.EqualTo(new[] { "10", "9", "Z" }));
        Assert.That(mask.For(["Z", "9"], "log.csv").Columns, Is.EqualTo(new[] { "can_Z", "can_9" }));
        Assert.That(mask.For(["z", "10"], "log.csv").Columns, Is.EqualTo(new[] { "can_Z", "can_10" }));
        Assert.That(mask.For(["z", "10"], "log.csv").Actions, Is.EqualTo(new[] { "z", "10" }));
        Assert.That(() => mask.For(["z", "Z"], "log.csv"), Throws.InstanceOf<CommandException>().With.Message.Contains("no column 'can_z'"));
        Assert.That(Find("can_a", "can_A", "can_b").For(["a", "b"], "log.csv").Columns, Is.EqualTo(new[] { "can_a", "can_b" }));
        Assert.That(() => mask.Require(["9", "z"], "log.csv"), Throws.InstanceOf<CommandException>().With.Message.Contains("Column 'can_Z' differs in the case of letters"));
        Assert.That(() => mask.For(["Z", "8"], "log.csv"), Throws.InstanceOf<CommandException>().With.Message.Contains("no column 'can_8'"));
    }

    private LogMask Find(params string[] columns)
    {
        var file = _folder.PathOf($"{Guid.NewGuid():N}.csv");
        File.WriteAllLines(file, [string.Join(',', columns), string.Join(',', columns.Select(_ => "1"))]);
        using var log = CsvLog.Create(file, CancellationToken.None);
        return LogMask.Find(log, "can_");
    }

    // The later of the letters, the better; the worst can always be taken.
    private static IEnumerable<string> Lines()
    {
        var random = new RandomSource(4);
        for (var i = 0; i < Rows; i++)
        {
            bool[] can = [true, random.NextDouble() < 0.6, random.NextDouble() < 0.5];
            int[] choices = [.. Enumerable.Range(0, 3).Where(action => can[action])];
            var action = choices[(int)(random.NextDouble() * choices.Length)];
            var reward = random.NextDouble() < 0.1 + (0.35 * action) ? 1 : 0;
            yield return FormattableString.Invariant($"{Actions[action]},{1.0 / choices.Length},{reward},{i * 5 % 7},{(can[2] ? 1 : 0)},{can[0]},{can[1]}");
        }
    }
}
