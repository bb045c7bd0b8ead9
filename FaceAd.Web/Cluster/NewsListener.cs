using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Npgsql;

namespace FaceAd.Web.Cluster;

/// <summary>
/// Receives news on a dedicated connection. After each connect, when something may have been missed, it reports that anything may have
/// changed; and every five seconds, because figures change with time.
/// </summary>
sealed class NewsListener(DirectConnections connections, TimeProvider time, ILogger<NewsListener> log) : BackgroundService
{
    internal const string Purpose = "listener";

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectAgain = TimeSpan.FromMilliseconds(250);

    /// <summary>Told when something changed, or anything may have.</summary>
    public Subscribers<NewsHeard> Heard { get; } = new("news", log);

    /// <summary>Subscribes to a user's notifications until disposed, on whichever node they come or are read.</summary>
    /// <param name="user">The user.</param>
    /// <param name="changed">Called after each change, on the thread that heard of it: it must return immediately.</param>
    public IDisposable SubscribeToInbox(Guid user, Action changed) => Heard.Add(heard =>
    {
        if (heard.IsOfInbox(user)) changed();
    });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var complained = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await connections.OpenAsync(Purpose, stoppingToken);
                connection.Notification += (_, told) => Heard.Tell(NewsPayload.Read(told.Payload));
                await connection.ExecuteAsync("LISTEN " + NewsNotifier.Channel, [], stoppingToken);
                complained = false;
                await ListenAsync(connection, stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                if (!complained) log.LogWarning("Lost the connection for news of other nodes ({Reason}); reconnecting", exception.Message);
                complained = true;
                await Task.Delay(ConnectAgain, time, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        for (var heard = NewsHeard.All; ; heard = NewsHeard.Time) // first for whatever happened before this connection
        {
            Heard.Tell(heard);
            var polled = time.GetTimestamp();
            for (var left = Poll; left > TimeSpan.Zero; left = Poll - time.GetElapsedTime(polled))
                await connection.WaitAsync(left, cancellation);
            await connection.ExecuteAsync("SELECT 1", [], cancellation); // a silently broken connection fails here
        }
    }
}
