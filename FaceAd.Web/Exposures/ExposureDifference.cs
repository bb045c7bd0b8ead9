using FaceAd.Core;

namespace FaceAd.Web.Exposures;

/// <summary>An exposure as stored and as it should be; either may be null, and they differ.</summary>
readonly record struct ExposureChange(Exposure? Old, Exposure? New);

/// <summary>Compares stored exposures with what plays and presences imply. Pure.</summary>
static class ExposureDifference
{
    /// <summary>The exposures that must be added, changed or removed.</summary>
    /// <param name="plays">Plays of one site.</param>
    /// <param name="presences">Every presence that overlaps one of them.</param>
    /// <param name="known">The stored exposures of these plays.</param>
    /// <param name="calendar">The site's calendar.</param>
    /// <param name="threshold">Minimum overlap.</param>
    public static List<ExposureChange> Find(
        IReadOnlyList<PlayFact> plays, IReadOnlyList<PresenceFact> presences, IReadOnlyList<Exposure> known, SiteCalendar calendar,
        TimeSpan threshold)
    {
        var presencesOf = presences.ToLookup(s => s.ScreenId);
        var old = known.ToDictionary(e => (e.PlayId, e.PresenceId));
        List<ExposureChange> changes = [];
        foreach (var play in plays)
        {
            // An unmeasured play has no exposures, even if parts of it were observed.
            foreach (var presence in play.Measured ? presencesOf[play.ScreenId] : [])
            {
                if (ExposureCalculator.Compute(play.Interval, presence.Interval, presence.Attention, play.CreativeSeconds,
                    threshold) is not { } seen) continue;
                var now = Make(play, presence, seen, calendar);
                old.Remove((play.Id, presence.Id), out var before);
                if (now != before) changes.Add(new ExposureChange(before, now));
            }
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
