using FaceAd.Core;

namespace FaceAd.Web.Exposures;

/// <summary>An exposure as stored and as it should be; either may be null, and they differ.</summary>
readonly record struct ExposureChange(Exposure? Old, Exposure? New);

/// <summary>A play and a presence that overlap.</summary>
readonly record struct ExposurePair(PlayFact Play, PresenceFact Presence);

/// <summary>Compares stored exposures with what plays and presences imply. Pure.</summary>
static class ExposureDifference
{
    /// <summary>
    /// The pairs of the first due rows: of as many rows as it takes to reach a number of pairs, and of all if they have fewer. A row is
    /// never cut in two, so one that has more pairs than that still has its turn.
    /// </summary>
    /// <param name="duePlays">Due plays, also those that have no exposures.</param>
    /// <param name="duePresences">Due presences.</param>
    /// <param name="plays">The due plays of campaigns, and all that overlap a due presence.</param>
    /// <param name="presences">Every presence that overlaps a due play.</param>
    /// <param name="enough">Number of pairs.</param>
    /// <returns>The pairs, and how many of the due plays and presences they are of.</returns>
    public static (IReadOnlyCollection<ExposurePair> Pairs, int Plays, int Presences) Pair(
        IReadOnlyList<Guid> duePlays, IReadOnlyList<DuePresence> duePresences, IReadOnlyList<PlayFact> plays,
        IReadOnlyList<PresenceFact> presences, int enough)
    {
        var playOf = plays.ToDictionary(p => p.Id);
        var playsOf = plays.ToLookup(p => p.ScreenId);
        var presencesOf = presences.ToLookup(s => s.ScreenId);
        Dictionary<(Guid, Guid), ExposurePair> pairs = [];
        var (takenPlays, takenPresences) = (0, 0);
        while (pairs.Count < enough && takenPlays < duePlays.Count)
        {
            if (playOf.TryGetValue(duePlays[takenPlays++], out var play))
                Add(presencesOf[play.ScreenId].Select(s => new ExposurePair(play, s)));
        }
        while (pairs.Count < enough && takenPresences < duePresences.Count)
        {
            var presence = duePresences[takenPresences++].Presence;
            Add(playsOf[presence.ScreenId].Select(p => new ExposurePair(p, presence)));
        }
        return (pairs.Values, takenPlays, takenPresences);

        void Add(IEnumerable<ExposurePair> some)
        {
            foreach (var pair in some.Where(p => p.Play.Interval.Overlaps(p.Presence.Interval)))
                pairs[(pair.Play.Id, pair.Presence.Id)] = pair;
        }
    }

    /// <summary>The exposures that must be added, changed or removed.</summary>
    /// <param name="pairs">Plays and presences of one site.</param>
    /// <param name="known">The stored exposures of these pairs.</param>
    /// <param name="calendar">The site's calendar.</param>
    /// <param name="threshold">Minimum overlap.</param>
    public static List<ExposureChange> Find(
        IReadOnlyCollection<ExposurePair> pairs, IReadOnlyList<Exposure> known, SiteCalendar calendar, TimeSpan threshold)
    {
        var old = known.ToDictionary(e => (e.PlayId, e.PresenceId));
        List<ExposureChange> changes = [];
        foreach (var (play, presence) in pairs)
        {
            // An unmeasured play has no exposures, even if parts of it were observed.
            if (!play.Measured || ExposureCalculator.Compute(
                play.Interval, presence.Interval, presence.Attention, play.CreativeSeconds, threshold) is not { } seen) continue;
            var now = Make(play, presence, seen, calendar);
            old.Remove((play.Id, presence.Id), out var before);
            if (now != before) changes.Add(new ExposureChange(before, now));
        }
        changes.AddRange(old.Values.Select(gone => new ExposureChange(gone, null)));
        return changes;
    }

    private static Exposure Make(PlayFact play, PresenceFact presence, Sighting seen, SiteCalendar calendar) => new()
    {
        Day = play.Day,
        PlayId = play.Id,
        PresenceId = presence.Id,
        CampaignId = play.CampaignId,
        CreativeId = play.CreativeId,
        OrganisationId = play.OrganisationId,
        ScreenId = play.ScreenId,
        // A person counts only in their own epoch: a ride across the midnight between two epochs has no person in the other one.
        PersonId = presence.Epoch == calendar.EpochOf(play.Day) ? presence.PersonId : null,
        Segment = presence.Segment,
        OnTarget = play.Targets.Contains((int)presence.Segment),
        At = seen.At,
        SecondsPresent = seen.SecondsPresent,
        SecondsAttentive = seen.SecondsAttentive,
        Completed = seen.Completed,
        Watched = seen.Watched,
    };
}
