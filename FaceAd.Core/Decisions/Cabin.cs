namespace FaceAd.Core.Decisions;

/// <summary>What is known of the cabin in front of a screen when an ad is chosen.</summary>
/// <param name="SiteId">The screen's site.</param>
/// <param name="Calendar">The site's days.</param>
/// <param name="Riders">Everybody in view.</param>
public readonly record struct Cabin(Guid SiteId, SiteCalendar Calendar, IReadOnlyList<PresenceReport> Riders);
