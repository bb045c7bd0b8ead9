using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>
/// Announces committed news to all nodes, ten times a second. Every node runs one; the one that holds a session lock does the work. If it
/// crashes, PostgreSQL releases the lock and another node takes over within half a second; if it hangs, five seconds later.
/// </summary>
sealed class NewsNotifier(DirectConnections connections, TimeProvider time, ILogger<NewsNotifier> log) : BackgroundService
{
    /// <summary>Name of the NOTIFY channel.</summary>
    public const string Channel = "facead_news";

    internal const string Purpose = "notifier";

    private const string Elect = "SELECT pg_try_advisory_lock(hashtextextended('facead.notifier', 0))";

    // Every row is announced. Rows locked by an open transaction stay, and are announced again after it ends.
    private const string Drain = """
        WITH told AS (SELECT DISTINCT kind, id FROM news),
             gone AS (DELETE FROM news WHERE ctid = ANY (ARRAY(SELECT ctid FROM news FOR UPDATE SKIP LOCKED)))
        SELECT kind, id FROM told
        """;

    // A node that hangs must not keep the lock: PostgreSQL ends its session, and another takes over.
    private const string EndIfHung = "SET idle_session_timeout = '5s'; SET idle_in_transaction_session_timeout = '5s'";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether this node is the active notifier.</summary>
    public bool IsElected { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await connections.OpenAsync(Purpose, stoppingToken);
                await connection.ExecuteAsync(EndIfHung, [], stoppingToken);
                while (!await IsElectedAsync(connection, stoppingToken)) await Task.Delay(AskAgain, time, stoppingToken);
                IsElected = true;
                log.LogInformation("This node now announces news to the other nodes");
                using var timer = new PeriodicTimer(Period, time);
                do await DrainAsync(connection, stoppingToken);
                while (await timer.WaitForNextTickAsync(stoppingToken));
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Could not announce news ({Reason}); will retry", exception.Message);
                await Task.Delay(AskAgain, time, stoppingToken);
            }
            finally
            {
                IsElected = false;
            }
        }
    }

    /// <summary>Announces everything committed, and deletes it in the same transaction.</summary>
    /// <returns>How many things were announced.</returns>
    internal static async Task<int> DrainAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var things = await connection.QueryAsync(Drain, [], r => ((NewsKind)r.GetInt32(0), r.GetGuid(1)), cancellation);
        foreach (var payload in NewsPayload.Write(things))
            await connection.ExecuteAsync("SELECT pg_notify($1, $2)", [Channel, payload], cancellation);
        await transaction.CommitAsync(cancellation);
        return things.Count;
    }

    private static async Task<bool> IsElectedAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        (await connection.QueryAsync(Elect, [], r => r.GetBoolean(0), cancellation))[0];
}
