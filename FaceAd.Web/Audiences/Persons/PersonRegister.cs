using FaceAd.Core;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>What was recognised in one report, among the people of its site and epoch.</summary>
/// <param name="PersonOf">The person of each recognised presence in the report.</param>
/// <param name="New">People seen for the first time: who, and when first.</param>
/// <param name="Templates">People whose views are new or have changed, with all views that they have now.</param>
/// <param name="Segments">People whose segment became known, or was corrected within their first presence.</param>
sealed record Recognised(
    IReadOnlyDictionary<Guid, Guid> PersonOf,
    IReadOnlyList<(Guid Person, DateTimeOffset FirstSeenAt)> New,
    IReadOnlyDictionary<Guid, IReadOnlyList<float[]>> Templates,
    IReadOnlyDictionary<Guid, Segment> Segments);

/// <summary>
/// The people of one site and epoch: whom a presence belongs to, and what is learnt of a person. In memory and without any I/O; the owner
/// stores the results, and restores them after a restart. Not thread-safe.
/// </summary>
sealed class PersonRegister
{
    /// <summary>A person's segment is fixed at the first presence that is at least this sure.</summary>
    public const double MinSegmentConfidence = 0.6;

    /// <summary>From this probability on a viewer counts as a child, who cannot be re-identified reliably and is never matched.</summary>
    public const double PossibleChildShare = 0.5;

    private const int ViewsBeforeMatching = 2;
    private const int EndedKept = 2_000;

    // Far more than are in view of one site's cameras at a time; each keeps up to five views, 10 KB.
    private const int PresencesKept = 2_000;
    private const int PresencesForgotten = PresencesKept / 4;
    private readonly PersonMatcher _matcher = new();
    private readonly Dictionary<(Guid Screen, Guid Presence), OpenPresence> _presences = [];
    private readonly HashSet<Guid> _ended = [];
    private readonly Queue<Guid> _endedInOrder = new();

    // FixedBy: the presence that decides the segment, while it lasts; null once the segment is final.
    private readonly Dictionary<Guid, (Segment Segment, Guid? FixedBy)> _segments = [];
    private long _reports;

    /// <summary>Presences that are being recognised.</summary>
    internal int Presences => _presences.Count;

    /// <summary>Audiences whose end is remembered.</summary>
    internal int Ended => _ended.Count;

    /// <summary>Restores a known person.</summary>
    /// <param name="person">The person.</param>
    /// <param name="segment">The person's segment; unknown if not fixed yet.</param>
    /// <param name="views">Unit vectors; none when they cannot be read any more.</param>
    public void Restore(Guid person, Segment segment, IReadOnlyList<float[]> views)
    {
        _segments[person] = (segment, null);
        _matcher.Restore(person, views);
    }

    /// <summary>Overwrites and drops everyone.</summary>
    public void Wipe()
    {
        _matcher.Wipe();
        foreach (var open in _presences.Values) open.Wipe();
        _presences.Clear();
        _segments.Clear();
        _ended.Clear();
        _endedInOrder.Clear();
    }

    /// <summary>Recognises the people that can be recognised by now.</summary>
    public Recognised Recognise(Guid screenId, AudienceReport report)
    {
        Dictionary<Guid, Guid> personOf = [];
        Dictionary<Guid, Segment> segments = [];
        Dictionary<Guid, IReadOnlyList<float[]>> templates = [];
        List<(Guid, DateTimeOffset)> fresh = [];
        // A device that missed our answer reports the end again: enrol nobody twice.
        if (_ended.Contains(report.AudienceId)) return new Recognised(personOf, fresh, templates, segments);

        foreach (var presence in report.Presences)
        {
            var key = (screenId, presence.PresenceId);
            if (!_presences.TryGetValue(key, out var open)) _presences[key] = open = new OpenPresence();
            open.Report = ++_reports;
            var over = !presence.InView || report.State != AudienceState.Open;
            open.Add(presence.Views);

            if (open.Person is null && open.CanMatch(presence, over))
            {
                open.Person = _matcher.Find(open.Views)?.Person;
                if (open.Person is null)
                {
                    var id = Guid.CreateVersion7();
                    _matcher.Add(id, open.Views);
                    fresh.Add((id, presence.From));
                    templates[id] = [.. open.Views];
                    open.Person = id;
                }
            }
            if (open.Person is { } person)
            {
                personOf[presence.PresenceId] = person;
                if (Learn(person, presence, over) is { } segment) segments[person] = segment;
                // Once per presence, with all of its views: what one good frame suggests, the others must confirm.
                if (over && open.CanMatch(presence, over) && _matcher.Learn(person, open.Views))
                    templates[person] = [.. _matcher.ViewsOf(person)];
            }
            if (over) _presences.Remove(key);
        }
        if (report.State != AudienceState.Open) Remember(report.AudienceId);
        if (_presences.Count > PresencesKept) ForgetPresences();
        return new Recognised(personOf, fresh, templates, segments);
    }

    /// <summary>The person's segment when this presence has just fixed or corrected it, else null.</summary>
    private Segment? Learn(Guid person, PresenceReport presence, bool over)
    {
        var (segment, fixedBy) = _segments.GetValueOrDefault(person);
        var mayFix = segment == Segment.Unknown || fixedBy == presence.PresenceId;
        if (!mayFix) return null;
        var sure = presence.Segments is { } p && p.Confidence >= MinSegmentConfidence && p.Top != Segment.Kids ? p.Top : segment;
        _segments[person] = (sure, over || sure == Segment.Unknown ? null : presence.PresenceId);
        return sure == segment ? null : sure;
    }

    private void Remember(Guid ended)
    {
        if (!_ended.Add(ended)) return;
        _endedInOrder.Enqueue(ended);
        if (_endedInOrder.Count > EndedKept) _ended.Remove(_endedInOrder.Dequeue());
    }

    /// <summary>Presences whose end is never reported would be kept for ever, so the ones reported on longest ago are dropped.</summary>
    private void ForgetPresences()
    {
        foreach (var (key, open) in _presences.OrderBy(s => s.Value.Report).Take(PresencesForgotten).ToList())
        {
            open.Wipe();
            _presences.Remove(key);
        }
    }

    /// <summary>One presence whose viewer is being recognised.</summary>
    private sealed class OpenPresence
    {
        private readonly List<float[]> _views = [];

        public Guid? Person { get; set; }

        /// <summary>Number of the newest report on it.</summary>
        public long Report { get; set; }

        public IReadOnlyList<float[]> Views => _views;

        public void Add(IReadOnlyList<byte[]> views)
        {
            foreach (var view in views)
            {
                if (_views.Count < PresenceReport.MaxViews && FaceTemplate.Read(view) is { } values) _views.Add(values);
            }
        }

        public void Wipe()
        {
            foreach (var view in _views) Array.Clear(view);
            _views.Clear();
        }

        public bool CanMatch(PresenceReport presence, bool over) =>
            presence.Segments is { } segments && segments.Kids < PossibleChildShare && _views.Count >= (over ? 1 : ViewsBeforeMatching);
    }
}
