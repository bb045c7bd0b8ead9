using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>
/// Opens connections that belong to one owner for as long as it likes: for session locks and for LISTEN. They go past any pool,
/// ours and others', to PostgreSQL itself.
/// </summary>
/// <param name="connectionString">Where to. A pooler that shares sessions between clients will not do.</param>
public sealed class DirectConnections(string connectionString)
{
    // When a node's machine vanishes without a word, the server finds out within about five seconds and gives its locks away.
    private const string NoticeTheDead = "-c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c lock_timeout=3000";

    private readonly string _connectionString = WithoutPool(connectionString);

    /// <summary>Opens a connection. Dispose it to end its session and its locks.</summary>
    /// <param name="purpose">What it is for, as the server's list of connections shows it.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<NpgsqlConnection> OpenAsync(string purpose, CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_connectionString) { ApplicationName = "facead " + purpose }.ConnectionString);
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

    private static string WithoutPool(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Timeout = 5, CommandTimeout = 5 };
        builder.Options = string.IsNullOrEmpty(builder.Options) ? NoticeTheDead : $"{builder.Options} {NoticeTheDead}";
        return builder.ConnectionString;
    }
}
