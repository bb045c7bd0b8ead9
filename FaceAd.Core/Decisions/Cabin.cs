using FaceAd.Core.Decisions.Gates;

namespace FaceAd.Core.Decisions;

/// <summary>The cabin in front of a screen when an ad is chosen.</summary>
/// <param name="SiteId">The screen's site.</param>
/// <param name="Calendar">The site's days.</param>
/// <param name="Riders">Everybody in view.</param>
public readonly record struct Cabin(Guid SiteId, SiteCalendar Calendar, IReadOnlyList<Rider> Riders);

/// <summary>A viewer.</summary>
/// <param name="Presence">Segment probabilities, time in view and attention, as reported last.</param>
/// <param name="Person">The person; null until recognised.</param>
public readonly record struct Rider(PresenceReport Presence, RecognisedPerson? Person = null)
{
    /// <summary>Probability that the rider stays in view for the exposure threshold, 0..1, by the site's rides.</summary>
    public double Stays { get; init; } = 1;
}

/// <summary>A recognised person, known for one epoch at one site.</summary>
/// <param name="Id">The person.</param>
/// <param name="Exposures">Exposures so far in this epoch by campaign; a campaign that is missing has none.</param>
public sealed record RecognisedPerson(Guid Id, IReadOnlyDictionary<Guid, int> Exposures)
{
    /// <summary>The segment for which the person's exposures count; unknown until it is fixed.</summary>
    public Segment Segment { get; init; }

    /// <summary>What the person has seen in this epoch, for frequency caps, separation and sequences; null when not read.</summary>
    public SeenAds? Seen { get; init; }
}
