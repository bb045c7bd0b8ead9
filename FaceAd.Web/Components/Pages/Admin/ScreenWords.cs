using FaceAd.Contracts;
using FaceAd.Web.Players;
using Microsoft.Extensions.Localization;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>A screen as the admin pages show it: what it does now, and what its row says.</summary>
/// <param name="Now">From memory.</param>
/// <param name="Revoked">Whether its token is void.</param>
/// <param name="LastSeenAt">Newest heartbeat, also of before this server started; null when it never was connected.</param>
public sealed record ScreenView(ScreenNow Now, bool Revoked, DateTimeOffset? LastSeenAt);

/// <summary>Says what is wrong with a screen in plain words.</summary>
static class ScreenWords
{
    // Reports are delivered within seconds; more than a few that wait mean that something holds them back.
    private const int OutboxNormal = 5;

    /// <summary>What needs a hand, most pressing first; empty when all is well.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="l">The words.</param>
    public static IReadOnlyList<string> Troubles(ScreenView screen, IStringLocalizer<Texts> l)
    {
        if (screen.Revoked) return [l["Admin.Screens.Trouble.Revoked"]];
        if (!screen.Now.Connected) return [screen.LastSeenAt is null ? l["Admin.Screens.Trouble.Never"] : l["Admin.Screens.Trouble.Silent"]];
        List<string> troubles = [];
        if (!screen.Now.PageRendering) troubles.Add(l["Admin.Screens.Trouble.Page"]);
        if (screen.Now.Camera == CameraState.Failed) troubles.Add(l["Admin.Screens.Trouble.Camera"]);
        if (screen.Now.OutboxPending > OutboxNormal) troubles.Add(l["Admin.Screens.Trouble.Outbox", screen.Now.OutboxPending]);
        if (screen.Now is { Mode: InferenceMode.Device, HasModels: false }) troubles.Add(l["Admin.Screens.Trouble.NoModels"]);
        if (screen.Now.Problem is { } problem && problem != Heartbeat.NoModels) troubles.Add(l["Admin.Screens.Trouble.Player", problem]);
        return troubles;
    }

    /// <summary>Who is in view, in words.</summary>
    /// <param name="segments">Most likely segment of each viewer.</param>
    /// <param name="l">The words.</param>
    /// <param name="display">Names the segments.</param>
    public static string Viewers(IReadOnlyList<Segment> segments, IStringLocalizer<Texts> l, Display display)
    {
        if (segments.Count == 0) return l["Admin.Screens.Viewers.None"];
        if (segments.Count == 1) return l["Admin.Screens.Viewers.One", display.Segment(segments[0])];
        var names = segments.GroupBy(s => s).OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Select(g => g.Count() == 1 ? display.Segment(g.Key) : $"{g.Count()} × {display.Segment(g.Key)}");
        return l["Admin.Screens.Viewers.Many", segments.Count, string.Join(", ", names)];
    }
}
