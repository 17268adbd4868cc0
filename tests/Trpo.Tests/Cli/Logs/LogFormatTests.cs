using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests that the format of a log changes no number.</summary>
public sealed class LogFormatTests
{
    private TemporaryFolder _folder = null!;
    private LogWriter _log = null!;
    private string _run = null!;
    private string _expected = null!;

    [OneTimeSetUp]
    public void Learn()
    {
        _folder = new TemporaryFolder();
        _log = new LogWriter(1_500);
        _run = _folder.PathOf("run");
        var csv = _log.Csv(_folder.PathOf("log.csv"));
        var (exitCode, output, error) = Tool.RunHere(["log", "train", "--data", csv, .. LogWriter.Columns, "--ignore", "id", "--steps", "5", "--out", _run]);
        Assert.That(exitCode, Is.Zero, output + error);
        _expected = Evaluate(csv);
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void The_evaluation_rests_on_all_rows_and_is_finite()
    {
        var evaluation = JsonNode.Parse(_expected)!;
        Assert.That(evaluation["rows"]!.GetValue<long>(), Is.EqualTo(1_500));
        Assert.That(evaluation["doubt"]!.GetValue<string>(), Does.StartWith("the policy was learned from some of the rows"));
        Assert.That(evaluation["effectiveSampleSize"]!.GetValue<double>(), Is.GreaterThan(100));
        Assert.That(evaluation["actions"]!.AsArray().Select(action => action!["name"]!.GetValue<string>()), Is.EquivalentTo(new[] { "101", "banner; two", "say \"hi\"" }));
        Assert.That(evaluation["meanWeight"]!.GetValue<double>(), Is.EqualTo(1).Within(0.2));
    }

    [TestCase(';', true, "\r\n")]
    [TestCase('\t', false, "\n")]
    [TestCase('|', true, "\n")]
    [TestCase(',', false, "\n\n")]
    public void A_CSV_file_of_another_dialect_gives_the_same_numbers(char separator, bool quotesAll, string end) =>
        Assert.That(Evaluate(_log.Csv(_folder.PathOf($"{(int)separator}{end.Length}.csv"), separator, quotesAll, end)), Is.EqualTo(_expected));

    [Test]
    public void A_CSV_file_with_a_byte_order_mark_gives_the_same_numbers([Values] bool isUtf16) =>
        Assert.That(Evaluate(_log.Csv(_folder.PathOf($"bom{isUtf16}.csv"), encoding: isUtf16 ? Encoding.Unicode : Encoding.UTF8)), Is.EqualTo(_expected));

    [Test]
    public void The_name_of_a_file_is_no_pattern() => Assert.That(Evaluate(_log.Csv(_folder.PathOf("a+b [1] {x}.csv"))), Is.EqualTo(_expected));

    [Test]
    public void A_SQLite_database_gives_the_same_numbers([Values] bool isText) =>
        Assert.That(Evaluate(_log.Sqlite(_folder.PathOf($"log{isText}.sqlite"), isText)), Is.EqualTo(_expected));

    [Test]
    public void A_covering_index_and_a_view_change_no_number()
    {
        var file = _log.Sqlite(_folder.PathOf("indexed.db"), after: "CREATE INDEX i ON decisions(banner, p, clicked, device, age, \"returning\", id); CREATE VIEW v AS SELECT * FROM decisions");

        Assert.That(Evaluate(file, "--table", "decisions"), Is.EqualTo(_expected));
        Assert.That(Evaluate(file, "--table", "V"), Is.EqualTo(_expected));
    }

    [Test]
    public void A_table_without_row_numbers_gives_the_same_numbers() =>
        Assert.That(Evaluate(_log.Sqlite(_folder.PathOf("worowid.db"), after: "CREATE TABLE t(id INTEGER PRIMARY KEY, device, age, \"returning\", banner, p, clicked) WITHOUT ROWID; INSERT INTO t SELECT * FROM decisions; DROP TABLE decisions")), Is.EqualTo(_expected));

    [Test]
    public async Task A_Parquet_file_gives_the_same_numbers() => Assert.That(Evaluate(await _log.ParquetAsync(_folder.PathOf("log.parquet"))), Is.EqualTo(_expected));

    [Test]
    public async Task A_Parquet_file_that_was_written_to_is_refused()
    {
        var path = await new LogWriter(50).ParquetAsync(_folder.PathOf("changed.parquet"));
        using var log = ParquetLog.Create(path, CancellationToken.None);
        Assert.That(log.RequireUnchanged, Throws.Nothing);

        await new LogWriter(60).ParquetAsync(path);
        Assert.That(log.RequireUnchanged, Throws.InstanceOf<CommandException>().With.Message.Contains("was changed while it was read"));
    }

    [Test]
    public void The_same_policy_is_learned_from_each_format()
    {
        var other = _folder.PathOf("other");
        var (exitCode, output, error) = Tool.RunHere(["log", "train", "--data", _log.Sqlite(_folder.PathOf("train.db")), .. LogWriter.Columns, "--ignore", "id", "--steps", "5", "--out", other]);

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(File.ReadAllBytes(Path.Combine(other, "policy.onnx")), Is.EqualTo(File.ReadAllBytes(Path.Combine(_run, "policy.onnx"))));
    }

    [Test]
    public async Task A_Boolean_is_one_text_in_each_format()
    {
        string[] files = [_log.Csv(_folder.PathOf("flags.csv")), _log.Sqlite(_folder.PathOf("flags.db")), await _log.ParquetAsync(_folder.PathOf("flags.parquet"))];
        foreach (var file in files)
        {
            using var log = LogFile.Open(file, null, CancellationToken.None);
            var texts = log.Load(new MLContext(), [new LogField("returning", LogFieldType.Text)]).GetColumn<string>("returning").Distinct();
            Assert.That(texts, Is.EquivalentTo(new[] { "true", "false", "" }), file);
            Assert.That(log.Find("returning")!.Values, Is.EqualTo(2));
        }
    }

    [Test]
    public void Nothing_is_left_beside_a_database_with_a_write_ahead_log()
    {
        using var folder = new TemporaryFolder();
        var file = _log.Sqlite(folder.PathOf("wal.db"), after: "PRAGMA journal_mode = WAL; CREATE TABLE other(x); DROP TABLE other");
        var before = Directory.GetFileSystemEntries(folder.FullName).Order().ToArray();
        var bytes = File.ReadAllBytes(file);

        Assert.That(Evaluate(file), Is.EqualTo(_expected));
        Assert.That(Directory.GetFileSystemEntries(folder.FullName).Order(), Is.EqualTo(before));
        Assert.That(File.ReadAllBytes(file), Is.EqualTo(bytes));
    }

    // The write-ahead log is beside the database, not beside the link.
    [Test]
    [Platform(Exclude = "Win", Reason = "Symbolic links need a privilege.")]
    public void A_link_to_a_database_with_a_write_ahead_log_has_all_rows()
    {
        using var folder = new TemporaryFolder();
        var file = _log.Sqlite(folder.PathOf("wal.db"), after: "PRAGMA journal_mode = WAL; CREATE TABLE other(x); DROP TABLE other");
        using var writer = new SqliteConnection($"Data Source={file};Pooling=False");
        writer.Open();
        using var move = writer.CreateCommand();
        move.CommandText = "PRAGMA wal_autocheckpoint = 0; CREATE TABLE moved AS SELECT * FROM decisions; DELETE FROM decisions; INSERT INTO decisions SELECT * FROM moved; DROP TABLE moved";
        move.ExecuteNonQuery();
        File.CreateSymbolicLink(folder.PathOf("link.db"), file);

        Assert.That(file + "-wal", Does.Exist);
        Assert.That(Evaluate(folder.PathOf("link.db")), Is.EqualTo(_expected));
    }

    private string Evaluate(string file, params string[] more)
    {
        var json = _folder.PathOf("evaluation.json");
        var (exitCode, output, error) = Tool.RunHere(["log", "evaluate", _run, "--data", file, "--json", json, "--sample", "--skip-rows", "0", .. more]);
        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(error, Does.Contain("The policy was learned from the first 1,050 rows").And.Contains("1,050 of them are evaluated on"), "copies are found in all formats");
        var content = JsonNode.Parse(File.ReadAllText(json))!.AsObject();
        Assert.That(content.Remove("data"), Is.True);
        return content.ToJsonString();
    }
}
