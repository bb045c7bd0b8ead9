using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Offline;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Players;

/// <summary>
/// Gives every connected screen what it may play while the server is away: after it has connected, every ten minutes if it has changed, and
/// soon after the campaigns have. A few screens each second, those that have waited longest first: when all connect at once, after a
/// restart, none of them needs a schedule in that second. A round costs the screens that are due.
/// </summary>
sealed class SchedulePublisher(
    ScreenConnections connections, ConnectedTimes times, ScreenDirectory screens, SnapshotReader snapshots, DecisionSeals seals,
    PacingKeeper pacing, IOptions<DecisionOptions> options, TimeProvider time, ILogger<SchedulePublisher> log)
    : BackgroundService
{
    /// <summary>How old a schedule becomes before it is composed again.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>The most schedules composed in a round: 60,000 screens in <see cref="Fresh"/>.</summary>
    public const int MostOfARound = 100;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly ConcurrentQueue<Guid> _connected = new(); // since the last round
    private readonly PacingBook? _book = options.Value.Rule == DecisionRule.Value ? pacing.Book : null;
    private readonly Lock _lock = new(); // guards what follows
    private readonly PriorityQueue<Guid, (long From, Guid Site)> _due = new(); // by timestamp; some of them in vain, see IsDue
    private readonly Dictionary<Guid, Sent> _sent = [];
    private DecisionSnapshot _snapshot = DecisionSnapshot.Empty;
    private IReadOnlyList<ScreenEntry> _screens = [];
    private Dictionary<Guid, int> _screensAt = []; // by site
    private int _edition = 1;

    /// <summary>A screen has connected.</summary>
    public void Connected(Guid screenId) => _connected.Enqueue(screenId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                RunCycle();
            }
            catch (Exception exception)
            {
                log.LogError(exception, "Could not send the schedules");
            }
        }
    }

    /// <summary>Sends what is due.</summary>
    /// <returns>How many schedules were composed.</returns>
    internal int RunCycle()
    {
        lock (_lock)
        {
            try
            {
                return SendDue();
            }
            catch
            {
                _screens = []; // some are no longer in the queue: the next round renews everything
                throw;
            }
        }
    }

    private int SendDue()
    {
        Renew();
        var (at, now) = (time.GetTimestamp(), time.GetUtcNow());
        while (_connected.TryDequeue(out var id)) Enqueue(id, _sent.GetValueOrDefault(id)?.At ?? 0);
        Dictionary<Guid, (ScreenEntry Screen, DateTimeOffset Since, Sent? Sent)> due = [];
        while (due.Count < MostOfARound && _due.TryPeek(out var id, out var next) && next.From <= at)
        {
            _due.Dequeue();
            var sent = _sent.GetValueOrDefault(id);
            if (screens.Find(id) is { } screen && times.Since(id) is { } since && IsDue(sent, since)) due[id] = (screen, since, sent);
        }
        // All screens of a site have the same shares, under seals of their own.
        foreach (var site in due.Values.GroupBy(s => s.Screen.SiteId))
        {
            var shares = OfflineSlices.Of(_snapshot, site.Key, site.First().Screen.Calendar, ScreensOf, now, _book);
            foreach (var (screen, since, sent) in site)
            {
                var schedule = Compose(screen.Id, shares);
                var hash = new Guid(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(schedule)).AsSpan(0, 16));
                _sent[screen.Id] = new Sent(since, _edition, at, hash);
                Enqueue(screen.Id, at + (long)(Fresh.TotalSeconds * time.TimestampFrequency));
                if (sent is null || sent.Since != since || sent.Hash != hash) connections.SendSchedule(screen.Id, schedule);
            }
        }
        return due.Count;

        int ScreensOf(SnapshotCampaign campaign) => campaign.SiteIds.Count == 0
            ? _screens.Count : campaign.SiteIds.Distinct().Sum(s => _screensAt.GetValueOrDefault(s));
    }

    private OfflineSchedule Compose(Guid screenId, IReadOnlyList<OfflineShare> shares) =>
        new(seals.PlayKey(screenId), [.. shares.Select(share => new OfflineOffer(
            share.Campaign.Targets,
            [.. share.Slices.Select(s => new OfflineTicket(seals.Make(screenId, s.CreativeId, s.Slice), s.CreativeId))])
        {
            Terms = share.Terms,
        })]);

    // A screen that was disconnected, or got a schedule meanwhile, has a place in the queue in vain.
    private bool IsDue(Sent? sent, DateTimeOffset since) =>
        sent is null || sent.Since != since || sent.Edition != _edition || time.GetElapsedTime(sent.At) >= Fresh;

    // Snapshots come every second, and mostly with the same terms.
    private void Renew()
    {
        var (snapshot, all) = (snapshots.Current, screens.All);
        var same = _screens.Count == all.Count && (_snapshot.HouseLoop.Count == 0) == (snapshot.HouseLoop.Count == 0)
            && (ReferenceEquals(_snapshot.Campaigns, snapshot.Campaigns) || (_snapshot.Campaigns.Count == snapshot.Campaigns.Count
                && _snapshot.Campaigns.Zip(snapshot.Campaigns).All(SameTerms)));
        if (!ReferenceEquals(_screens, all)) _screensAt = all.GroupBy(s => s.SiteId).ToDictionary(g => g.Key, g => g.Count());
        (_snapshot, _screens) = (snapshot, all);
        if (same) return;
        _edition++;
        foreach (var away in _sent.Keys.Where(id => !connections.IsConnected(id)).ToList()) _sent.Remove(away);
        _due.Clear();
        foreach (var id in connections.Connected) Enqueue(id, _sent.GetValueOrDefault(id)?.At ?? 0);
    }

    // Those of a site come together.
    private void Enqueue(Guid screenId, long from) => _due.Enqueue(screenId, (from, screens.Find(screenId)?.SiteId ?? default));

    // All but what delivery changes by and by.
    private static bool SameTerms((SnapshotCampaign One, SnapshotCampaign Other) pair)
    {
        var (one, other) = pair;
        return ReferenceEquals(one, other) || (Plain(one) == Plain(other) && one.Targets.SequenceEqual(other.Targets)
            && one.SiteIds.SequenceEqual(other.SiteIds) && (one.Flights ?? []).SequenceEqual(other.Flights ?? [])
            && one.Creatives.Select(Turn).SequenceEqual(other.Creatives.Select(Turn)));

        static (Guid, int, double) Turn(SnapshotCreative c) => (c.Id, c.Weight, c.Seconds);

        static (Guid, DateOnly, DateOnly, int, int, PriceModel, long, long?, bool, DeliveryTerms) Plain(SnapshotCampaign c) => (
            c.Id, c.StartsOn, c.EndsOn, c.Days, c.Hours, c.PriceModel, c.BudgetKrw, c.PricePerThousandKrw, c.Terms.IsSpent, c.Delivery);
    }

    /// <summary>What a screen was sent: on which connection, of which edition, when, and the hash of the schedule.</summary>
    private sealed record Sent(DateTimeOffset Since, int Edition, long At, Guid Hash);
}
