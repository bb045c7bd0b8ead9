using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Value;
using FaceAd.Web.Audiences;
using FaceAd.Web.Cluster;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Decisions;

/// <summary>A decision on its way to a screen.</summary>
/// <param name="Screen">The screen.</param>
/// <param name="Why">What was chosen, and why.</param>
/// <param name="Decision">The row of it.</param>
/// <param name="AtEnd">True: it takes effect when the running play ends.</param>
sealed record DecisionMade(ScreenEntry Screen, Explanation Why, Decision Decision, bool AtEnd);

/// <summary>
/// Watches audiences and ending plays, decides from memory, queues the decision for
/// its writer, and pushes it. It never waits for the database, and decides for the sites that this node owns.
/// </summary>
sealed class DecisionEngine : IDisposable
{
    private readonly ConcurrentDictionary<Guid, ScreenSession> _sessions = new();
    private readonly Chooser _chooser;
    private readonly LiveAudiences _audiences;
    private readonly RecognisedRiders _riders;
    private readonly ScreenDirectory _screens;
    private readonly SiteOwnership _ownership;
    private readonly DecisionWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger<DecisionEngine> _log;
    private readonly Histogram<double> _latency;
    private readonly IDisposable[] _watching;

    /// <summary>Starts watching.</summary>
    public DecisionEngine(
        Chooser chooser, LiveAudiences audiences, RecognisedRiders riders, ScreenDirectory screens, SiteOwnership ownership,
        DecisionWriter writer, TimeProvider time, IMeterFactory meters, ILogger<DecisionEngine> log)
    {
        (_chooser, _audiences, _riders, _screens, _ownership) = (chooser, audiences, riders, screens, ownership);
        (_writer, _time, _log) = (writer, time, log);
        _latency = meters.Create("FaceAd.Decisions").CreateHistogram<double>("facead.decisions.time", "ms");
        (Pushed, Made) = (new("pushed decision", log), new("decision", log));
        _watching = [audiences.Changed.Add(OnAudienceChanged), riders.Changed.Add(OnRidersRecognised)];
    }

    /// <summary>Told when a screen must switch.</summary>
    public Subscribers<DecisionMade> Pushed { get; }

    /// <summary>Told after every decision, pushed or not.</summary>
    public Subscribers<DecisionMade> Made { get; }

    /// <summary>The running play of a screen is about to end.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="ending">Which play, and when.</param>
    public void PlayEnding(Guid screenId, PlayEnding ending)
    {
        if (_screens.Find(screenId) is not { } screen) return;
        var session = _sessions.GetOrAdd(screenId, id => new ScreenSession(id));
        lock (session)
        {
            var audience = _audiences.Find(screenId);
            if (session.Director.PlayEnding(audience?.Viewers.Count > 0, ending.CreativeId) == DecisionTiming.DecideNext)
            {
                var cabin = audience is null ? new Cabin(screen.SiteId, screen.Calendar, []) : _riders.CabinOf(audience);
                Decide(session, screen, cabin, audience?.AudienceId, DecisionTrigger.PlayEnding, ending.Remaining);
            }
        }
    }

    /// <summary>
    /// Whether a screen's running play may be about to end: not long before what it was told to show last has run its time. Whoever says so
    /// earlier does not show it, and would be given one ad after the other to report a moment of each.
    /// </summary>
    public bool MayBeEnding(Guid screenId)
    {
        if (!_sessions.TryGetValue(screenId, out var session)) return true;
        lock (session) return Instant >= session.EndsFrom;
    }

    /// <summary>Tells which creatives fail on a screen: they are not chosen for it.</summary>
    public void LeaveOut(Guid screenId, IReadOnlyList<Guid> creatives)
    {
        if (creatives.Count == 0 && !_sessions.ContainsKey(screenId)) return;
        var session = _sessions.GetOrAdd(screenId, id => new ScreenSession(id));
        lock (session)
        {
            if (session.Memory.LeftOut is { } known ? !known.SetEquals(creatives) : creatives.Count > 0)
                session.Memory.LeftOut = creatives.Count > 0 ? creatives.ToHashSet() : null;
        }
    }

    /// <summary>Forgets what was decided for the screens of some sites: other nodes decide from now on.</summary>
    public void Drop(IReadOnlySet<Guid> sites)
    {
        foreach (var screenId in _sessions.Keys.Where(id => _screens.Find(id) is { } screen && sites.Contains(screen.SiteId)))
        {
            if (!_sessions.TryRemove(screenId, out var session)) continue;
            lock (session)
            {
                session.Timer?.Dispose();
                if (session.Last is { } last) _chooser.HandOver(last.Id, _time.GetUtcNow());
            }
            _riders.Drop(screenId);
        }
    }

    public void Dispose()
    {
        foreach (var subscription in _watching) subscription.Dispose();
        foreach (var session in _sessions.Values) session.Timer?.Dispose();
    }

    private void OnAudienceChanged(LiveAudience audience)
    {
        var session = _sessions.GetOrAdd(audience.Screen.Id, id => new ScreenSession(id));
        lock (session) Ask(session, audience);
    }

    private void OnRidersRecognised(Guid screenId)
    {
        // Whoever is in view is looked up under the lock: a newer report may be told at the same time.
        if (_sessions.TryGetValue(screenId, out var session)) AskAgain(session, screenId);
    }

    // For directors, from a clock that nobody sets: set back by ten minutes, they would not switch for as long.
    private DateTimeOffset Instant => DateTimeOffset.UnixEpoch + _time.GetElapsedTime(0);

    private void Ask(ScreenSession session, LiveAudience audience)
    {
        var now = Instant;
        var cabin = _riders.CabinOf(audience);
        switch (session.Director.AudienceChanged(DominantSegment.Of(cabin.Riders), now))
        {
            case DecisionTiming.DecideNow:
                Decide(session, audience.Screen, cabin, audience.AudienceId, DecisionTrigger.AudienceChanged, TimeSpan.Zero);
                break;
            case DecisionTiming.Wait:
                session.Timer ??= _time.CreateTimer(_ =>
                    AskAgain(session, audience.Screen.Id), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                session.Timer.Change(session.Director.AskAgainAt - now, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    private void AskAgain(ScreenSession session, Guid screenId)
    {
        lock (session)
        {
            if (_audiences.Find(screenId) is { } audience) Ask(session, audience);
        }
    }

    private void Decide(
        ScreenSession session, ScreenEntry screen, in Cabin cabin, Guid? audienceId, DecisionTrigger trigger, TimeSpan remaining)
    {
        if (_ownership.Find(screen.SiteId) is null) return; // a report, a timer or a call that came before this node lost the site
        using var trace = Traces.Step("decided");
        var began = _time.GetTimestamp();
        var now = _time.GetUtcNow();
        var choice = _chooser.Choose(screen, cabin, session.Memory, now);
        var (id, why, creative) = choice;
        // The house loop never interrupts: what is running may end in peace.
        var atEnd = trigger == DecisionTrigger.PlayEnding || creative is null;
        var decision = Decision.Of(id, why, creative, screen.Id, audienceId, trigger);
        var made = new DecisionMade(screen, why, decision, atEnd);
        var changes = session.Director.Decided(
            why.Dominant, decision.CreativeId, atEnd && trigger == DecisionTrigger.AudienceChanged ? null : Instant + remaining);
        trace?.SetTag("facead.decision", decision.Id.ToString()).SetTag("facead.reason", decision.Reason.ToString());
        _writer.Write(decision);
        // A repeat is told too: the player would fall back to the house loop at the end of the play.
        if (changes || (trigger == DecisionTrigger.PlayEnding && creative is not null))
        {
            if (session.Last is { } last && last.From > now) _chooser.GiveUp(last.Id); // what would have followed does not any more
            session.Last = (id, now + remaining);
            session.EndsFrom = creative is null ? default : Instant + remaining + LeastShown(creative);
            _chooser.Show(session.Memory, cabin, choice, now + remaining);
            if (creative is not null) _riders.Show(screen.Id, why.Winner!.Value.Campaign, creative, now + remaining);
            Pushed.Tell(made);
        }
        else _chooser.GiveUp(id);
        _latency.Record(_time.GetElapsedTime(began).TotalMilliseconds);
        _log.LogDebug(
            "Decision {DecisionId} for screen {ScreenId}: {Reason}, campaign {CampaignId}, {Dominant} of {Viewers} viewers, {Trigger}",
            decision.Id, screen.Id, decision.Reason, decision.CampaignId, why.Dominant, decision.Viewers, trigger);
        Made.Tell(made);
    }

    // A player tells of the end 1.5 s before it; a play that ends earlier than it said makes room for the next one earlier.
    private static TimeSpan LeastShown(SnapshotCreative creative) =>
        TimeSpan.FromSeconds(Math.Max(0, creative.Seconds - 3));

    // Guarded by itself.
    private sealed class ScreenSession(Guid screenId)
    {
        public ScreenDirector Director { get; } = new();

        public ITimer? Timer { get; set; }

        public ScreenMemory Memory { get; } = new(screenId);

        /// <summary>The choice that was pushed last, and when it begins.</summary>
        public (Guid Id, DateTimeOffset From)? Last { get; set; }

        /// <summary>The instant from which on that may be about to end, when it is a campaign's.</summary>
        public DateTimeOffset EndsFrom { get; set; }
    }
}
