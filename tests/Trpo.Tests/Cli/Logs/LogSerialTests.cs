using Trpo.Cli.Logs;
using Trpo.Cli.Logs.Files;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of columns that identify rows or times instead of describing decisions: they are left out and named, unless the command line asks for them.</summary>
public sealed class LogSerialTests
{
    private const int Rows = 200;

    // Numbers from 0 in an order of their own: 77 and 200 have no common divisor.
    private static readonly int[] Mixed = [.. Enumerable.Range(0, Rows).Select(i => i * 77 % Rows)];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("number", "it never falls")]
    [TestCase("back", "it never rises")]
    [TestCase("seconds", "it never falls")]
    [TestCase("mixed", "another whole number in each row")]
    [TestCase("unix", "Unix times")]
    [TestCase("milliseconds", "Unix times")]
    [TestCase("day", "dates")]
    [TestCase("time", "dates")]
    [TestCase("german", "dates")]
    [TestCase("american", "dates")]
    [TestCase("digits", "dates")]
    [TestCase("visitor_id", "its name")]
    [TestCase("storeId", "its name")]
    [TestCase("userid", "its name")]
    [TestCase("SESSIONID", "its name")]
    [TestCase("clock", "times of day")]
    [TestCase("noon", "times of day")]
    public void An_identifier_or_a_time_is_left_out_with_the_reason_and_seen_on_request(string name, string reason)
    {
        var file = Write();
        var check = Tool.RunHere("log", "check", "--data", file);
        Assert.That(check.Output.Split('\n').Single(line => line.StartsWith($"Left out: '{name}', since ", StringComparison.Ordinal)), Does.Contain(reason));

        var asked = Tool.RunHere("log", "check", "--data", file, "--features", $"age,{name}");
        Assert.That(asked.Output, Does.Match($@"(?m)^Features: 'age' \(numbers\), '{name}' \((numbers|\d+ categories)\)\r?$"), asked.Error);
    }

    [Test]
    public void Texts_that_nearly_all_differ_are_left_out_and_seen_on_request([Values(30, 90, 1_500)] int rows)
    {
        var path = _folder.PathOf("texts.csv");
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3},{i % 7},{(i == 9 ? 8 : i) * 7919:x8}-5d,w{i % (rows / 2)}").Prepend("Action,Probability,Reward,x,uuid,word"));

        Assert.That(Tool.RunHere("log", "check", "--data", path, "--ignore", "word").Output, Does.Contain("Left out: 'uuid', since its texts nearly all differ"));
        if (rows <= 100)
        {
            Assert.That(Tool.RunHere("log", "check", "--data", path).Output, Does.Contain($"'word' ({rows / 2} categories)"));
            Assert.That(Tool.RunHere("log", "check", "--data", path, "--features", "uuid").Output, Does.Contain($"Features: 'uuid' ({rows - 1} categories)"));
        }
    }

    [Test]
    public void All_other_columns_are_features()
    {
        var (exitCode, output, error) = Tool.RunHere("log", "check", "--data", Write());

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.Match(@"(?m)^Features: 'age' \(numbers\), 'spent' \(numbers\), 'hour' \(numbers\), 'few' \(numbers\), 'valid' \(numbers\), 'shop' \(3 categories\), 'paid' \(numbers\)\r?$"));
    }

    [Test]
    public void Codes_that_are_taken_for_texts_are_features() =>
        Assert.That(Tool.RunHere("log", "check", "--data", Write(), "--text", "storeId").Output, Does.Contain("'storeId' (5 categories)").And.Not.Contains("Left out: 'storeId'"));

    [Test]
    public void A_log_with_nothing_else_is_refused_with_the_reasons()
    {
        var path = _folder.PathOf("bare.csv");
        File.WriteAllLines(path, Enumerable.Range(0, 40).Select(i => $"{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3},{i}").Prepend("Action,Probability,Reward,n"));

        Assert.That(Tool.RunHere("log", "check", "--data", path).Error, Does.Contain("name some with --features").And.Contains("'n' is left out, since it never falls"));
    }

    [Test]
    public void Columns_are_printed_before_a_policy_is_learned_and_kept_in_files()
    {
        var (run, json) = (_folder.PathOf("run"), _folder.PathOf("numbers.json"));
        var file = Write();
        var (exitCode, output, error) = Tool.RunHere("log", "train", "--data", file, "--ignore", "few", "--steps", "1", "--out", run);

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(output, Does.StartWith("Columns: action 'Action', reward 'Reward', probability 'Probability'").And.Contains("Left out: 'few', since --ignore names it"));
        Assert.That(output.IndexOf("Left out: 'day'", StringComparison.Ordinal), Is.InRange(0, output.IndexOf("Learning from", StringComparison.Ordinal)));
        var origin = LogRunFile.Read(Path.Combine(run, "log.json"));
        Assert.That(origin.LeftOut, Does.Contain(new LogLeftOut("few", "--ignore names it")).And.Contains(new LogLeftOut("day", "it has dates")));

        Assert.That(Tool.RunHere("log", "evaluate", run, "--data", file, "--json", json).ExitCode, Is.Zero);
        var columns = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(json))!["columns"]!;
        Assert.That(columns["action"]!.GetValue<string>(), Is.EqualTo("Action"));
        Assert.That(columns["features"]!.AsArray().Select(name => name!.GetValue<string>()), Is.EqualTo(origin.Features));
        Assert.That(columns["leftOut"]!.AsArray().Select(column => column!["name"]!.GetValue<string>()), Is.EqualTo(origin.LeftOut.Select(column => column.Name)));
    }

    [Test]
    public void Numbers_that_are_drawn_are_no_identifiers([Values(5UL, 6UL, 7UL)] ulong seed)
    {
        var random = new RandomSource(seed);
        var scan = new SerialScan();
        var values = Enumerable.Range(0, 1_000).Select(_ => Math.Floor(random.NextDouble() * 4_000)).ToList();
        values.ForEach(scan.Add);

        Assert.That(scan.OfNumbers(values.Distinct().Count()), Is.Null);
    }

    private string Write()
    {
        var path = _folder.PathOf("log.csv");
        (string Name, Func<int, string> Cell)[] columns =
        [
            ("Action", i => i % 4 < 2 ? "a" : "b"), ("Probability", _ => "0.5"), ("Reward", i => $"{i % 3}"),
            ("age", i => $"{20 + (i * 7 % 50)}"), ("spent", i => $"{Mixed[i] * 631}"), ("hour", i => $"{i % 24}"), ("few", i => $"{i / 50}"), ("valid", i => $"{i % 2}"),
            ("shop", i => $"s{i % 3}"), ("paid", i => $"{i % 9}"),
            ("number", i => $"{i}"), ("back", i => $"{1_000 - i}"), ("seconds", i => $"{i / 3 * 0.5}"), ("mixed", i => $"{500 + (2 * Mixed[i])}"),
            ("unix", i => $"{1_700_000_000 + (Mixed[i] * 4_000)}"), ("milliseconds", i => $"{1_700_000_000_000 + (Mixed[i] * 4_000_000L)}"),
            ("day", i => $"2024-01-{1 + (i % 3):D2}"), ("time", i => $"2024-01-{1 + (i % 3):D2}T10:00:00Z"), ("german", i => $"{1 + (i % 3)}.2.2024"), ("american", i => $"2/{1 + (i % 3)}/2024 3:00 PM"),
            ("digits", i => $"2024010{1 + (i % 3)}"), ("visitor_id", i => $"{Mixed[i] / 3}"), ("storeId", i => $"{i % 5}"),
            ("userid", i => $"{i % 5}"), ("SESSIONID", i => $"{i % 7}"), ("clock", i => $"{i % 24}:{i % 6}0"), ("noon", i => $"{1 + (i % 12)}:30 PM"),
        ];
        File.WriteAllLines(path, Enumerable.Range(0, Rows).Select(i => string.Join(',', columns.Select(column => column.Cell(i).Replace(',', '.')))).Prepend(string.Join(',', columns.Select(column => column.Name))));
        return path;
    }
}
