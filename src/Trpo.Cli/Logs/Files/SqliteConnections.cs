using System.Data.Common;

namespace Trpo.Cli.Logs.Files;

/// <summary>A factory of connections for ML.NET's DatabaseLoader, which opens one for each pass over the rows.</summary>
/// <param name="session">The connection that all of them share.</param>
internal sealed class SqliteConnections(SqliteSession session) : DbProviderFactory
{
    /// <inheritdoc/>
    public override DbConnection CreateConnection() => new SqlitePass(session);
}
