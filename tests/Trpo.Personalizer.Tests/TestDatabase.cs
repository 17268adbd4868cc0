using Npgsql;
using Trpo.Examples.Personalizer;
using Trpo.Examples.Personalizer.Simulating;

namespace Trpo.Personalizer.Tests;

/// <summary>An empty database of a test, SQLite's in a folder or one of the PostgreSQL server that <c>TRPO_POSTGRES</c> names, which is deleted in the end.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    // In memory where there is a file system for it: processes are killed here, not machines.
    private readonly TemporaryFolder _folder = new(isInMemory: true);
    private readonly string _name = $"personalizer_{Guid.NewGuid():N}";

    private TestDatabase(bool isPostgres)
    {
        IsPostgres = isPostgres;
        ConnectionString = isPostgres ? new NpgsqlConnectionStringBuilder(Server) { Database = _name }.ConnectionString : $"Data Source={_folder.PathOf("personalizer.db")}";
    }

    public bool IsPostgres { get; }

    public string ConnectionString { get; }

    public string Folder => _folder.FullName;

    private static string Server
    {
        get
        {
            if (Environment.GetEnvironmentVariable("TRPO_POSTGRES") is { Length: > 0 } server)
                return server;
            if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable("CI")))
                Assert.Fail("TRPO_POSTGRES names no server: build/with-postgres.sh starts one.");
            Assert.Ignore("TRPO_POSTGRES names no server of PostgreSQL: build/with-postgres.sh <command> runs a command with one.");
            return "";
        }
    }

    public static async Task<TestDatabase> CreateAsync(string kind)
    {
        var database = new TestDatabase(kind == "PostgreSQL");
        if (database.IsPostgres)
            await ExecuteOnServerAsync($"CREATE DATABASE {database._name}");
        return database;
    }

    /// <summary>The settings of a service on this database, with others in their place.</summary>
    public Dictionary<string, string> Settings(params (string Name, string Value)[] others)
    {
        var settings = new Dictionary<string, string> { ["Database"] = ConnectionString, ["Versions"] = Path.Combine(Folder, "versions"), ["MaxRequestsPerSecond"] = "1000000" };
        foreach (var (name, value) in others)
            settings[name] = value;
        return settings;
    }

    /// <summary>Opens the tables of the database.</summary>
    public Database Open() => new(new PersonalizerOptions { Database = ConnectionString, Features = Population.Features, Actions = Population.Actions });

    /// <summary>Lets the server of PostgreSQL refuse this database, and end all that are connected to it.</summary>
    public async Task CloseAsync()
    {
        await ExecuteOnServerAsync($"ALTER DATABASE {_name} ALLOW_CONNECTIONS false");
        await ExecuteOnServerAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name}'");
    }

    public Task ReopenAsync() => ExecuteOnServerAsync($"ALTER DATABASE {_name} ALLOW_CONNECTIONS true");

    public async ValueTask DisposeAsync()
    {
        if (IsPostgres)
            await ExecuteOnServerAsync($"DROP DATABASE {_name} WITH (FORCE)");
        _folder.Dispose();
    }

    private static async Task ExecuteOnServerAsync(string statement)
    {
        await using var connection = new NpgsqlConnection(Server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
