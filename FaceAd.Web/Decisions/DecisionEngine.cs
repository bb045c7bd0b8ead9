using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;

namespace FaceAd.Web.Decisions;

/// <summary>A decision on its way to a screen.</summary>
/// <param name="Screen">The screen.</param>
/// <param name="Why">What was chosen, and why.</param>
/// <param name="Decision">The row of it.</param>
/// <param name="AtEnd">True: it takes effect when the running play ends.</param>
public sealed record DecisionMade(ScreenEntry Screen, Explanation Why, Decision Decision, bool AtEnd);

/// <summary>
/// Watches audiences and ending plays, decides from memory, queues the decision for its writer, and pushes it. It never waits for the database.
/// </summary>
public sealed class DecisionEngine : IDisposable
{
    private readonly ConcurrentDictionary<Guid, ScreenSession> _sessions = new();
    private readonly CreativeTurns _turns = new();
    private readonly SnapshotReader _snapshots;
    private readonly LiveAudiences _audiences;
    private readonly RecognisedRiders _riders;
    private readonly ScreenDirectory _screens;
    private readonly DecisionWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger<DecisionEngine> _log;
    private readonly Histogram<double> _latency;
    private readonly IDisposable[] _watching;

    /// <summary>Starts watching.</summary>
    public DecisionEngine(
        SnapshotReader snapshots, LiveAudiences audiences, RecognisedRiders riders, ScreenDirectory screens, DecisionWriter writer,
        TimeProvider time, IMeterFactory meters, ILogger<DecisionEngine> log)
    {
        (_snapshots, _audiences, _riders, _screens, _writer, _time, _log) = (snapshots, audiences, riders, screens, writer, time, log);
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
        var seat = _sessions.GetOrAdd(screenId, _ => new ScreenSession());
        lock (seat)
        {
            var audience = _audiences.Find(screenId);
            seat.Ending(ending, _time.GetUtcNow());
            if (seat.Director.PlayEnding(audience?.Viewers.Count > 0, ending.CreativeId) == DecisionTiming.DecideNext)
                Decide(seat, screen, audience, DecisionTrigger.PlayEnding, ending.Remaining);
        }
    }

    /// <summary>Forgets what was decided for the screens of a site: another node decides from now on.</summary>
    /// <param name="siteId">The site.</param>
    public void Drop(Guid siteId)
    {
        foreach (var screenId in _sessions.Keys.Where(id => _screens.Find(id)?.SiteId == siteId))
        {
            if (!_sessions.TryRemove(screenId, out var seat)) continue;
            lock (seat) seat.Timer?.Dispose();
            _riders.Drop(screenId);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var subscription in _watching) subscription.Dispose();
        foreach (var seat in _sessions.Values) seat.Timer?.Dispose();
    }

    private void OnAudienceChanged(LiveAudience audience)
    {
        var seat = _sessions.GetOrAdd(audience.Screen.Id, _ => new ScreenSession());
        lock (seat) Ask(seat, audience);
    }

    private void OnRidersRecognised(Guid screenId)
    {
        if (_audiences.Find(screenId) is { } audience) OnAudienceChanged(audience);
    }

    private void Ask(ScreenSession seat, LiveAudience audience)
    {
        var now = _time.GetUtcNow();
        switch (seat.Director.AudienceChanged(DominantSegment.Of(_riders.CabinOf(audience).Riders), now))
        {
            case DecisionTiming.DecideNow:
                Decide(seat, audience.Screen, audience, DecisionTrigger.AudienceChanged, TimeSpan.Zero);
                break;
            case DecisionTiming.Wait:
                seat.Timer ??= _time.CreateTimer(_ => AskAgain(seat, audience.Screen.Id), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                seat.Timer.Change(seat.Director.AskAgainAt - now, Timeout.InfiniteTimeSpan);
                break;
        }
    }

    private void AskAgain(ScreenSession seat, Guid screenId)
    {
        lock (seat)
        {
            if (_audiences.Find(screenId) is { } audience) Ask(seat, audience);
        }
    }

    private void Decide(ScreenSession seat, ScreenEntry screen, LiveAudience? audience, DecisionTrigger trigger, TimeSpan remaining)
    {
        var began = _time.GetTimestamp();
        var now = _time.GetUtcNow();
        var cabin = audience is null ? new Cabin(screen.SiteId, screen.Calendar, []) : _riders.CabinOf(audience);
        var why = Decider.Decide(_snapshots.Current, cabin, seat.History, now);
        var creative = why.Winner is { } winner ? _turns.Take(winner.Campaign, now) : null;
        // The house loop never interrupts: what is running may end in peace.
        var atEnd = trigger == DecisionTrigger.PlayEnding || creative is null;
        var decision = Decision.Of(why, creative, screen.Id, audience?.AudienceId, trigger);
        var made = new DecisionMade(screen, why, decision, atEnd);
        var changes = seat.Director.Decided(why.Dominant, decision.CreativeId, atEnd && trigger == DecisionTrigger.AudienceChanged ? null : now + remaining);
        seat.Chosen = (decision.CreativeId, decision.CampaignId);
        _writer.Write(decision);
        // A repeat is told too: the player would fall back to the house loop at the end of the play.
        if (changes || (trigger == DecisionTrigger.PlayEnding && decision.CreativeId is not null)) Pushed.Tell(made);
        _latency.Record(_time.GetElapsedTime(began).TotalMilliseconds);
        _log.LogInformation(
            "Decision {DecisionId} for screen {ScreenId}: {Reason}, campaign {CampaignId}, {Dominant} of {Viewers} viewers, {Trigger}",
            decision.Id, screen.Id, decision.Reason, decision.CampaignId, why.Dominant, decision.Viewers, trigger);
        Made.Tell(made);
    }

    // Guarded by itself.
    private sealed class ScreenSession
    {
        public ScreenDirector Director { get; } = new();

        public ITimer? Timer { get; set; }

        public ScreenHistory History { get; private set; } = ScreenHistory.Empty;

        /// <summary>The creative that was decided last, and its campaign.</summary>
        public (Guid? CreativeId, Guid? CampaignId) Chosen { get; set; }

        /// <summary>A play is about to end. Its campaign is known when this server has chosen it.</summary>
        public void Ending(PlayEnding play, DateTimeOffset now) => History = History.With(
            new ScreenPlay(play.CreativeId == Chosen.CreativeId ? Chosen.CampaignId : null, play.CreativeId, now + play.Remaining));
    }
}
