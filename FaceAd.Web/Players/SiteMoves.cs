using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Players;

/// <summary>
/// Hands sites of this node over to other living nodes: those that an operator wants elsewhere, all when it drains, and what is above its
/// share (<see cref="FairShare"/>), a few a second. Before a stop in order it leaves its sites to the others while its web server still
/// answers, so no screen waits for the rest of the stop.
/// </summary>
sealed class SiteMoves(
    SiteOwnership ownership, ScreenDirectory screens, LiveAudiences audiences, AudienceIntake intake,
    [ScreensPool] NpgsqlDataSource database, TimeProvider time, ILogger<SiteMoves> log)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastReports = TimeSpan.FromSeconds(2);

    // Counting the sites of all nodes is a scan: not each second while they are even.
    private static readonly TimeSpan CountAgain = TimeSpan.FromSeconds(5);
    private (IReadOnlySet<Guid> Peers, long At)? _even;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        ownership.Serves = true;
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        ownership.Serves = false;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LastReports);
        try
        {
            await intake.WrittenAsync(patience.Token); // while their sites are this node's
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("Audience reports still wait to be written; those of sites that other nodes take now are lost");
        }
        await ownership.StopAsync(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (ownership.Peers.Count == 0) continue;
            try
            {
                await RunCycleAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("Could not hand sites over ({Reason}); will retry", exception.Message);
            }
        }
    }

    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        var node = ownership.NodeId;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        foreach (var (site, heir) in await SitePlan.ReadWishesAsync(connection, node, cancellation))
            await MoveAsync(site, heir, cancellation);

        var peers = ownership.Peers;
        if (!ownership.Drains && _even is { } even && even.Peers.SetEquals(peers) && time.GetElapsedTime(even.At) < CountAgain) return;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (!await SitePlan.LockAsync(connection, cancellation)) return;
        if (FairShare.Of(await SitePlan.ReadNodesAsync(connection, cancellation), node) is not var (to, count))
        {
            _even = (peers, time.GetTimestamp());
            return;
        }
        _even = null;
        var sites = await SitePlan.ReadSitesAsync(connection, node, cancellation);
        // A rider in view would be two presences, before and after: such sites move only when nothing else is left to move. What came
        // last moves last, so what an operator has put here stays.
        var busy = screens.All.Where(s => audiences.Find(s.Id)?.AudienceId is not null).Select(s => s.SiteId).ToHashSet();
        foreach (var site in sites.OrderBy(busy.Contains).Take(count)) await MoveAsync(site, to.Address!, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private async Task MoveAsync(Guid site, Uri heir, CancellationToken cancellation)
    {
        try
        {
            await ownership.LeaseAsync(site, cancellation); // one without traffic may never have been claimed
            await ownership.HandOverAsync(site, heir, cancellation);
        }
        catch (SiteLostException)
        {
            // Another node has it already.
        }
    }
}
