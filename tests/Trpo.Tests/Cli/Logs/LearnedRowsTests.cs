using System.Globalization;
using Microsoft.Data.Sqlite;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of the search for rows that a policy was learned from among those that it is evaluated on.</summary>
public sealed class LearnedRowsTests
{
    private const string Header = "x,device,banner,p,clicked";

    private static readonly string[] Columns = ["--action", "banner", "--reward", "clicked", "--probability", "p"];

    private TemporaryFolder _folder = null!;
    private string[] _rows = null!;
    private string _run = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = new TemporaryFolder();
        _rows = Rows(1_000, 1);
        _run = _folder.PathOf("run");
        var trained = Tool.RunHere(["log", "train", "--data", Write("log.csv", _rows), .. Columns, "--steps", "1", "--out", _run]);
        Assert.That(trained.ExitCode, Is.Zero, trained.Error);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Learned_rows_are_found_wherever_they_stand([Values("cut", "longer", "reversed", "rounded", "few")] string change, [Values] bool isCopy)
    {
        string[] rows = change switch
        {
            "cut" => _rows[10..],
            "longer" => [Rows(1, 7)[0], .. _rows],
            "reversed" => [.. _rows.Reverse()],
            "rounded" => [.. _rows.Skip(1).Select(row => Rounded(row, 3))],
            _ => [.. Rows(100, 9), .. _rows[300..400]],
        };
        var (exitCode, output, error) = Evaluate(isCopy ? Copy() : _run, Write("changed.csv", rows));

        Assert.That((exitCode, output), Is.EqualTo((1, "")));
        Assert.That(error, Does.Contain("The policy was learned from rows that are among the").And.Contains("--skip-rows"));
    }

    [Test]
    public void Learned_rows_are_found_in_the_order_of_a_view()
    {
        var path = _folder.PathOf("log.db");
        using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"CREATE TABLE t(x REAL, device TEXT, banner TEXT, p REAL, clicked REAL); CREATE VIEW v AS SELECT * FROM t ORDER BY x; INSERT INTO t VALUES {string.Join(", ", _rows.Select(row => row.Split(',')).Select(c => $"({c[0]}, '{c[1]}', '{c[2]}', {c[3]}, {c[4]})"))}";
            command.ExecuteNonQuery();
        }

        Assert.That(Evaluate(_run, path, "--table", "v").Error, Does.Contain("The policy was learned from rows that are among the 1,000"));
    }

    [Test]
    public void Learned_rows_that_are_asked_for_are_evaluated_on_with_a_warning()
    {
        var (exitCode, output, error) = Evaluate(_run, Write("asked.csv", _rows[10..]), "--skip-rows", "0");

        Assert.That(exitCode, Is.Zero);
        Assert.That(error, Does.Contain("The policy was learned from rows that are among the 990").And.Contains("There is no verdict."));
        Assert.That(output, Does.StartWith("Undecided: gain over the log").And.Contains("Not to be trusted: the policy was learned from some of the rows").And.Not.Contains(" at 95%)"));
        Assert.That(Evaluate(_run, Write("behind.csv", _rows[10..]), "--skip-rows", "690").Error, Is.Empty);
    }

    [Test]
    public void First_rows_that_are_not_skipped_give_no_verdict([Values(0, 690)] int skipped)
    {
        var (exitCode, output, error) = Evaluate(_run, _folder.PathOf("log.csv"), "--skip-rows", $"{skipped}");

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(error, Does.Contain($"The policy was learned from the first 700 rows").And.Contains($"{700 - skipped} of them are evaluated on, without a verdict"));
        Assert.That(output, Does.StartWith("Undecided: ").And.Contains("Not to be trusted: the policy was learned from some of the rows"));
    }

    [Test]
    public void Fresh_rows_are_evaluated_on_without_a_word([Values] bool isCopy, [Values(100, 3_000)] int count)
    {
        var (exitCode, _, error) = Evaluate(isCopy ? Copy() : _run, Write("fresh.csv", Rows(count, 2)));
        Assert.That((exitCode, error), Is.EqualTo((0, "")));
    }

    [Test]
    public void Decisions_that_repeat_by_chance_are_no_learned_rows([Values(2UL, 3UL, 4UL)] ulong seed)
    {
        var run = _folder.PathOf($"coarse-{seed}");
        var trained = Tool.RunHere(["log", "train", "--data", Write("coarse.csv", [.. Rows(1_000, seed).Select(Coarse)]), .. Columns, "--steps", "1", "--out", run]);
        Assert.That(trained.ExitCode, Is.Zero, trained.Error);

        Assert.That(Evaluate(run, Write("new.csv", [.. Rows(2_000, seed + 10).Select(Coarse)])).ExitCode, Is.Zero);
    }

    [Test]
    public void Columns_of_a_policy_are_found_in_whatever_case()
    {
        var (fresh, same) = (Write("upper.csv", Rows(300, 5), "X,DEVICE,BANNER,P,CLICKED"), Write("same.csv", _rows, "X,DEVICE,BANNER,P,CLICKED"));
        var (exitCode, output, error) = Evaluate(_run, fresh);

        Assert.That((exitCode, error), Is.EqualTo((0, "")));
        Assert.That(output, Is.EqualTo(Evaluate(_run, Write("lower.csv", Rows(300, 5))).Output));
        Assert.That(Evaluate(_run, same).Error, Does.Contain("They are skipped, and the 300 behind them are evaluated on"));
    }

    [Test]
    public void Skipped_rows_are_counted_right()
    {
        var all = Evaluate(_run, _folder.PathOf("log.csv"), "--skip-rows", "800").Error;
        Assert.That(all, Does.Contain("The first 800 are skipped, and the 200 behind them are evaluated on"));
    }

    private static string[] Rows(int count, ulong seed)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Row(random))];
    }

    private static string Row(RandomSource random)
    {
        var (x, device) = (random.NextGaussian(), random.NextDouble() < 0.5 ? "phone" : "desk");
        var p = 0.3 + (0.4 / (1 + Math.Exp(-x)));
        var isA = random.NextDouble() < p;
        var reward = random.NextDouble() < (isA == x > 0 ? 0.7 : 0.3) ? 1 : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{x:R},{device},{(isA ? "a" : "b")},{(isA ? p : 1 - p):R},{reward}");
    }

    private static string Coarse(string row) => Rounded(row, 1);

    private static string Rounded(string row, int digits)
    {
        var cells = row.Split(',');
        cells[0] = Math.Round(double.Parse(cells[0], CultureInfo.InvariantCulture), digits).ToString(CultureInfo.InvariantCulture);
        cells[3] = digits == 1 ? "0.5" : cells[3];
        return string.Join(',', cells);
    }

    private static (int ExitCode, string Output, string Error) Evaluate(string policy, string data, params string[] more) => Tool.RunHere(["log", "evaluate", policy, "--data", data, .. Columns, .. more]);

    private string Write(string name, string[] rows, string header = Header)
    {
        var path = _folder.PathOf(name);
        File.WriteAllLines(path, rows.Prepend(header));
        return path;
    }

    private string Copy()
    {
        var copy = _folder.PathOf("copy.zip");
        File.Copy(Path.Combine(_run, "model.zip"), copy, overwrite: true);
        return copy;
    }
}
