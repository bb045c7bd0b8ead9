using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Controls;

/// <summary>
/// Line icons on a 24 px grid. Decorative only: the meaning is always in text beside them or in an aria-label. Not components: a page has
/// dozens, and an open page holds each of its components.
/// </summary>
static class Icon
{
    private static readonly ConcurrentDictionary<(string Name, string? Classes), MarkupString> Drawn = new();

    /// <summary>An icon.</summary>
    /// <param name="name">Which.</param>
    /// <param name="classes">Extra CSS classes, never from outside.</param>
    public static MarkupString Of(string name, string? classes = null) => Drawn.GetOrAdd((name, classes), static icon => new(
        $"""<svg class="icon {icon.Classes}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{Path(icon.Name)}</svg>"""));

    private static string Path(string name) => name switch
    {
        "campaign" => """<path d="M4 10v4h3l7 4V6l-7 4H4z"/><path d="M17.5 9a4 4 0 0 1 0 6"/><path d="M7 14v4.500h2.5"/>""",
        "approve" => """<circle cx="12" cy="12" r="8.5"/><path d="m8.5 12.3 2.5 2.5 4.7-5.3"/>""",
        "screen" => """<rect x="5" y="3" width="14" height="18" rx="2"/><path d="M5 15h14M10 18h4"/>""",
        "live" => """<path d="M3 12h4l2.5-6 4.5 12 2.5-6H21"/>""",
        "overview" => """<rect x="4" y="4" width="7" height="9" rx="1.5"/><rect x="13" y="4" width="7" height="5" rx="1.5"/><rect x="13" y="11" width="7" height="9" rx="1.5"/><rect x="4" y="15" width="7" height="5" rx="1.5"/>""",
        "target" => """<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="4"/><path d="M12 12v.2"/>""",
        "plus" => """<path d="M12 5v14M5 12h14"/>""",
        "alert" => """<path d="M12 4 3 19.500h18L12 4z"/><path d="M12 10v4.500M12 17v.2"/>""",
        "info" => """<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8v.2"/>""",
        "play" => """<path d="M8 5.500v13l10.5-6.500L8 5.500z"/>""",
        "pause" => """<path d="M8 5v14M16 5v14"/>""",
        "trash" => """<path d="M5 7h14M10 7V4.500h4V7M7 7l1 12.500h8L17 7M10.5 10.500v5.500M13.5 10.500v5.5"/>""",
        "edit" => """<path d="M5 19l.8-3.600L15.5 5.700a1.5 1.5 0 0 1 2.1 0l.7.700a1.5 1.5 0 0 1 0 2.100L8.6 18.2 5 19z"/>""",
        "upload" => """<path d="M12 16V5M7.5 9.5 12 5l4.5 4.500M5 19h14"/>""",
        "download" => """<path d="M12 4v11M7.5 10.5 12 15l4.5-4.500M5 19h14"/>""",
        "print" => """<path d="M7 9V4h10v5M7 17H4.5v-7h15v7H17"/><rect x="7" y="14" width="10" height="6"/>""",
        "link" => """<path d="M10 14a3.500 3.500 0 0 0 5 0l3.500-3.500a3.500 3.500 0 0 0-5-5L12 7"/><path d="M14 10a3.500 3.500 0 0 0-5 0l-3.500 3.500a3.500 3.500 0 0 0 5 5L12 17"/>""",
        "copy" => """<rect x="8" y="8" width="12" height="12" rx="2"/><path d="M16 8V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h2"/>""",
        "back" => """<path d="M14.5 6 8.5 12l6 6"/>""",
        "menu" => """<path d="M4 7h16M4 12h16M4 17h16"/>""",
        "close" => """<path d="m6 6 12 12M18 6 6 18"/>""",
        "sun" => """<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.400M18.4 5.6 17 7M7 17l-1.4 1.4"/>""",
        "moon" => """<path d="M19 14.500A7.5 7.5 0 0 1 9.5 5a7.5 7.5 0 1 0 9.5 9.500z"/>""",
        "system" => """<rect x="3.5" y="5" width="17" height="11" rx="1.5"/><path d="M9 20h6M12 16v4"/>""",
        "out" => """<path d="M14 5H6.500A1.5 1.5 0 0 0 5 6.500v11A1.5 1.5 0 0 0 6.5 19H14M10.5 12H20M16.5 8.5 20 12l-3.5 3.5"/>""",
        "building" => """<path d="M6 21V4.500A1.5 1.5 0 0 1 7.5 3h9A1.5 1.5 0 0 1 18 4.500V21M3.5 21h17M10 7.500h.2M14 7.500h.2M10 11.500h.2M14 11.500h.2M10.5 21v-5h3v5"/>""",
        "camera" => """<rect x="3" y="7" width="13" height="10" rx="2"/><path d="m16 11 5-3v8l-5-3"/>""",
        "camera-off" => """<path d="M16 11l5-3v8l-5-3M9 7h5a2 2 0 0 1 2 2v5M16 17H5a2 2 0 0 1-2-2V9a2 2 0 0 1 1.5-1.900M4 4l16 16"/>""",
        "eye" => """<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="3"/>""",
        "table" => """<rect x="4" y="5" width="16" height="14" rx="1.5"/><path d="M4 10h16M4 14.500h16M10 5v14"/>""",
        "chart" => """<path d="M4 20h16M7 16v-5M12 16V6M17 16v-8"/>""",
        "key" => """<circle cx="8" cy="15" r="4"/><path d="m11 12 8-8M16 7l2.5 2.5"/>""",
        "film" => """<rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M8 5v14M16 5v14M3.5 9.500H8M3.5 14.500H8M16 9.500h4.500M16 14.500h4.5"/>""",
        "check" => """<path d="m5 12.5 4.5 4.500L19 7.5"/>""",
        "calendar" => """<rect x="4" y="5.5" width="16" height="14.500" rx="2"/><path d="M4 10h16M8.500 3.500v4M15.500 3.500v4"/>""",
        "group" => """<path d="M4 20.500V8.500L9 6v14.500M9 20.500V11l6-2.500v12M15 20.500v-7.500l5-1.500v9M3 20.500h18"/>""",
        "clock" => """<circle cx="12" cy="12" r="8.5"/><path d="M12 7.500V12l3 2"/>""",
        "consent" => """<path d="M7 3.5h7l4 4v13H7z"/><path d="M14 3.5V8h4M9.500 14.500l2 2 4-4.500"/>""",
        "shield" => """<path d="M12 3.500 5 6v5.500c0 4.500 3 7.500 7 9 4-1.500 7-4.500 7-9V6l-7-2.500z"/><path d="m9 11.800 2.200 2.200 4-4.500"/>""",
        "mail" => """<rect x="3.5" y="5.500" width="17" height="13" rx="2"/><path d="m4.500 7.500 7.500 6 7.500-6"/>""",
        "people" => """<circle cx="9" cy="8.500" r="3.5"/><path d="M2.500 19.500c.5-4 3-6 6.500-6s6 2 6.500 6M15.500 5.300a3.5 3.500 0 0 1 0 6.400M17.500 14c2.400.6 3.700 2.500 4 5.500"/>""",
        "log" => """<path d="M5 5h14M5 10h14M5 15h9M5 20h6"/>""",
        "search" => """<circle cx="10.500" cy="10.500" r="6"/><path d="m15 15 5 5"/>""",
        "bell" => """<path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15L6 16.500zM10 20.500a2.200 2.200 0 0 0 4 0"/>""",
        "comment" => """<path d="M4.500 5.500h15v10.500h-8L7 19.500V16H4.500z"/>""",
        "motion" => """<circle cx="12" cy="12" r="2"/><path d="M7.800 7.800a6 6 0 0 0 0 8.400M16.200 7.800a6 6 0 0 1 0 8.400M5 5a10 10 0 0 0 0 14M19 5a10 10 0 0 1 0 14"/>""",
        "distance" => """<path d="M4 6v12M20 6v12M7 12h10M9.500 9.500 7 12l2.500 2.500M14.500 9.500 17 12l-2.500 2.500"/>""",
        "heat" => """<path d="M10 13.500v-8a2 2 0 0 1 4 0v8a4 4 0 1 1-4 0z"/><path d="M12 9.500v7"/>""",
        _ => """<circle cx="12" cy="12" r="3"/>""",
    };
}
