using System.Globalization;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests that an evaluation tells of probabilities that are wrong or guessed, of numbers that are missing, and of categories that were not learned from.</summary>
public sealed class LogProbabilityTests
{
    private static readonly string[] Columns = ["--action", "banner", "--reward", "clicked", "--probability", "p"];

    private TemporaryFolder _folder = null!;
    private string _run = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        _run = _folder.PathOf("run");
        var trained = Tool.RunHere(["log", "train", "--data", Write("log.csv", Rows(1, 0.7, "desk")), .. Columns, "--steps", "1", "--out", _run]);
        Assert.That(trained.ExitCode, Is.Zero, trained.Error);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Probabilities_that_contradict_the_actions_are_refused()
    {
        var (exitCode, output, error) = Evaluate(Rows(2, 0.7, "desk", logged: 0.5));

        Assert.That((exitCode, output), Is.EqualTo((1, "")));
        Assert.That(error, Does.StartWith("No policy can be evaluated on ").And.Contain("often than its probabilities say").And.Contain("(--eligible)"));
    }

    [Test]
    public void Probabilities_that_are_all_equal_are_warned_of()
    {
        var (exitCode, _, error) = Evaluate(Rows(2, 0.5, "desk"));
        Assert.That((exitCode, error.Trim()), Is.EqualTo((0, "All probabilities in column 'p' are 0.5. That is right only if each of as many actions was equally probable in every row; otherwise log the probabilities with which actions were drawn: guesses bias all estimates.")));
    }

    [Test]
    public void A_category_that_was_not_learned_from_is_named_with_its_line()
    {
        var (exitCode, _, error) = Evaluate(Rows(2, 0.7, "fridge"));

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(error, Does.StartWith("In row 3, line 5, column 'device' has the category 'fridge', which the policy was not learned from").And.Contain("100 rows have such a category in this column"));
        Assert.That(Evaluate(Rows(2, 0.7, "")).Error, Is.Empty, "a missing value is no category");
    }

    [Test]
    public void Numbers_that_are_missing_are_told_with_the_first_place_and_what_stands_for_them()
    {
        string[] rows = [.. Rows(2, 0.7, "desk")];
        rows[7] = "NaN" + rows[7][rows[7].IndexOf(',', StringComparison.Ordinal)..];
        rows[9] = rows[9][rows[9].IndexOf(',', StringComparison.Ordinal)..];
        const string Missing = "'x' (numbers, 2 missing, first in line 9)";
        var (exitCode, output, error) = Evaluate(rows);
        var trained = Tool.RunHere(["log", "train", "--data", Write("missing.csv", rows), .. Columns, "--steps", "1", "--out", _folder.PathOf("missing")]);

        Assert.That((exitCode, trained.ExitCode), Is.EqualTo((0, 0)), error + trained.Error);
        Assert.That(output, Does.Contain($"Means of the rows that were learned from stand for what is missing in {Missing}."));
        Assert.That(trained.Output, Does.Contain($"Features: {Missing}"));
        Assert.That(Evaluate(Rows(2, 0.7, "desk")).Output, Does.Not.Contain("missing"));
    }

    // In every fourth row, the device is another one.
    private static IEnumerable<string> Rows(ulong seed, double probability, string device, double? logged = null)
    {
        var random = new RandomSource(seed);
        for (var i = 0; i < 400; i++)
        {
            var isA = random.NextDouble() < probability;
            var p = logged ?? (isA ? probability : 1 - probability);
            yield return string.Create(CultureInfo.InvariantCulture, $"{random.NextGaussian():R},{(i % 4 == 3 ? device : "phone")},{(isA ? "a" : "b")},{p:R},{(random.NextDouble() < (isA ? 0.7 : 0.3) ? 1 : 0)}");
        }
    }

    private (int ExitCode, string Output, string Error) Evaluate(IEnumerable<string> rows) => Tool.RunHere(["log", "evaluate", _run, "--data", Write($"{Guid.NewGuid():N}.csv", rows), .. Columns]);

    private string Write(string name, IEnumerable<string> rows)
    {
        var path = _folder.PathOf(name);
        File.WriteAllLines(path, rows.Prepend("x,device,banner,p,clicked"));
        return path;
    }
}
