namespace FaceAd.Core.Decisions;

/// <summary>The cabin in front of a screen when an ad is chosen.</summary>
/// <param name="SiteId">The screen's site.</param>
/// <param name="Calendar">The site's days.</param>
/// <param name="Riders">Everybody in view.</param>
public readonly record struct Cabin(Guid SiteId, SiteCalendar Calendar, IReadOnlyList<Rider> Riders);

/// <summary>A viewer.</summary>
/// <param name="Presence">Segment probabilities, time in view and attention, as reported last.</param>
/// <param name="Person">The person; null until recognised.</param>
public readonly record struct Rider(PresenceReport Presence, RecognisedPerson? Person = null);

/// <summary>A recognised person, known for one epoch at one site.</summary>
/// <param name="Id">The person.</param>
/// <param name="Exposures">Exposures so far in this epoch by campaign; a campaign that is missing has none.</param>
public sealed record RecognisedPerson(Guid Id, IReadOnlyDictionary<Guid, int> Exposures);
