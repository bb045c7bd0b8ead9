using System.Diagnostics;
using FaceAd.Core;
using FaceAd.Inference.Detection;
using FaceAd.Inference.Imaging;
using FaceAd.Inference.Presence;
using FaceAd.Inference.Tracking;

namespace FaceAd.Inference;

/// <summary>
/// Watches one screen: frames in, audience reports out. The same for server and device inference. All times are capture times by
/// one clock, the camera's. Not thread-safe: one per screen, called by one worker at a time; the chain may be shared.
/// </summary>
/// <param name="chain">The models.</param>
/// <param name="options">How to work; the defaults when null.</param>
public sealed class AudienceObserver(FaceChain chain, AudienceObserverOptions? options = null)
{
    readonly AudienceObserverOptions _options = options ?? new AudienceObserverOptions();
    readonly FaceTracker _tracker = new((options?.Rules ?? PresenceRules.Default).Bridge);
    readonly WiderSearch _search = new((options ?? new AudienceObserverOptions()).SearchPerSecond);
    readonly PresenceMachine _machine = new(options?.Rules);
    readonly Dictionary<int, TrackedViewer> _viewers = [];
    readonly Queue<AudienceReport> _reports = [];
    Guid _audienceId;
    int _sequence;
    DateTimeOffset _reportedAt;
    bool _due;

    /// <summary>Whether an audience is open.</summary>
    public bool AudienceOpen => _machine.IsOpen;

    /// <summary>Time per stage of the newest frame that was analysed.</summary>
    public StageTimings LastTimings { get; private set; }

    /// <summary>Runs of the detector on the newest frame beyond the one over the whole.</summary>
    public SearchRuns LastSearch { get; private set; }

    /// <summary>Number of faces in the newest frame that was analysed.</summary>
    public int LastFaceCount { get; private set; }

    /// <summary>Frames that were ignored because they were not newer than one before.</summary>
    public long IgnoredFrames => _machine.IgnoredFrames;

    /// <summary>Analyses a frame.</summary>
    /// <param name="jpeg">The picture.</param>
    /// <param name="capturedAt">When it was taken. A frame that is not newer than one before is ignored.</param>
    /// <param name="cabinEmptied">Whether a sensor had just seen the people leave. It shortens the wait of an audience that shows no face any more.</param>
    /// <returns>
    /// What is new: an audience, a presence or a top segment began, changed or ended, or a checkpoint is due. Null: nothing. When
    /// many leave at once, <see cref="Next"/> has more.
    /// </returns>
    /// <exception cref="InvalidFrameException">The picture cannot be analysed. It changes nothing; go on with the next.</exception>
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

    /// <summary>Analyses pixels; otherwise like <see cref="Observe(ReadOnlySpan{byte}, DateTimeOffset, bool)"/>.</summary>
    /// <param name="rgb">Red, green, blue.</param>
    /// <param name="capturedAt">When the picture was taken.</param>
    /// <returns>What is new, or null.</returns>
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

    /// <summary>Says what time it is while no frame comes. Call it about once a second.</summary>
    /// <param name="now">Now, by the clock of the capture times.</param>
    /// <returns>The last report of an audience of which nothing was seen for too long; null otherwise.</returns>
    public AudienceReport? CheckSilence(DateTimeOffset now)
    {
        Lose(_machine.Silence(now));
        if (_due && _machine.IsOpen && _reports.Count == 0) Report(AudienceState.Open);
        return Next();
    }

    /// <summary>Nothing more will be seen: ends every presence at its last sighting.</summary>
    /// <param name="now">Now; presences end at their last sightings all the same.</param>
    /// <returns>The last report of the audience; null when none is open.</returns>
    public AudienceReport? Stop(DateTimeOffset now)
    {
        Lose(_machine.Stop());
        return Next();
    }

    /// <summary>The next report that does not fit into the one before: call it until it gives null. Every report keeps to <see cref="AudienceReport.ViewsBeside"/>.</summary>
    /// <returns>A report, or null when there is none.</returns>
    public AudienceReport? Next() => _reports.TryDequeue(out var report) ? report : null;

    AudienceReport? Observe(FaceFrame frame, DateTimeOffset at, bool cabinEmptied)
    {
        // An audience that silence ended is told of first.
        Lose(_machine.Silence(at));
        LastSearch = _search.Run(frame, _tracker, at);
        chain.Describe(frame);
        var started = Stopwatch.GetTimestamp();
        var faces = frame.Faces;
        Span<int> tracks = stackalloc int[FaceFrame.MaxFaces];
        Span<Sighting> sightings = stackalloc Sighting[FaceFrame.MaxFaces];
        _tracker.Update(at, faces, tracks);
        var seen = 0;
        for (var face = 0; face < faces.Length; face++)
        {
            if (tracks[face] > 0) sightings[seen++] = new Sighting(tracks[face], faces[face].Pose.Facing);
        }
        var changes = _machine.Frame(at, sightings[..seen], cabinEmptied && faces.IsEmpty);
        if ((changes & PresenceChanges.Opened) != 0) (_audienceId, _sequence) = (_options.NewId(), 0);
        foreach (var presence in _machine.Present)
        {
            if (!_viewers.ContainsKey(presence.TrackId))
                _viewers.Add(presence.TrackId, new TrackedViewer(_options.NewId(), chain.Bands, chain.AgeCount));
        }
        var tracked = Stopwatch.GetElapsedTime(started);
        for (var face = 0; face < faces.Length; face++)
        {
            if (_viewers.TryGetValue(tracks[face], out var viewer)) Study(frame, face, viewer, at);
        }
        LastFaceCount = faces.Length;
        LastTimings = frame.Timings with { Track = tracked };
        if (changes != PresenceChanges.None || TopChanged()) _due = true;
        if ((changes & PresenceChanges.Closed) != 0) Report(AudienceState.Closed);
        else if (_machine.IsOpen && (_due || at - _reportedAt >= _options.Checkpoint)) Report(AudienceState.Open);
        return Next();
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
            var viewer = _viewers[presence.TrackId];
            if (viewer.Top != viewer.Reported) return true;
        }
        return false;
    }

    void Lose(PresenceChanges changes)
    {
        if ((changes & PresenceChanges.Lost) != 0) Report(AudienceState.Lost);
    }

    // Everybody in view is in every report. Of those who left, as many as there is room for; the last report tells the state.
    void Report(AudienceState state)
    {
        var present = _machine.Present;
        var ended = _machine.Ended;
        Span<int> views = stackalloc int[ended.Length];
        for (var i = 0; i < ended.Length; i++) views[i] = _viewers[ended[i].TrackId].WaitingViews;
        _reportedAt = _machine.NewestFrame ?? throw new InvalidOperationException("Nothing was observed yet.");
        do
        {
            var leaving = ReportRoom.Leaving(present.Length, views);
            _reports.Enqueue(Compose(leaving < ended.Length ? AudienceState.Open : state, present, ended[..leaving]));
            foreach (var presence in ended[..leaving]) _viewers.Remove(presence.TrackId);
            ended = ended[leaving..];
            views = views[leaving..];
        }
        while (ended.Length > 0);
        // Views that found no room do not wait for the next checkpoint.
        _due = false;
        foreach (var presence in present) _due |= _viewers[presence.TrackId].WaitingViews > 0;
        if (state == AudienceState.Open) return;
        _viewers.Clear();
        _tracker.Reset();
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
            var viewer = _viewers[all[i].Presence.TrackId];
            // It is the last chance of those who left.
            (waiting[i], told[i]) = (viewer.WaitingViews, all[i].InView ? viewer.ToldViews : -PresenceReport.MaxViews);
        }
        ReportRoom.ShareViews(waiting, told, share);
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
            // Those in view first, as before.
            Presences = [.. presences[leaving.Length..], .. presences[..leaving.Length]],
        };
    }

    // Rounded to what the figures are worth, so that the length of a report is bounded: see PresenceReport.MaxBytes.
    PresenceReport Describe(Presence.Presence presence, bool inView, int views)
    {
        var viewer = _viewers[presence.TrackId];
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
                ? new SegmentProbabilities(Round(s.Kids, 4), Round(s.Men2030, 4), Round(s.Women2030, 4), Round(s.Men4050, 4), Round(s.Women4050, 4), Round(s.Silver, 4))
                : null,
            AgeYears = estimate is { } e ? Round(e.AgeYears, 2) : null,
            ChildProbability = estimate is { } c ? Round(c.Child, 4) : null,
            FaceArea = Round(viewer.FaceArea, 5),
            Views = viewer.TakeViews(views),
        };
    }

    static double Round(double value, int digits) => Math.Round(value, digits);
}
