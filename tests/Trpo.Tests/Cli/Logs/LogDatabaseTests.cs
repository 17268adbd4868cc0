using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs;
using Trpo.Cli.Logs.Files;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of SQLite databases that others write to: every pass has the same rows, or the log is refused.</summary>
public sealed class LogDatabaseTests
{
    private static readonly LogField[] Banner = [new("banner", LogFieldType.Text), new("p", LogFieldType.Double)];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Every_pass_over_a_write_ahead_log_has_the_rows_of_the_first_and_its_writer_goes_on()
    {
        var path = new LogWriter(50).Sqlite(_folder.PathOf("log.db"), after: "PRAGMA journal_mode = WAL");
        using var writer = Open(path);
        Execute(writer, "UPDATE decisions SET p = p");
        using var log = SqliteLog.Create(path, null, CancellationToken.None);
        var view = log.Load(new MLContext(), Banner);
        var first = view.GetColumn<string>("banner").ToArray();

        Execute(writer, "DELETE FROM decisions WHERE id < 20; UPDATE decisions SET banner = 'other'; PRAGMA wal_checkpoint");

        Assert.That(first, Has.Length.EqualTo(50));
        Assert.That(view.GetColumn<string>("banner"), Is.EqualTo(first));
        Assert.That(log.Load(new MLContext(), Banner).GetColumn<string>("banner"), Is.EqualTo(first));
        using var later = SqliteLog.Create(path, null, CancellationToken.None);
        Assert.That(later.Rows, Is.EqualTo(30));
    }

    [Test]
    public void A_database_with_a_rollback_journal_that_changes_between_two_passes_is_refused_and_its_writer_goes_on()
    {
        var path = new LogWriter(50).Sqlite(_folder.PathOf("log.db"));
        using var log = SqliteLog.Create(path, null, CancellationToken.None);
        var view = log.Load(new MLContext(), Banner);
        Assert.That(view.GetColumn<string>("banner").Count(), Is.EqualTo(50));

        using var writer = Open(path);
        Execute(writer, "UPDATE decisions SET clicked = 1 - clicked");

        Assert.That(Refusal(log, view), Does.Contain(path).And.Contains("was changed while it was read").And.Contains(".backup"));
    }

    [Test]
    public void A_database_that_nobody_wrote_to_at_first_is_refused_when_somebody_has()
    {
        var path = new LogWriter(50).Sqlite(_folder.PathOf("log.db"), after: "PRAGMA journal_mode = WAL");
        using var log = SqliteLog.Create(path, null, CancellationToken.None);
        var view = log.Load(new MLContext(), Banner);
        Assert.That(view.GetColumn<string>("banner").Count(), Is.EqualTo(50));
        Assert.That(log.RequireUnchanged, Throws.Nothing);

        using (var writer = Open(path))
            Execute(writer, "UPDATE decisions SET banner = banner || 'x'");

        Assert.That(Refusal(log, view), Does.Contain("was changed while it was read"));
        Assert.That(log.RequireUnchanged, Throws.InstanceOf<CommandException>());
    }

    [Test]
    public void A_failure_in_the_middle_of_a_pass_is_a_refusal_that_names_the_file()
    {
        var path = new LogWriter(50).Sqlite(_folder.PathOf("log.db"));
        using var log = SqliteLog.Create(path, null, CancellationToken.None);
        var view = log.Load(new MLContext(), [new LogField("banner", LogFieldType.Double)]);

        var refused = Assert.Throws<CommandException>(() => new LogRefusal(log).Run("The log cannot be read", () => view.GetColumn<double>("banner").Count()));
        Assert.That(refused.Message, Does.StartWith($"{path} cannot be read as a SQLite database").And.Contains("in the place of a number").And.Contains("integrity_check"));
        Assert.That(log.Load(new MLContext(), Banner).GetColumn<string>("banner").Count(), Is.EqualTo(50), "the next pass reads");
    }

    // Its pages have rows that were never committed, and the journal what they were before.
    [Test]
    public void A_database_whose_writer_did_not_complete_a_transaction_is_refused()
    {
        var path = new LogWriter(300).Sqlite(_folder.PathOf("log.db"));
        using var writer = Open(path);
        Spill(writer);
        var copy = _folder.PathOf("a copy.db");
        File.Copy(path, copy);
        File.Copy(path + "-journal", copy + "-journal");

        var (exitCode, output, error) = Tool.RunHere(["log", "check", "--data", copy, .. LogWriter.Columns]);
        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(error, Does.Contain("did not complete a transaction").And.Contains($"sqlite3 \"{copy}\" .tables").And.Not.Contains("   at "));
    }

    [Test]
    public void A_database_that_a_writer_keeps_locked_is_refused_after_the_time_limit()
    {
        var path = new LogWriter(300).Sqlite(_folder.PathOf("log.db"));
        using var writer = Open(path);
        Spill(writer);

        var refused = Assert.Throws<CommandException>(() => SqliteLog.Create(path, null, CancellationToken.None, lockTimeout: 1));
        Assert.That(refused.Message, Does.Contain(path).And.Contains("keeps it locked"));
    }

    [Test]
    public void A_view_keeps_the_order_of_its_rows_where_an_index_has_the_chosen_columns()
    {
        var path = new LogWriter(200).Sqlite(_folder.PathOf("log.db"), after: """
            CREATE TABLE wide AS SELECT *, 'a note that no index has' AS note FROM decisions;
            CREATE INDEX i ON wide(banner, p, clicked, device, age, "returning");
            CREATE VIEW v AS SELECT * FROM wide;
            CREATE VIEW backwards AS SELECT * FROM wide ORDER BY id DESC;
            """);

        var rows = Rows(path, "decisions");
        Assert.That(rows, Is.Not.Ordered);
        Assert.That(Rows(path, "v"), Is.EqualTo(rows));
        Assert.That(Rows(path, "backwards"), Is.EqualTo(rows.Reverse()));
    }

    [Test]
    public void A_column_that_is_declared_Boolean_has_Booleans()
    {
        var path = new LogWriter(1).Sqlite(_folder.PathOf("log.db"), after: "CREATE TABLE flags(flag BOOLEAN, x); INSERT INTO flags VALUES(1, 1), (0, 0), (NULL, 2), ('True', 3)");
        using var log = SqliteLog.Create(path, "flags", CancellationToken.None);
        LogField[] fields = [new("flag", LogFieldType.Text), new("x", LogFieldType.Text)];

        Assert.That(log.Find("flag")!.Kind, Is.EqualTo(LogColumnKind.Boolean));
        Assert.That(log.Load(new MLContext(), fields).GetColumn<string>("flag"), Is.EqualTo(new[] { "true", "false", "", "true" }));
        Assert.That(log.Load(new MLContext(), fields).GetColumn<string>("x"), Is.EqualTo(new[] { "1", "0", "2", "3" }));
        Assert.That(log.Load(new MLContext(), [new("flag", LogFieldType.Single)]).GetColumn<float>("flag"), Is.EqualTo(new[] { 1, 0, float.NaN, 1 }));
    }

    private static string[] Rows(string path, string table)
    {
        using var log = SqliteLog.Create(path, table, CancellationToken.None);
        var view = log.Load(new MLContext(), Banner);
        return [.. view.GetColumn<string>("banner").Zip(view.GetColumn<double>("p"), (banner, p) => FormattableString.Invariant($"{banner} {p}"))];
    }

    private static string Refusal(LogFile log, IDataView view) =>
        Assert.Throws<CommandException>(() => new LogRefusal(log).Run("The log cannot be read", () => view.GetColumn<string>("banner").Count()))!.Message;

    // A transaction that is larger than the cache goes to the file before it is committed.
    private static void Spill(SqliteConnection writer) => Execute(writer, "PRAGMA cache_size = 1; BEGIN; UPDATE decisions SET clicked = 1 - clicked, device = device || ' and more'");

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }
}
