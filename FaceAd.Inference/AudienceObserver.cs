using System.Diagnostics;
using FaceAd.Core;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Presence;
using FaceAd.Inference.Tracking;

namespace FaceAd.Inference;

/// <summary>
/// Turns one screen's frames into audience reports, for server and device inference alike. All times are capture times by the
/// camera's clock. Not thread-safe: one per screen, called by one worker at a time; the chain may be shared.
/// </summary>
/// <param name="chain">The models.</param>
/// <param name="options">Defaults when null.</param>
public sealed class AudienceObserver(FaceChain chain, AudienceObserverOptions? options = null)
{
    static readonly TimeSpan StillFor = TimeSpan.FromMinutes(10);

    readonly AudienceObserverOptions _options = options ?? new AudienceObserverOptions();
    readonly FaceTracker _tracker = new((options?.Rules ?? PresenceRules.Default).Bridge);
    readonly LivenessCheck _liveness = new();
    readonly TurnCheck _turn = new();
    readonly WiderSearch _search = new((options ?? new AudienceObserverOptions()).SearchPerSecond);
    readonly PresenceMachine _machine = new(options?.Rules);
    readonly Dictionary<(int Track, DateTimeOffset From), TrackedViewer> _viewers = []; // a track may have several presences
    readonly Queue<AudienceReport> _reports = [];
    Guid _audienceId;
    int _sequence;
    DateTimeOffset _reportedAt;
    DateTimeOffset? _stillAt;
    bool _due;

    /// <summary>Whether an audience is open.</summary>
    public bool AudienceOpen => _machine.IsOpen;

    /// <summary>Time per stage of the last analysed frame.</summary>
    public StageTimings LastTimings { get; private set; }

    /// <summary>Detector runs on the last analysed frame beyond the one over the whole frame.</summary>
    public SearchRuns LastSearch { get; private set; }

    /// <summary>Number of faces in the last analysed frame.</summary>
    public int LastFaceCount { get; private set; }

    /// <summary>Number of them that are no people: pictures of faces.</summary>
    public int LastStillFaces => _liveness.StillFaces;

    /// <summary>What the frames say of how the camera hangs. A picture of a face is told for ten minutes after it was seen.</summary>
    public CameraHints Hints => new(_machine.NewestFrame - _stillAt <= StillFor, _turn.Turn);

    /// <summary>Frames ignored because they were not newer than the previous one.</summary>
    public long IgnoredFrames => _machine.IgnoredFrames;

    /// <summary>Analyses a frame.</summary>
    /// <param name="jpeg">The picture.</param>
    /// <param name="capturedAt">Capture time. A frame that is not newer than the previous one is ignored.</param>
    /// <param name="cabinEmptied">
    /// Whether a sensor has just seen people leave. The audience then closes sooner once frames show no face.
    /// </param>
    /// <returns>
    /// A report when an audience, a presence or a top segment began, changed or ended, or a checkpoint is due; otherwise null. When
    /// many leave at once, <see cref="Next"/> returns the rest.
    /// </returns>
    /// <exception cref="InvalidFrameException">The picture cannot be analysed. Nothing has changed; continue with the next one.</exception>
    public AudienceReport? Observe(ReadOnlySpan<byte> jpeg, DateTimeOffset capturedAt, bool cabinEmptied = false)
    {
        if (_machine.IsLate(capturedAt))
        {
            _machine.Frame(capturedAt, []);
            return null;
        }
        using var frame = chain.Rent();
        chain.Open(jpeg, frame);
        return Observe(frame, capturedAt, cabinEmptied);
    }

    /// <summary>Analyses decoded pixels; otherwise as <see cref="Observe(ReadOnlySpan{byte}, DateTimeOffset, bool)"/>.</summary>
    /// <param name="rgb">RGB pixels.</param>
    /// <param name="capturedAt">Capture time.</param>
    /// <returns>A report, or null.</returns>
    public AudienceReport? Observe(PixelBuffer rgb, DateTimeOffset capturedAt)
    {
        if (_machine.IsLate(capturedAt))
        {
            _machine.Frame(capturedAt, []);
            return null;
        }
        using var frame = chain.Rent();
        FaceChain.Open(rgb, frame);
        return Observe(frame, capturedAt, cabinEmptied: false);
    }

    /// <summary>Advances time while no frames arrive. Call it about once a second.</summary>
    /// <param name="now">Current time, by the clock of the capture times.</param>
    /// <returns>
    /// A report when an audience is lost after too long without a frame, or when views are still to be sent; otherwise null.
    /// </returns>
    public AudienceReport? CheckSilence(DateTimeOffset now)
    {
        Lose(_machine.Silence(now));
        if (_due && _machine.IsOpen && _reports.Count == 0) Report(AudienceState.Open);
        return Next();
    }

    /// <summary>Ends observation: every presence ends at its last sighting.</summary>
    /// <param name="now">Current time. Not used for the end of presences.</param>
    /// <returns>The last report of the audience; null when none is open.</returns>
    public AudienceReport? Stop(DateTimeOffset now)
    {
        Lose(_machine.Stop());
        return Next();
    }

    /// <summary>
    /// Takes the next report, when one report could not hold everything. Call it until it returns null. Every report keeps to
    /// <see cref="AudienceReport.ViewsBeside"/>.
    /// </summary>
    /// <returns>A report, or null when there is none.</returns>
    public AudienceReport? Next() => _reports.TryDequeue(out var report) ? report : null;

    AudienceReport? Observe(FaceFrame frame, DateTimeOffset at, bool cabinEmptied)
    {
        // Report an audience that silence has ended before this frame can open a new one.
        Lose(_machine.Silence(at));
        var search = _search.Run(frame, _tracker, at);
        chain.Describe(frame);
        var started = Stopwatch.GetTimestamp();
        var faces = frame.Faces;
        Span<int> tracks = stackalloc int[FaceFrame.MaxFaces];
        Span<Sighting> sightings = stackalloc Sighting[FaceFrame.MaxFaces];
        _tracker.Update(at, faces, tracks);
        Span<Liveness> liveness = stackalloc Liveness[FaceFrame.MaxFaces];
        if (_options.StillFacesCount) liveness.Fill(Liveness.Live);
        else _liveness.Update(frame, at, tracks[..faces.Length], liveness);
        var seen = 0;
        for (var face = 0; face < faces.Length; face++)
        {
            if (tracks[face] > 0 && liveness[face] != Liveness.Still)
                sightings[seen++] = new Sighting(tracks[face], faces[face].Pose.Facing, liveness[face] == Liveness.Live);
        }
        var changes = _machine.Frame(at, sightings[..seen], cabinEmptied);
        if ((changes & PresenceChanges.Opened) != 0) (_audienceId, _sequence) = (_options.NewId(), 0);
        foreach (var presence in _machine.Present)
        {
            if (!_viewers.ContainsKey(KeyOf(presence)))
                _viewers.Add(KeyOf(presence), new TrackedViewer(_options.NewId(), chain.Bands, chain.AgeCount));
        }
        var tracked = Stopwatch.GetElapsedTime(started);
        for (var face = 0; face < faces.Length; face++)
        {
            if (Find(tracks[face]) is { } viewer) Study(frame, face, viewer, at);
        }
        LastFaceCount = faces.Length;
        if (_liveness.StillFaces > 0) _stillAt = at;
        started = Stopwatch.GetTimestamp();
        var turned = !faces.IsEmpty || _search.SawMotion ? _turn.Update(frame, at) : 0;
        LastSearch = search with { Turned = turned };
        LastTimings = frame.Timings with { Track = tracked, Turn = turned > 0 ? Stopwatch.GetElapsedTime(started) : TimeSpan.Zero };
        if (changes != PresenceChanges.None || TopChanged()) _due = true;
        if ((changes & PresenceChanges.Closed) != 0) Report(AudienceState.Closed);
        else if (_machine.IsOpen && (_due || at - _reportedAt >= _options.Checkpoint)) Report(AudienceState.Open);
        return Next();
    }

    static (int Track, DateTimeOffset From) KeyOf(Presence.Presence presence) => (presence.TrackId, presence.From);

    /// <summary>The viewer in view whose track this is.</summary>
    TrackedViewer? Find(int track)
    {
        foreach (var presence in _machine.Present)
        {
            if (presence.TrackId == track) return _viewers[KeyOf(presence)];
        }
        return null;
    }

    void Study(FaceFrame frame, int index, TrackedViewer viewer, DateTimeOffset at)
    {
        var face = frame.Faces[index];
        viewer.FaceArea = Math.Clamp(face.Box.Area / ((double)frame.Width * frame.Height), 0, 1);
        if (FaceQuality.CanBeClassified(face, _options) && viewer.WantsEstimate(at, _options))
        {
            chain.Estimate(frame, index);
            viewer.AddEstimate(frame.Ages(index), frame.Estimate(index)!.Value.Male, FaceQuality.Weight(face), at, _options);
        }
        if (FaceQuality.CanBeEmbedded(face, _options) && viewer.WantsView(at))
        {
            chain.Embed(frame, index);
            viewer.AddView(frame.Embedding(index), at, _options);
        }
    }

    bool TopChanged()
    {
        foreach (var presence in _machine.Present)
        {
            var viewer = _viewers[KeyOf(presence)];
            if (viewer.Top != viewer.Reported) return true;
        }
        return false;
    }

    void Lose(PresenceChanges changes)
    {
        if ((changes & PresenceChanges.Lost) != 0) Report(AudienceState.Lost);
    }

    // Every report holds all viewers in view and as many departed ones as fit; only the last one carries the state.
    void Report(AudienceState state)
    {
        var present = _machine.Present;
        var ended = _machine.Ended;
        Span<int> views = stackalloc int[ended.Length];
        for (var i = 0; i < ended.Length; i++) views[i] = _viewers[KeyOf(ended[i])].WaitingViews;
        _reportedAt = _machine.NewestFrame ?? throw new InvalidOperationException("Nothing was observed yet.");
        do
        {
            var leaving = ReportCapacity.Leaving(present.Length, views);
            _reports.Enqueue(Compose(leaving < ended.Length ? AudienceState.Open : state, present, ended[..leaving]));
            foreach (var presence in ended[..leaving]) _viewers.Remove(KeyOf(presence));
            ended = ended[leaving..];
            views = views[leaving..];
        }
        while (ended.Length > 0);
        // Views that did not fit go out on the next call, not at the next checkpoint.
        _due = false;
        foreach (var presence in present) _due |= _viewers[KeyOf(presence)].WaitingViews > 0;
        if (state == AudienceState.Open) return;
        _viewers.Clear();
        if (!_machine.IsWatching)
        {
            _tracker.Reset();
            _liveness.Reset();
        }
        _due = false;
    }

    AudienceReport Compose(AudienceState state, ReadOnlySpan<Presence.Presence> present, ReadOnlySpan<Presence.Presence> leaving)
    {
        var all = new (Presence.Presence Presence, bool InView)[leaving.Length + present.Length];
        for (var i = 0; i < leaving.Length; i++) all[i] = (leaving[i], false);
        for (var i = 0; i < present.Length; i++) all[leaving.Length + i] = (present[i], true);
        Span<int> waiting = stackalloc int[all.Length], told = stackalloc int[all.Length], share = stackalloc int[all.Length];
        for (var i = 0; i < all.Length; i++)
        {
            var viewer = _viewers[KeyOf(all[i].Presence)];
            // This is the last report for viewers who left, so their views go first.
            (waiting[i], told[i]) = (viewer.WaitingViews, all[i].InView ? viewer.ToldViews : -PresenceReport.MaxViews);
        }
        ReportCapacity.ShareViews(waiting, told, share);
        var presences = new PresenceReport[all.Length];
        for (var i = 0; i < all.Length; i++) presences[i] = Describe(all[i].Presence, all[i].InView, share[i]);
        return new AudienceReport
        {
            AudienceId = _audienceId,
            Sequence = ++_sequence,
            OpenedAt = _machine.OpenedAt,
            At = _reportedAt,
            State = state,
            ModelVersion = chain.ModelVersion,
            // Viewers in view come first.
            Presences = [.. presences[leaving.Length..], .. presences[..leaving.Length]],
        };
    }

    // Values are rounded to their real precision, which also bounds the size of a report: see PresenceReport.MaxBytes.
    PresenceReport Describe(Presence.Presence presence, bool inView, int views)
    {
        var viewer = _viewers[KeyOf(presence)];
        viewer.Reported = viewer.Top;
        var estimate = viewer.Fusion.Current;
        return new PresenceReport
        {
            PresenceId = viewer.PresenceId,
            TrackId = presence.TrackId,
            From = presence.From,
            To = presence.To,
            InView = inView,
            SecondsAttentive = Math.Floor(presence.Attentive.TotalSeconds * 1000) / 1000,
            Segments = estimate?.Segments is { } s
                ? new SegmentProbabilities(Round(s.Kids, 4), Round(s.Men2030, 4), Round(s.Women2030, 4), Round(s.Men4050, 4),
                    Round(s.Women4050, 4), Round(s.Silver, 4))
                : null,
            AgeYears = estimate is { } e ? Round(e.AgeYears, 2) : null,
            ChildProbability = estimate is { } c ? Round(c.Child, 4) : null,
            FaceArea = Round(viewer.FaceArea, 5),
            Views = viewer.TakeViews(views),
        };
    }

    static double Round(double value, int digits) => Math.Round(value, digits);
}
