using System.Collections.Concurrent;
using FaceAd.Core;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Controls;

/// <summary>
/// A portrait icon of an age group and gender; the text beside it carries the meaning. Not a component, as <see cref="Icon"/>.
/// </summary>
static class SegmentPicture
{
    private const string Eyes = """<path fill="none" stroke="#2b2624" stroke-width="1.5" d="M20.5 21.500v.2M27.5 21.500v.2M21 27c1.8 1.6 4.2 1.6 6 0"/>""";

    private static readonly ConcurrentDictionary<Segment, MarkupString> Drawn = new();

    /// <summary>A picture.</summary>
    /// <param name="segment">Which segment.</param>
    public static MarkupString Of(Segment segment) => Drawn.GetOrAdd(segment, static s => new(
        $"""<svg class="segment-picture {Css(s)}" viewBox="0 0 48 48" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{DrawingOf(s)}</svg>"""));

    /// <summary>CSS class of a segment, which carries its colour.</summary>
    /// <param name="segment">The segment.</param>
    public static string Css(Segment segment) => segment switch
    {
        Segment.Kids => "seg-kids",
        Segment.Men2030 => "seg-m20",
        Segment.Women2030 => "seg-w20",
        Segment.Men4050 => "seg-m40",
        Segment.Women4050 => "seg-w40",
        Segment.Silver => "seg-silver",
        _ => "seg-unknown",
    };

    private static string DrawingOf(Segment segment) => segment switch
    {
        Segment.Kids => $"""<path fill="var(--c)" d="M12 46c0-7 5-10.5 12-10.500S36 39 36 46z"/><circle fill="#efcfb7" cx="24" cy="23" r="11.5"/><path fill="#4a3425" d="M12.5 21C12.5 14 17.5 10 24 10s11.5 4 11.5 11c-3-.5-5-2.5-6-5-2.5 3.5-10 5-17 5z"/><path fill="none" stroke="#4a3425" stroke-width="2.2" d="M24 10c-.5-3 1-5 3.5-5"/>{Eyes}""",
        Segment.Men2030 => $"""<path fill="var(--c)" d="M8 46c0-8 6.5-11.5 16-11.500S40 38 40 46z"/><path fill="#efcfb7" d="M15 20a9 9 0 0 1 18 0v4a9 9 0 0 1-18 0z"/><path fill="#2b2624" d="M14 22c-1.5-8 2-14 10.5-14 7 0 11 4.5 9.5 13.5-1.5-1-2-3.5-2-5.5-4 1-9 .5-12-1.5-1.5 2-4 4-4 7.500z"/>{Eyes}""",
        Segment.Women2030 => $"""<path fill="#2b2624" d="M24 7c-8.5 0-12.5 6-12.5 14 0 7-1 11-3 14 4 2.5 10 3 15.5 3s11.5-.5 15.5-3c-2-3-3-7-3-14 0-8-4-14-12.5-14z"/><path fill="var(--c)" d="M10 46c0-7 6-10 14-10s14 3 14 10z"/><path fill="#efcfb7" d="M15.5 20a8.5 8.5 0 0 1 17 0v4a8.5 8.5 0 0 1-17 0z"/><path fill="#2b2624" d="M15 22c0-7 3-11 9-11s9 4 9 11c-4-.5-7-3-8.5-6-2 3-5.5 5.5-9.5 6z"/>{Eyes}""",
        Segment.Men4050 => $"""<path fill="var(--c)" d="M8 46c0-8 6.5-11.5 16-11.500S40 38 40 46z"/><path fill="#fff" d="m19 35 5 6 5-6z"/><path fill="#efcfb7" d="M15 20a9 9 0 0 1 18 0v4a9 9 0 0 1-18 0z"/><path fill="#2b2624" d="M14.5 21C13.5 13 17 8.5 24 8.500S34.5 13 33.5 21c-1-1-1.5-3-2-5.5-2-1.5-4.5-2-7.5-2s-5.5.5-7.5 2c-.5 2.5-1 4.5-2 5.500z"/><path fill="none" stroke="#2b2624" stroke-width="1.2" d="M17.5 20.500h5v3.500h-5zM25.5 20.500h5v3.500h-5zM22.5 21.500h3"/><path fill="none" stroke="#2b2624" stroke-width="1.5" d="M21 28.200c1.8 1.2 4.2 1.2 6 0"/>""",
        Segment.Women4050 => $"""<path fill="#5a3526" d="M24 7.500c-8 0-12 5-12 12.5 0 5 .5 8.5 2.5 11.500h19c2-3 2.5-6.5 2.5-11.5 0-7.5-4-12.5-12-12.500z"/><path fill="var(--c)" d="M9 46c0-7.5 6-11 15-11s15 3.5 15 11z"/><path fill="#efcfb7" d="M15.5 20a8.5 8.5 0 0 1 17 0v4a8.5 8.5 0 0 1-17 0z"/><path fill="#5a3526" d="M15 20.500c0-6 3.5-9.5 9-9.500s9 3.5 9 9.500c-2-3-6-5-9-5s-7 2-9 5z"/><path fill="none" stroke="#fff" stroke-width="2" stroke-dasharray=".1 2.6" d="M19 36.500c3 2.5 7 2.5 10 0"/>{Eyes}""",
        Segment.Silver => $"""<path fill="var(--c)" d="M8 46c0-8 6.5-11.5 16-11.500S40 38 40 46z"/><path fill="#efcfb7" d="M15 20a9 9 0 0 1 18 0v4a9 9 0 0 1-18 0z"/><path style="fill: light-dark(#b4bfc3, #e3e6e6)" d="M13 23.500c-2-2-2-5 0-6.5-.5-3.5 2-6 5-6 1.5-3 5.5-4 8.5-2.5 4-.5 7 2 7.5 5 3 1.5 3 6 1 8.5-1.5-1.5-2-4-3-6-4 .5-11 .5-16-1-1 2.5-1.5 6.5-3 8.500z"/><path fill="none" stroke="#2b2624" stroke-width="1.2" d="M17.2 22.500a2.8 2.8 0 1 0 5.6 0 2.8 2.8 0 1 0-5.6 0M25.2 22.500a2.8 2.8 0 1 0 5.6 0 2.8 2.8 0 1 0-5.6 0M22.8 22h2.4"/><path fill="none" stroke="#2b2624" stroke-width="1.5" d="M21 28.500c1.8 1.2 4.2 1.2 6 0"/>""",
        _ => """<path fill="var(--c)" d="M8 46c0-8 6.5-11.5 16-11.500S40 38 40 46z"/><circle fill="#efcfb7" cx="24" cy="21" r="10"/><path fill="none" stroke="#2b2624" stroke-width="1.5" d="M21.5 19c0-3.5 5.5-3.5 5.5 0 0 2-2.7 2.2-2.7 4.200M24.3 26.500v.2"/>""",
    };
}
