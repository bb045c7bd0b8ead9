using FaceAd.Core;
using FaceAd.Web.Language;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Admin;

/// <summary>A screen as the admin pages show it: its live state, and its row.</summary>
/// <param name="Now">Live state, from memory.</param>
/// <param name="Revoked">Whether its token is revoked.</param>
/// <param name="LastSeenAt">Latest heartbeat, including those before this server started; null when it never connected.</param>
public sealed record ScreenView(ScreenNow Now, bool Revoked, DateTimeOffset? LastSeenAt)
{
    /// <summary>Whether it belongs to the sample data and no player serves it.</summary>
    public bool IsSample { get; init; }

    /// <summary>How many of its plays were disputed lately, by reason, most first; empty for none.</summary>
    public IReadOnlyList<(DisputeReason Reason, long Plays)> Disputed { get; init; } = [];

    /// <summary>The newest key with which its player signs, and since when; null before the first signed play.</summary>
    public (string Fingerprint, DateTimeOffset Since)? Key { get; init; }
}

/// <summary>Describes a screen's state and problems in plain text.</summary>
static class ScreenText
{
    // Reports are delivered within seconds; more than a few pending ones mean that something is blocking them.
    private const int OutboxNormal = 5;

    /// <summary>What needs attention, most urgent first; empty when all is well.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="l">The texts.</param>
    public static IReadOnlyList<string> Troubles(ScreenView screen, IStringLocalizer<Texts> l)
    {
        if (screen.Revoked) return [l["Admin.Screens.Trouble.Revoked"]];
        if (screen is { IsSample: true, Now.Connected: false }) return [];
        if (!screen.Now.Connected)
            return [screen.LastSeenAt is null ? l["Admin.Screens.Trouble.Never"] : l["Admin.Screens.Trouble.Silent"]];
        List<string> troubles = [];
        if (!screen.Now.PageRendering) troubles.Add(l["Admin.Screens.Trouble.Page"]);
        if (screen.Now.Camera == CameraState.Failed) troubles.Add(l["Admin.Screens.Trouble.Camera"]);
        if (screen.Now.Hints.Turn is var turn and not 0) troubles.Add(l["Admin.Screens.Trouble.Turned", turn]);
        if (screen.Now.Hints.StillFace) troubles.Add(l["Admin.Screens.Trouble.StillFace"]);
        if (screen.Now.IsDisputed) troubles.Add(l["Admin.Screens.Trouble.Second"]);
        if (screen.Now.LeftOut is { Count: > 0 } videos) troubles.Add(l["Admin.Screens.Trouble.LeftOut", string.Join(", ", videos)]);
        if (screen.Now.Sensors.Any(s => s.State == SensorState.Unknown)) troubles.Add(l["Admin.Screens.Trouble.Sensor"]);
        if (screen.Now.CpuCelsius >= ScreenNow.HotCelsius)
            troubles.Add(l["Admin.Screens.Trouble.Hot", screen.Now.CpuCelsius, ScreenNow.HotCelsius]);
        if (screen.Now.OutboxPending > OutboxNormal) troubles.Add(l["Admin.Screens.Trouble.Outbox", screen.Now.OutboxPending]);
        if (screen.Now is { Mode: InferenceMode.Device, HasModels: false }) troubles.Add(l["Admin.Screens.Trouble.NoModels"]);
        if (screen.Now.ClockAhead is { } ahead && ahead.Duration() > ScreenNow.MostClockAhead)
            troubles.Add(l["Admin.Clock.Trouble.Off", Clock(screen.Now, l)]);
        if (screen.Now.ClockDrift is { } drift && Math.Abs(drift) > ScreenNow.MostClockDrift)
            troubles.Add(l["Admin.Clock.Trouble.Drift", Math.Abs(drift)]);
        if (screen.Now.Problem is { } problem && problem != Heartbeat.NoModels) troubles.Add(l["Admin.Screens.Trouble.Player", problem]);
        return troubles;
    }

    /// <summary>Whether its player is connected, as text and its colour.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="l">The texts.</param>
    /// <param name="display">Formats the time.</param>
    public static (Color Colour, string Text) State(ScreenView screen, IStringLocalizer<Texts> l, Display display)
    {
        if (screen.Revoked) return (Color.Error, l["Admin.Screens.State.Revoked"]);
        if (screen.Now.Connected) return (Color.Success, l["Admin.Screens.State.Connected"]);
        if (screen.IsSample) return (Color.Warning, l["Admin.Screens.State.Sample"]);
        if (screen.LastSeenAt is not { } at) return (Color.Warning, l["Admin.Screens.State.Never"]);
        var isToday = DateOnly.FromDateTime(display.Local(at).DateTime) == display.Today;
        return (Color.Error, l["Admin.Screens.State.Silent", isToday ? display.Clock(at) : display.Moment(at)]);
    }

    /// <summary>What is on a screen, as text.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="l">The texts.</param>
    public static string Showing(ScreenNow screen, IStringLocalizer<Texts> l) =>
        screen.ShowingName ?? l[screen.ShowingCreativeId is null ? "Admin.Screens.Nothing" : "Admin.Screens.Unlisted"];

    /// <summary>How many of a screen's plays were disputed lately and why, as text; null for none.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="l">The texts.</param>
    /// <param name="display">Formats the numbers.</param>
    public static string? Disputed(ScreenView screen, IStringLocalizer<Texts> l, Display display)
    {
        if (screen.Disputed.Count == 0) return null;
        var reasons = screen.Disputed.Select(d => $"{l["Admin.Screens.Disputed." + d.Reason]} ({display.Count(d.Plays)})");
        var plays = display.Count(screen.Disputed.Sum(d => d.Plays));
        return l["Admin.Screens.Disputed", plays, DisputeStore.LatelyDays, string.Join(", ", reasons)];
    }

    /// <summary>Whether the clock of a screen's machine needs attention.</summary>
    public static bool ClockIsOff(ScreenNow screen) =>
        screen.ClockAhead?.Duration() > ScreenNow.MostClockAhead || Math.Abs(screen.ClockDrift ?? 0) > ScreenNow.MostClockDrift;

    /// <summary>Clock difference of a screen's machine, formatted; a dash before it was reported.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="l">The texts.</param>
    public static string Clock(ScreenNow screen, IStringLocalizer<Texts> l)
    {
        if (screen.ClockAhead is not { } ahead) return Display.Dash;
        var off = ahead.Duration();
        if (off < TimeSpan.FromSeconds(0.5)) return l["Admin.Clock.Right"];
        string Number(double value) => value.ToString(value < 10 ? "0.#" : "0", System.Globalization.CultureInfo.CurrentCulture);
        string length = off.TotalSeconds < 100 ? l["Admin.Clock.Seconds", Number(off.TotalSeconds)]
            : off.TotalMinutes < 100 ? l["Admin.Clock.Minutes", Number(off.TotalMinutes)]
            : off.TotalHours < 72 ? l["Admin.Clock.Hours", Number(off.TotalHours)]
            : l["Admin.Clock.Days", Number(off.TotalDays)];
        return l[ahead > TimeSpan.Zero ? "Admin.Clock.Ahead" : "Admin.Clock.Behind", length];
    }

    /// <summary>A cabin sensor's state, as text.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="l">The texts.</param>
    public static string Sensor(SensorReport sensor, IStringLocalizer<Texts> l)
    {
        string state = l["Admin.Screens.Sensor." + sensor.Kind + "." + sensor.State];
        return sensor.Metres is { } metres
            ? l["Admin.Screens.Sensor.Metres", state, metres.ToString("0.0", System.Globalization.CultureInfo.CurrentCulture)] : state;
    }

    /// <summary>The viewers, as text.</summary>
    /// <param name="segments">Most likely segment of each viewer.</param>
    /// <param name="l">The texts.</param>
    /// <param name="display">Formats the segments' names.</param>
    public static string Viewers(IReadOnlyList<Segment> segments, IStringLocalizer<Texts> l, Display display)
    {
        if (segments.Count == 0) return l["Admin.Screens.Viewers.None"];
        if (segments.Count == 1) return l["Admin.Screens.Viewers.One", display.Segment(segments[0])];
        var names = segments.GroupBy(s => s).OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Select(g => g.Count() == 1 ? display.Segment(g.Key) : $"{g.Count()} × {display.Segment(g.Key)}");
        return l["Admin.Screens.Viewers.Many", segments.Count, string.Join(", ", names)];
    }
}
