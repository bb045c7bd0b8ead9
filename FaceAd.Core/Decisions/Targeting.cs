namespace FaceAd.Core.Decisions;

/// <summary>Matches a campaign's segments and sites. Pure rules.</summary>
public static class Targeting
{
    /// <summary>Whether a campaign targets a segment. <see cref="Segment.Unknown"/> is never targeted.</summary>
    /// <param name="targets">The campaign's segments.</param>
    /// <param name="segment">The viewers' segment.</param>
    public static bool Wants(IReadOnlyList<Segment> targets, Segment segment) => segment != Segment.Unknown && targets.Contains(segment);

    /// <summary>Whether a campaign may run at a site.</summary>
    /// <param name="sites">The campaign's sites; empty for all.</param>
    /// <param name="siteId">The site.</param>
    public static bool RunsAt(IReadOnlyList<Guid> sites, Guid siteId) => sites.Count == 0 || sites.Contains(siteId);
}
