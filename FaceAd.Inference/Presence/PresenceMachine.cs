namespace FaceAd.Inference.Presence;

/// <summary>
/// Derives presence from analysed frames alone. An audience opens with the first face that is known to be a person's and closes when an
/// analysed frame shows that everyone has left. A presence begins with the first sighting of its face, also when that turned out to be
/// a person's later; until then there is none. Missing frames never count as absence: a presence ends, at its last sighting, when an
/// analysed frame comes more than <see cref="PresenceRules.Bridge"/> later, and a face in that frame starts a new one.
/// Time is the capture time of the frames; no clock is read and nothing is allocated per step.
/// </summary>
/// <param name="rules"><see cref="PresenceRules.Default"/> when null.</param>
public sealed class PresenceMachine(PresenceRules? rules = null)
{
    /// <summary>Maximum number of concurrent presences; further faces are not counted until one ends.</summary>
    public const int MaxPresent = 16;

    readonly PresenceRules _rules = rules ?? PresenceRules.Default;
    readonly OpenPresence[] _present = new OpenPresence[MaxPresent];
    readonly Presence[] _presentView = new Presence[MaxPresent];
    readonly Presence[] _ended = new Presence[MaxPresent];
    int _count;
    int _endedCount;
    int _emptyFrames;

    /// <summary>Whether an audience is open.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether somebody is present, or a face is in view of which it is not known yet whether it is a person's.</summary>
    public bool IsWatching => _count > 0;

    /// <summary>When the open audience opened, or the last one if none is open.</summary>
    public DateTimeOffset OpenedAt { get; private set; }

    /// <summary>Capture time of the latest analysed frame; null before the first.</summary>
    public DateTimeOffset? NewestFrame { get; private set; }

    /// <summary>Frames ignored because they were not newer than the previous one.</summary>
    public long IgnoredFrames { get; private set; }

    /// <summary>Current presences, oldest first. Valid until the next step.</summary>
    public ReadOnlySpan<Presence> Present
    {
        get
        {
            var live = 0;
            for (var i = 0; i < _count; i++)
            {
                if (_present[i].Live) _presentView[live++] = _present[i].Presence;
            }
            return _presentView.AsSpan(0, live);
        }
    }

    /// <summary>Presences that ended in the last step. Valid until the next step.</summary>
    public ReadOnlySpan<Presence> Ended => _ended.AsSpan(0, _endedCount);

    /// <summary>Whether a frame with this capture time would be ignored.</summary>
    /// <param name="at">Its capture time.</param>
    public bool IsLate(DateTimeOffset at) => at <= NewestFrame;

    /// <summary>Takes an analysed frame.</summary>
    /// <param name="at">Its capture time.</param>
    /// <param name="faces">All faces in it, each track at most once.</param>
    /// <param name="cabinEmptied">Whether a sensor has just seen people leave; ignored while the frame shows a face.</param>
    /// <returns>
    /// What changed. When the frame comes after <see cref="PresenceRules.LostAfter"/> without frames, the open audience is lost
    /// first and the frame may open a new one. Both are returned together; <see cref="Ended"/> then belongs to the lost one.
    /// </returns>
    public PresenceChanges Frame(DateTimeOffset at, ReadOnlySpan<Sighting> faces, bool cabinEmptied = false)
    {
        if (IsLate(at))
        {
            IgnoredFrames++;
            _endedCount = 0;
            return PresenceChanges.Ignored;
        }
        var changes = Silence(at);
        var consecutive = at - NewestFrame <= _rules.Bridge ? NewestFrame : null;
        NewestFrame = at;
        _emptyFrames = cabinEmptied && faces.IsEmpty ? _emptyFrames + 1 : 0;
        if ((changes & PresenceChanges.Lost) == 0)
            changes |= EndAbsent(at, _emptyFrames >= _rules.EmptyFrames ? TimeSpan.Zero : _rules.Bridge);
        foreach (var face in faces) changes |= See(face, at, consecutive);
        if ((changes & PresenceChanges.Opened) != 0)
        {
            OpenedAt = at;
            // Whoever turns out to be a person later was there no later either.
            foreach (var (presence, _, _) in _present.AsSpan(0, _count)) OpenedAt = presence.From < OpenedAt ? presence.From : OpenedAt;
        }
        if (IsOpen && Present.IsEmpty)
        {
            IsOpen = false;
            changes |= PresenceChanges.Closed;
            // Whoever may yet turn out to be a person belongs to the next audience, which begins after this one.
            var kept = 0;
            foreach (var face in _present.AsSpan(0, _count))
            {
                if (face.Presence.To == at)
                    _present[kept++] = face with { Presence = new Presence(face.Presence.TrackId, at, at, TimeSpan.Zero) };
            }
            _count = kept;
        }
        return changes;
    }

    /// <summary>Advances time while no frames arrive.</summary>
    /// <param name="now">Current time, by the clock of the capture times.</param>
    /// <returns>Lost and Ended after <see cref="PresenceRules.LostAfter"/> without a frame; otherwise nothing.</returns>
    public PresenceChanges Silence(DateTimeOffset now)
    {
        _endedCount = 0;
        return now - NewestFrame >= _rules.LostAfter ? Stop() : PresenceChanges.None;
    }

    /// <summary>Ends observation: every presence ends at its last sighting and the audience is lost.</summary>
    /// <returns>Lost and Ended; nothing when no audience is open.</returns>
    public PresenceChanges Stop()
    {
        _endedCount = 0;
        var present = Present;
        present.CopyTo(_ended);
        _count = 0;
        if (!IsOpen) return PresenceChanges.None;
        _endedCount = present.Length;
        IsOpen = false;
        return PresenceChanges.Lost | PresenceChanges.Ended;
    }

    PresenceChanges EndAbsent(DateTimeOffset at, TimeSpan bridge)
    {
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            if (at - _present[i].Presence.To <= bridge) _present[kept++] = _present[i];
            else if (_present[i].Live) _ended[_endedCount++] = _present[i].Presence;
        }
        _count = kept;
        return _endedCount > 0 ? PresenceChanges.Ended : PresenceChanges.None;
    }

    PresenceChanges See(Sighting face, DateTimeOffset at, DateTimeOffset? consecutive)
    {
        var known = Find(face.TrackId);
        if (known == _count)
        {
            if (_count == MaxPresent) return PresenceChanges.None;
            _present[_count++] = new OpenPresence(new Presence(face.TrackId, at, at, TimeSpan.Zero), face.Attentive, face.Live);
        }
        else
        {
            var (presence, facing, wasLive) = _present[known];
            // If the previous frame missed the face, its gaze in between is unknown and counts as none.
            var seconds = presence.To == consecutive ? at - presence.To : TimeSpan.Zero;
            var share = (facing ? 1 : 0) + (face.Attentive ? 1 : 0);
            presence = presence with { To = at, Attentive = presence.Attentive + seconds * share / 2 };
            if (!face.Live && !wasLive && at - presence.From > _rules.UntoldAtMost)
            {
                var most = _rules.UntoldAtMost;
                presence = presence with { From = at - most, Attentive = presence.Attentive < most ? presence.Attentive : most };
            }
            _present[known] = new OpenPresence(presence, face.Attentive, face.Live || wasLive);
            if (wasLive) return PresenceChanges.None;
        }
        if (!face.Live) return PresenceChanges.None;
        if (IsOpen) return PresenceChanges.Started;
        IsOpen = true;
        return PresenceChanges.Opened | PresenceChanges.Started;
    }

    int Find(int trackId)
    {
        var i = 0;
        while (i < _count && _present[i].Presence.TrackId != trackId) i++;
        return i;
    }

    // Live: known to be a person's. Only then it is a presence for others.
    readonly record struct OpenPresence(Presence Presence, bool Facing, bool Live);
}
