using FaceAd.Web.Hosting;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>
/// Opens long-lived connections with one owner each: for session locks and for LISTEN. They bypass any pool, ours or an external one, and
/// connect to PostgreSQL itself.
/// </summary>
/// <param name="connectionString">Connection string. A pooler that shares sessions between clients will not work.</param>
sealed class DirectConnections(string connectionString)
{
    // If a node's machine disappears, PostgreSQL notices within about five seconds and releases its locks, unless a session asks for more.
    private const string NoticeTheDead =
        "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c lock_timeout=3000";

    private readonly string _connectionString = WithoutPool(connectionString);

    /// <summary>Opens a connection. Disposing it ends its session and releases its locks.</summary>
    /// <param name="purpose">Purpose, shown as the application name in PostgreSQL's list of connections.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<NpgsqlConnection> OpenAsync(string purpose, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_connectionString) { ApplicationName = "facead " + purpose }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="StartException">The connection string cannot be read.</exception>
    private static string WithoutPool(string connectionString)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new(connectionString) { Pooling = false, Timeout = 5, CommandTimeout = 5 };
        }
        catch (ArgumentException e)
        {
            throw new StartException($"ConnectionStrings:Direct cannot be read ({e.Message}).");
        }
        builder.Options = string.IsNullOrEmpty(builder.Options) ? NoticeTheDead : $"{builder.Options} {NoticeTheDead}";
        return builder.ConnectionString;
    }
}
