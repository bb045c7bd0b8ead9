using System.Diagnostics;
using FaceAd.Contracts;
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
    /// <returns>What is new: an audience, a presence or a top segment began, changed or ended, or a checkpoint is due. Null: nothing.</returns>
    /// <exception cref="InvalidFrameException">The picture cannot be analysed. It changes nothing; go on with the next.</exception>
    public AudienceReport? Observe(ReadOnlySpan<byte> jpeg, DateTimeOffset capturedAt)
    {
        if (_machine.IsLate(capturedAt))
        {
            _machine.Frame(capturedAt, []);
            return null;
        }
        using var frame = chain.Rent();
        chain.Open(jpeg, frame);
        return Observe(frame, capturedAt);
    }

    /// <summary>Analyses pixels; otherwise like <see cref="Observe(ReadOnlySpan{byte}, DateTimeOffset)"/>.</summary>
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
        return Observe(frame, capturedAt);
    }

    /// <summary>Says what time it is while no frame comes. Call it about once a second.</summary>
    /// <param name="now">Now, by the clock of the capture times.</param>
    /// <returns>The last report of an audience of which nothing was seen for too long; null otherwise.</returns>
    public AudienceReport? CheckSilence(DateTimeOffset now) =>
        Lose(_machine.Silence(now)) ?? (_due ? Report(AudienceState.Open) : null);

    /// <summary>Nothing more will be seen: ends every presence at its last sighting.</summary>
    /// <param name="now">Now; presences end at their last sightings all the same.</param>
    /// <returns>The last report of the audience; null when none is open.</returns>
    public AudienceReport? Stop(DateTimeOffset now) => Lose(_machine.Stop());

    AudienceReport? Observe(FaceFrame frame, DateTimeOffset at)
    {
        // An audience that silence ended is told of first; the report of the one that opens now follows with the next call.
        var lost = Lose(_machine.Silence(at));
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
        var changes = _machine.Frame(at, sightings[..seen]);
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
        if (lost is not null) return lost;
        if ((changes & PresenceChanges.Closed) != 0) return Report(AudienceState.Closed);
        return _machine.IsOpen && (_due || at - _reportedAt >= _options.Checkpoint) ? Report(AudienceState.Open) : null;
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

    AudienceReport? Lose(PresenceChanges changes) =>
        (changes & PresenceChanges.Lost) == 0 ? null : Report(AudienceState.Lost);

    AudienceReport Report(AudienceState state)
    {
        var present = _machine.Present;
        var ended = _machine.Ended;
        var presences = new List<PresenceReport>(present.Length + ended.Length);
        foreach (var presence in present) presences.Add(Describe(presence, inView: true));
        foreach (var presence in ended)
        {
            presences.Add(Describe(presence, inView: false));
            _viewers.Remove(presence.TrackId);
        }
        var at = _machine.NewestFrame ?? throw new InvalidOperationException("Nothing was observed yet.");
        (_reportedAt, _due) = (at, false);
        if (state != AudienceState.Open)
        {
            _viewers.Clear();
            _tracker.Reset();
        }
        return new AudienceReport
        {
            AudienceId = _audienceId,
            Sequence = ++_sequence,
            OpenedAt = _machine.OpenedAt,
            At = at,
            State = state,
            ModelVersion = chain.ModelVersion,
            Presences = presences,
        };
    }

    PresenceReport Describe(Presence.Presence presence, bool inView)
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
            SecondsAttentive = presence.Attentive.TotalSeconds,
            Segments = estimate?.Segments,
            AgeYears = estimate?.AgeYears,
            ChildProbability = estimate?.Child,
            FaceArea = viewer.FaceArea,
            Views = viewer.TakeViews(),
        };
    }
}
