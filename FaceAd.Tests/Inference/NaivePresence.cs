using FaceAd.Inference.Presence;

namespace FaceAd.Tests.Inference;

/// <summary>
/// The rules of <see cref="PresenceMachine"/>, told from the whole history each time: cut each track's sightings of the current audience
/// into runs wherever more than two seconds lie between two of them.
/// </summary>
/// <param name="untold">From how long before now a face can turn out to be a person's.</param>
sealed class NaivePresence(TimeSpan untold)
{
    readonly List<(DateTimeOffset At, Sighting[] Faces)> _frames = [];
    DateTimeOffset? _newest;
    List<Presence> _before = [];

    public bool Open { get; private set; }

    public DateTimeOffset OpenedAt { get; private set; }

    public long Ignored { get; private set; }

    public List<Presence> EndedNow { get; private set; } = [];

    public void Take(DateTimeOffset at, Sighting[]? faces)
    {
        EndedNow = [];
        if (faces is not null && at <= _newest)
        {
            Ignored++;
            return;
        }
        if (Open && at - _newest >= TimeSpan.FromSeconds(30))
        {
            EndedNow = Present();
            Leave();
        }
        if (faces is null) return;
        var lost = EndedNow;
        _before = Present();
        _newest = at;
        _frames.Add((at, faces));
        var now = Present();
        if (!Open && now.Count > 0) (Open, OpenedAt) = (true, Recent().Min(run => run.Presence.From));
        if (!Open) return;
        EndedNow = [.. lost, .. _before.Where(b => !now.Any(n => n.TrackId == b.TrackId && n.From == b.From))];
        if (now.Count > 0) return;
        Open = false;
        _frames.RemoveRange(0, _frames.Count - 1); // of this one the next audience may begin
    }

    public List<Presence> Present() => [.. Recent().Where(run => run.Live).Select(run => run.Presence).OrderBy(p => p.TrackId)];

    IEnumerable<(Presence Presence, bool Live)> Recent() =>
        Runs().Where(run => _newest - run.Presence.To <= TimeSpan.FromSeconds(2));

    IEnumerable<(Presence Presence, bool Live)> Runs()
    {
        foreach (var track in _frames.SelectMany(f => f.Faces).Select(f => f.TrackId).Distinct())
        {
            Presence? run = null;
            var (previous, facing, live) = (-1, false, false);
            for (var i = 0; i < _frames.Count; i++)
            {
                var sighting = _frames[i].Faces.Where(f => f.TrackId == track).Select(f => (Sighting?)f).SingleOrDefault();
                if (sighting is not { Attentive: var attentive, Live: var nowLive }) continue;
                var at = _frames[i].At;
                if (run is { } open && at - open.To <= TimeSpan.FromSeconds(2))
                {
                    var step = previous == i - 1 ? at - open.To : TimeSpan.Zero;
                    run = open with
                    {
                        To = at,
                        Attentive = open.Attentive + (facing ? step / 2 : TimeSpan.Zero)
                            + (attentive ? step / 2 : TimeSpan.Zero)
                    };
                    if (!live && !nowLive && at - run.Value.From > untold)
                        run = run.Value with { From = at - untold, Attentive = new[] { run.Value.Attentive, untold }.Min() };
                }
                else
                {
                    if (run is not null) yield return (run.Value, live);
                    (run, live) = (new Presence(track, at, at, TimeSpan.Zero), false);
                }
                (previous, facing, live) = (i, attentive, live || nowLive);
            }
            if (run is not null) yield return (run.Value, live);
        }
    }

    void Leave()
    {
        Open = false;
        _frames.Clear();
    }
}
