using FaceAd.Core;

namespace FaceAd.Web.Screens;

/// <summary>What the server needs to know about a screen without a query.</summary>
/// <param name="Id">The screen.</param>
/// <param name="Name">Its name.</param>
/// <param name="SiteId">Its site.</param>
/// <param name="SiteName">The site's name.</param>
/// <param name="Mode">Where its frames are analysed.</param>
/// <param name="Measurement">Whether cameras may run at its site: measurement is on, consent is recorded, and there is a notice.</param>
/// <param name="Notice">Notice shown while measurement is on.</param>
/// <param name="Calendar">Its site's calendar.</param>
public sealed record ScreenEntry(
    Guid Id, string Name, Guid SiteId, string SiteName, InferenceMode Mode, bool Measurement, string Notice, SiteCalendar Calendar)
{
    /// <summary>When this server saw <see cref="Mode"/> change; the minimum value if it has not changed since the start.</summary>
    public DateTimeOffset ModeSince { get; init; } = DateTimeOffset.MinValue;

    /// <summary>When the cameras at its site were stopped last; null while they have never been.</summary>
    public DateTimeOffset? MeasuredUntil { get; init; }

    /// <summary>
    /// Whether audience data from this origin is accepted: the mode's own, and for a grace period after a change the other one's.
    /// </summary>
    /// <param name="origin">Where the frames were analysed.</param>
    /// <param name="at">When the audience was seen.</param>
    public bool Takes(InferenceMode origin, DateTimeOffset at) =>
        Mode == origin || (ModeSince > DateTimeOffset.MinValue && at - ModeSince <= InferenceHandover.Grace);
}
