using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;
using Trpo.Runtime.Decisions;

namespace Trpo.Examples.Personalizer;

/// <summary>The tables of the service, in SQLite or PostgreSQL: the same statements for both.</summary>
internal sealed class Database : IDecisionStore, IAsyncDisposable
{
    private readonly PersonalizerOptions _options;
    private readonly GroupWriter _writer;
    private readonly string _insert;
    private readonly string _contextColumns;
    private readonly string _eligibleColumns;

    public Database(PersonalizerOptions options)
    {
        _options = options;
        IsPostgres = options.Database.Contains("Host=", StringComparison.OrdinalIgnoreCase);
        Factory = IsPostgres ? NpgsqlFactory.Instance : SqliteFactory.Instance;
        ConnectionString = IsPostgres
            ? new NpgsqlConnectionStringBuilder(options.Database) { Timeout = 5, CommandTimeout = 10 }.ConnectionString
            : new SqliteConnectionStringBuilder(options.Database) { DefaultTimeout = 1 }.ConnectionString;
        _contextColumns = string.Join(", ", options.Features.Select((_, i) => $"c{i}"));
        _eligibleColumns = string.Join(", ", options.Actions.Select((_, i) => $"e{i}"));
        _insert = $"INSERT INTO decision (event, subject, time_ms, action, probability, version, {_contextColumns}, {_eligibleColumns}) VALUES ({string.Join(", ", Enumerable.Range(0, 6 + options.Features.Length + options.Actions.Length).Select(i => $"@p{i}"))}) ON CONFLICT DO NOTHING";
        _writer = new GroupWriter(OpenAsync);
    }

    public bool IsPostgres { get; }

    public DbProviderFactory Factory { get; }

    public string ConnectionString { get; }

    /// <summary>The columns of an observation in their order: the context, then the mask of the eligible actions.</summary>
    public string ObservationColumns => $"{_contextColumns}, {_eligibleColumns}";

    public async Task<DbConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = Factory.CreateConnection()!;
        connection.ConnectionString = ConnectionString;
        await connection.OpenAsync(cancellation);

        // SQLite waits in steps of a millisecond for another process, its client in steps of 150.
        if (!IsPostgres)
            await ExecuteAsync(connection, null, "PRAGMA busy_timeout = 3000");
        return connection;
    }

    /// <summary>Creates the tables that are missing. Columns are those of the settings: other features or actions need another database.</summary>
    public async Task CreateAsync()
    {
        await using var connection = await OpenAsync(CancellationToken.None);

        // Readers of SQLite do not wait for the writer then. Two instances of PostgreSQL must not create one table at once.
        await ExecuteAsync(connection, null, IsPostgres ? "SELECT pg_advisory_lock(22)" : "PRAGMA journal_mode = WAL");
        foreach (var statement in new[]
        {
            $"CREATE TABLE IF NOT EXISTS decision (event VARCHAR(64) PRIMARY KEY, subject VARCHAR(128), time_ms BIGINT NOT NULL, action VARCHAR(128) NOT NULL, probability DOUBLE PRECISION NOT NULL, version VARCHAR(64) NOT NULL, {string.Join(", ", ObservationColumns.Split(", ").Select(column => $"{column} REAL NOT NULL"))})",
            "CREATE INDEX IF NOT EXISTS decision_time ON decision (time_ms)",
            "CREATE INDEX IF NOT EXISTS decision_subject ON decision (subject)",
            "CREATE TABLE IF NOT EXISTS reward (event VARCHAR(64) PRIMARY KEY, value DOUBLE PRECISION NOT NULL, time_ms BIGINT NOT NULL, late INTEGER NOT NULL)",
            "CREATE TABLE IF NOT EXISTS verdict (number INTEGER PRIMARY KEY, time_ms BIGINT NOT NULL, learn_from BIGINT NOT NULL, judge_from BIGINT NOT NULL, judge_to BIGINT NOT NULL, level DOUBLE PRECISION NOT NULL, verdict VARCHAR(32) NOT NULL, rows_judged BIGINT, log_value DOUBLE PRECISION, value DOUBLE PRECISION, low DOUBLE PRECISION, high DOUBLE PRECISION, drift DOUBLE PRECISION, doubt VARCHAR(2000))",
            "CREATE TABLE IF NOT EXISTS deployment (number INTEGER PRIMARY KEY, time_ms BIGINT NOT NULL, name VARCHAR(64) NOT NULL, version INTEGER NOT NULL, sha256 VARCHAR(64) NOT NULL, reason VARCHAR(64) NOT NULL)",
            "CREATE TABLE IF NOT EXISTS deletion (time_ms BIGINT NOT NULL, reason VARCHAR(16) NOT NULL, decisions BIGINT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS lease (name VARCHAR(16) PRIMARY KEY, owner VARCHAR(64) NOT NULL, until_ms BIGINT NOT NULL)",
            "INSERT INTO lease (name, owner, until_ms) VALUES ('learn', '', 0) ON CONFLICT DO NOTHING",
        })
        {
            await ExecuteAsync(connection, null, statement);
        }

        if (IsPostgres)
            await ExecuteAsync(connection, null, "SELECT pg_advisory_unlock(22)");
        await ReadAsync(connection, null, $"SELECT event, {ObservationColumns} FROM decision LIMIT 1");
    }

    public Task<Decision> AddAsync(Decision decision, CancellationToken cancellation) => _writer.WriteAsync(
        async (connection, transaction) =>
        {
            object?[] values =
            [
                decision.Event, decision.Subject, decision.Time.ToUnixTimeMilliseconds(), _options.Actions[decision.Action], decision.Probability, decision.Version,
                .. decision.Context.Select(value => (object)value), .. decision.Eligible.Select(value => (object)(value ? 1f : 0f)),
            ];
            return await ExecuteAsync(connection, transaction, _insert, values) == 1 ? decision : (await FindAsync(connection, transaction, decision.Event))!;
        },
        cancellation);

    public async Task<Decision?> FindAsync(string eventId, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        return await FindAsync(connection, null, eventId);
    }

    public Task<RecordedReward> AddAsync(Reward reward, bool isLate, CancellationToken cancellation) => _writer.WriteAsync(
        async (connection, transaction) =>
        {
            if (await ExecuteAsync(connection, transaction, "INSERT INTO reward (event, value, time_ms, late) VALUES (@p0, @p1, @p2, @p3) ON CONFLICT DO NOTHING", reward.Event, reward.Value, reward.Time.ToUnixTimeMilliseconds(), isLate ? 1 : 0) == 1)
                return new RecordedReward(reward, isLate, IsNew: true);
            var row = (await ReadAsync(connection, transaction, "SELECT value, time_ms, late FROM reward WHERE event = @p0", reward.Event)).Single();
            return new RecordedReward(new Reward(reward.Event, (double)row[0]!, DateTimeOffset.FromUnixTimeMilliseconds((long)row[1]!)), Convert.ToInt64(row[2], CultureInfo.InvariantCulture) == 1, IsNew: false);
        },
        cancellation);

    /// <summary>Writes in a transaction of the group.</summary>
    public Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellation) => _writer.WriteAsync(write, cancellation);

    /// <summary>Reads the rows of a query, each as an array.</summary>
    public async Task<List<object?[]>> QueryAsync(string statement, params object?[] values)
    {
        await using var connection = await OpenAsync(CancellationToken.None);
        return await ReadAsync(connection, null, statement, values);
    }

    public static async Task<int> ExecuteAsync(DbConnection connection, DbTransaction? transaction, string statement, params object?[] values)
    {
        await using var command = Command(connection, transaction, statement, values);
        return await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<object?[]>> ReadAsync(DbConnection connection, DbTransaction? transaction, string statement, params object?[] values)
    {
        await using var command = Command(connection, transaction, statement, values);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object?[]>();
        while (await reader.ReadAsync())
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return rows;
    }

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    /// <summary>The SQL of the reward that is learned from, and the condition for rows that have one.</summary>
    public (string Value, string Condition) JoinedReward()
    {
        const string Joined = "CASE WHEN reward.late = 0 THEN reward.value END";
        return _options.Rules.DefaultReward is { } given
            ? (string.Create(CultureInfo.InvariantCulture, $"CAST(COALESCE({Joined}, {given:R}) AS DOUBLE PRECISION)"), "1 = 1")
            : (Joined, "reward.late = 0");
    }

    private static DbCommand Command(DbConnection connection, DbTransaction? transaction, string statement, object?[] values)
    {
        var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (statement, transaction);
        foreach (var (i, value) in values.Index())
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@p{i}", value ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private async Task<Decision?> FindAsync(DbConnection connection, DbTransaction? transaction, string eventId)
    {
        if (await ReadAsync(connection, transaction, $"SELECT subject, time_ms, action, probability, version, {ObservationColumns} FROM decision WHERE event = @p0", eventId) is not [var row])
            return null;
        float[] observation = [.. row.Skip(5).Select(value => Convert.ToSingle(value, CultureInfo.InvariantCulture))];
        return new Decision
        {
            Event = eventId,
            Subject = (string?)row[0],
            Time = DateTimeOffset.FromUnixTimeMilliseconds((long)row[1]!),
            Action = Array.IndexOf(_options.Actions, (string)row[2]!),
            Probability = (double)row[3]!,
            Version = (string)row[4]!,
            Context = [.. observation.Take(_options.Features.Length)],
            Eligible = [.. observation.Skip(_options.Features.Length).Select(value => value > 0)],
        };
    }
}
