using System.Collections.Concurrent;
using System.Threading.Channels;
using FaceAd.Core.Decisions;
using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using FaceAd.Web.Privacy;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Decisions;

/// <summary>
/// Who the riders in view are, with what they have seen so far. Recognition follows a report's commit, so it may come after the first
/// decision for a cabin: nothing waits for it. A person is held while the audience is open, and read anew every few seconds; and
/// forgotten when erased.
/// </summary>
sealed class RecognisedRiders : BackgroundService
{
    private const int MaxBatch = 500;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromSeconds(10);

    // A screen is in it once, see Riders.Add; twice at most after a failed reading.
    private readonly Channel<Guid> _due = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Channel<bool> _erased = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<Guid, Riders> _screens = new();
    private readonly ShownLately _shown = new();
    private readonly LiveAudiences _audiences;
    private readonly SnapshotReader _snapshots;
    private readonly ScreenDirectory _directory;
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;
    private readonly ILogger<RecognisedRiders> _log;
    private readonly IDisposable[] _watching;

    /// <summary>Starts watching.</summary>
    public RecognisedRiders(
        LiveAudiences audiences, SnapshotReader snapshots, ScreenDirectory directory, EpochExpiryWorker erasures, NewsListener news,
        [ScreensPool] NpgsqlDataSource database, TimeProvider time, ILogger<RecognisedRiders> log)
    {
        (_audiences, _snapshots, _directory, _database, _time, _log) = (audiences, snapshots, directory, database, time, log);
        Changed = new("recognised riders", log);
        _watching =
        [
            audiences.Recognised.Add(OnRecognised), audiences.Changed.Add(OnAudienceChanged), erasures.Erased.Add(OnErased),
            news.Heard.Add(OnNews),
        ];
    }

    /// <summary>Told with a screen after the exposures of those recognised in front of it were read, for the first time or anew.</summary>
    public Subscribers<Guid> Changed { get; }

    /// <summary>What this node has shown to people in the last hour.</summary>
    internal ShownLately Shown => _shown;

    /// <summary>The cabin of an audience, with those of its riders who have been recognised.</summary>
    public Cabin CabinOf(LiveAudience audience)
    {
        ArgumentNullException.ThrowIfNull(audience);
        var known = _screens.GetValueOrDefault(audience.Screen.Id);
        var riders = new Rider[audience.Viewers.Count];
        for (var i = 0; i < riders.Length; i++)
            riders[i] = new Rider(audience.Viewers[i], known?.Find(audience.AudienceId, audience.Viewers[i].PresenceId));
        return new Cabin(audience.Screen.SiteId, audience.Screen.Calendar, riders);
    }

    /// <summary>
    /// Those in front of a screen see an ad of a campaign: it counts for them from now on, before it is reported and stored.
    /// </summary>
    /// <param name="screenId">The screen; one at a time.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="creative">The creative.</param>
    /// <param name="from">When it begins.</param>
    public void Show(Guid screenId, SnapshotCampaign campaign, SnapshotCreative creative, DateTimeOffset from)
    {
        // Whoever leaves before it begins, or comes while it runs, is told apart by what is stored.
        if (!campaign.Delivery.AsksForHistory || _audiences.Find(screenId) is not { } audience) return;
        var seen = new ShownAd(campaign.Id, creative.Id, campaign.Delivery.Separation.Category, from.AddSeconds(creative.Seconds));
        foreach (var rider in CabinOf(audience).Riders)
        {
            if (rider.Person is not { Seen: { } ads } person) continue;
            ads.Add(seen.Campaign, seen.Creative, seen.Category, seen.EndsAt);
            _shown.Add(person.Id, seen, _time.GetUtcNow());
        }
    }

    /// <summary>Forgets a screen's riders.</summary>
    public void Drop(Guid screenId) => _screens.TryRemove(screenId, out _);

    public override void Dispose()
    {
        foreach (var subscription in _watching) subscription.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(ReadAsync(stoppingToken), SweepAsync(stoppingToken), ForgetAsync(stoppingToken));

    private async Task ReadAsync(CancellationToken stopping)
    {
        while (await _due.Reader.WaitToReadAsync(stopping))
        {
            try
            {
                await RunCycleAsync(stopping);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                _log.LogWarning("Exposures of riders could not be read ({Reason}); will retry", exception.Message);
                await Task.Delay(Pause, _time, stopping);
            }
        }
    }

    /// <summary>Reads the exposures of the riders who wait for it, in one query.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        List<(Guid ScreenId, Riders Riders, Guid[] Persons)> batch = [];
        while (batch.Count < MaxBatch && _due.Reader.TryRead(out var screenId))
        {
            if (_screens.TryGetValue(screenId, out var riders)) batch.Add((screenId, riders, riders.Persons()));
        }
        if (batch.Count == 0) return;
        try
        {
            await using var connection = await _database.OpenConnectionAsync(cancellation);
            var known = await PersonHistory.ReadAsync(
                connection, [.. batch.SelectMany(b => b.Persons).Distinct()], cancellation);
            foreach (var (screenId, riders, persons) in batch)
            {
                riders.Take(persons.Where(known.ContainsKey).ToDictionary(p => p, p => PersonOf(known[p])), _time.GetUtcNow());
                Changed.Tell(screenId);
            }
        }
        catch
        {
            foreach (var (screenId, _, _) in batch) _due.Writer.TryWrite(screenId);
            throw;
        }
    }

    private RecognisedPerson PersonOf(PersonHistory history) =>
        new(history.Id, history.Exposures)
        {
            Segment = history.Segment,
            Seen = history.SeenWith(_shown.Of(history.Id), CategoryOf, _time.GetUtcNow()),
        };

    private int CategoryOf(Guid campaign) => _snapshots.Find(campaign)?.Delivery.Separation.Category ?? 0;

    private void OnRecognised(RidersRecognised news)
    {
        // A report may be written after its audience has closed.
        if (_audiences.Find(news.Screen.Id)?.AudienceId != news.AudienceId) return;
        var riders = _screens.AddOrUpdate(
            news.Screen.Id, _ => new Riders(news.AudienceId), (_, known) =>
                known.AudienceId == news.AudienceId ? known : new Riders(news.AudienceId));
        if (riders.Add(news.PersonOf, _time.GetUtcNow() - Fresh)) _due.Writer.TryWrite(news.Screen.Id);
    }

    private void OnAudienceChanged(LiveAudience audience)
    {
        if (_screens.TryGetValue(audience.Screen.Id, out var riders) && riders.AudienceId != audience.AudienceId)
            _screens.TryRemove(new KeyValuePair<Guid, Riders>(audience.Screen.Id, riders));
    }

    private void OnNews(NewsHeard heard)
    {
        foreach (var site in heard.Erased) OnErased(site);
        if (heard.IsMissed) _erased.Writer.TryWrite(true);
    }

    private void OnErased(Guid siteId)
    {
        foreach (var screenId in _screens.Keys.Where(id => _directory.Find(id)?.SiteId == siteId)) Drop(screenId);
        _erased.Writer.TryWrite(true);
    }

    private async Task ForgetAsync(CancellationToken stopping)
    {
        while (await _erased.Reader.WaitToReadAsync(stopping))
        {
            _erased.Reader.TryRead(out _);
            try
            {
                await ForgetErasedAsync(stopping);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                _log.LogWarning("Who was erased could not be read ({Reason}); will retry", exception.Message);
                _erased.Writer.TryWrite(true);
                await Task.Delay(Pause, _time, stopping);
            }
        }
    }

    // Whoever still has a row was not erased: at the same site, those of another epoch.
    private async Task ForgetErasedAsync(CancellationToken cancellation)
    {
        var held = _shown.Persons;
        if (held.Count == 0) return;
        await using var connection = await _database.OpenConnectionAsync(cancellation);
        var there = await connection.QueryAsync(
            "SELECT id FROM persons WHERE id = ANY ($1)", [held.ToArray()], r => r.GetGuid(0), cancellation);
        _shown.Forget(held.Except(there));
    }

    // A screen that falls silent reports no end of its audience.
    private async Task SweepAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(SweepPeriod, _time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            _shown.Forget(_time.GetUtcNow());
            foreach (var entry in _screens)
            {
                if (_audiences.Find(entry.Key)?.AudienceId != entry.Value.AudienceId) _screens.TryRemove(entry);
            }
        }
    }

    // Of one audience. Guarded by itself.
    private sealed class Riders(Guid audienceId)
    {
        private readonly Dictionary<Guid, Guid> _personOf = [];
        private IReadOnlyDictionary<Guid, RecognisedPerson> _read = new Dictionary<Guid, RecognisedPerson>();
        private DateTimeOffset _readAt = DateTimeOffset.MinValue;
        private bool _isDue;

        public Guid AudienceId => audienceId;

        /// <summary>Adds what a report taught.</summary>
        /// <returns>Whether exposures must be read, and nobody has been told so yet.</returns>
        public bool Add(IReadOnlyDictionary<Guid, Guid> personOf, DateTimeOffset oldest)
        {
            lock (this)
            {
                var isNew = false;
                foreach (var (presence, person) in personOf)
                {
                    isNew |= !_personOf.TryGetValue(presence, out var before) || before != person;
                    _personOf[presence] = person;
                }
                if (_isDue || (!isNew && _readAt > oldest)) return false;
                return _isDue = true;
            }
        }

        public Guid[] Persons()
        {
            lock (this)
            {
                _isDue = false;
                return [.. _personOf.Values.Distinct()];
            }
        }

        public void Take(IReadOnlyDictionary<Guid, RecognisedPerson> read, DateTimeOffset now)
        {
            lock (this) (_read, _readAt) = (read, now);
        }

        public RecognisedPerson? Find(Guid? audience, Guid presence)
        {
            lock (this)
                return audience == audienceId && _personOf.TryGetValue(presence, out var person) ? _read.GetValueOrDefault(person) : null;
        }
    }
}
