using FaceAd.Web.Screens;

namespace FaceAd.Web.Exposures;

/// <summary>One exposure as it stood and as it should be; either may be missing, and they differ.</summary>
readonly record struct ExposureChange(Exposure? Old, Exposure? New);

/// <summary>What plays and stays say that exposures should be, against what they are. Pure.</summary>
static class ExposureDifference
{
    /// <summary>The exposures that must be written, changed or removed.</summary>
    /// <param name="plays">Plays of one site.</param>
    /// <param name="stays">Every stay that overlaps one of them.</param>
    /// <param name="known">The exposures of these plays as they stand.</param>
    /// <param name="calendar">The site's days.</param>
    /// <param name="threshold">Least overlap.</param>
    public static List<ExposureChange> Find(
        IReadOnlyList<PlayFact> plays, IReadOnlyList<StayFact> stays, IReadOnlyList<Exposure> known, SiteCalendar calendar, TimeSpan threshold)
    {
        var staysOf = stays.ToLookup(s => s.ScreenId);
        var old = known.ToDictionary(e => (e.PlayId, e.PresenceId));
        List<ExposureChange> changes = [];
        foreach (var play in plays)
        {
            // An unmeasured play has no exposures, whatever was seen in parts of it.
            foreach (var stay in play.Measured ? staysOf[play.ScreenId] : [])
            {
                if (ExposureCalculator.Compute(play.Interval, stay.Interval, stay.Attention, play.CreativeSeconds, threshold) is not { } seen) continue;
                var now = Make(play, stay, seen, calendar);
                old.Remove((play.Id, stay.Id), out var before);
                if (now != before) changes.Add(new ExposureChange(before, now));
            }
        }
        changes.AddRange(old.Values.Select(gone => new ExposureChange(gone, null)));
        return changes;
    }

    private static Exposure Make(PlayFact play, StayFact stay, Sighting seen, SiteCalendar calendar) => new()
    {
        Day = play.Day,
        PlayId = play.Id,
        PresenceId = stay.Id,
        CampaignId = play.CampaignId,
        CreativeId = play.CreativeId,
        OrganisationId = play.OrganisationId,
        ScreenId = play.ScreenId,
        // A person counts in its own epoch only: whoever rides through the midnight between two is nobody in the other one.
        PersonId = stay.Epoch == calendar.EpochOf(play.Day) ? stay.PersonId : null,
        Segment = stay.Segment,
        OnTarget = play.Targets.Contains((int)stay.Segment),
        At = seen.At,
        SecondsPresent = seen.SecondsPresent,
        SecondsAttentive = seen.SecondsAttentive,
        Completed = seen.Completed,
        Watched = seen.Watched,
    };
}
