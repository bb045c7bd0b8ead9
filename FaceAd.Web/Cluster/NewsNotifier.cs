using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>
/// Tells all nodes the news that were committed, ten times a second. Every node runs one; the one that holds a session lock does the
/// work. When it dies PostgreSQL gives its lock to another within half a second.
/// </summary>
public sealed class NewsNotifier(DirectConnections connections, TimeProvider time, ILogger<NewsNotifier> log) : BackgroundService
{
    /// <summary>Name of the channel.</summary>
    public const string Channel = "facead_news";

    internal const string Purpose = "notifier";

    private const string Elect = "SELECT pg_try_advisory_lock(hashtextextended('facead.notifier', 0))";

    // Every row is told. Those that a transaction holds which has not ended yet stay, and are told again after its end.
    private const string Drain = """
        WITH told AS (SELECT DISTINCT kind, id FROM news),
             gone AS (DELETE FROM news WHERE ctid = ANY (ARRAY(SELECT ctid FROM news FOR UPDATE SKIP LOCKED)))
        SELECT kind, id FROM told
        """;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether this node does the telling now.</summary>
    public bool IsElected { get; private set; }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await connections.OpenAsync(Purpose, stoppingToken);
                while (!await IsElectedAsync(connection, stoppingToken)) await Task.Delay(AskAgain, time, stoppingToken);
                IsElected = true;
                log.LogInformation("This node tells the news");
                using var timer = new PeriodicTimer(Period, time);
                do await DrainAsync(connection, stoppingToken);
                while (await timer.WaitForNextTickAsync(stoppingToken));
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("News cannot be told ({Reason}); trying again", exception.Message);
                await Task.Delay(AskAgain, time, stoppingToken);
            }
            finally
            {
                IsElected = false;
            }
        }
    }

    /// <summary>Tells everything that was committed, and deletes it in the same transaction.</summary>
    /// <returns>How many things.</returns>
    internal static async Task<int> DrainAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var things = await connection.QueryAsync(Drain, [], r => ((NewsKind)r.GetInt32(0), r.GetGuid(1)), cancellation);
        foreach (var payload in NewsPayload.Write(things)) await connection.ExecuteAsync("SELECT pg_notify($1, $2)", [Channel, payload], cancellation);
        await transaction.CommitAsync(cancellation);
        return things.Count;
    }

    private static async Task<bool> IsElectedAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        (await connection.QueryAsync(Elect, [], r => r.GetBoolean(0), cancellation))[0];
}
