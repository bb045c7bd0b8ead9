using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Controls;

/// <summary>
/// Draws each <see cref="MetricNote"/> once in each language. A page has dozens of them that never change: as components, each open page
/// would hold them.
/// </summary>
sealed class MetricTips(ComponentHtml html)
{
    private readonly ConcurrentDictionary<(string Key, string Place, string? More, string Language), MarkupString> _drawn = new();

    /// <summary>A note as HTML, in the current language.</summary>
    /// <param name="key">See <see cref="MetricNote.Key"/>.</param>
    /// <param name="place">See <see cref="MetricNote.Place"/>.</param>
    /// <param name="more">See <see cref="MetricNote.More"/>.</param>
    public MarkupString Of(string key, string place, string? more = null)
    {
        var note = (key, place, more, CultureInfo.CurrentUICulture.Name);
        if (_drawn.TryGetValue(note, out var drawn)) return drawn;
        // It waits for nothing, so it is drawn when the call returns.
        return _drawn[note] = new(html.RenderAsync<MetricNote>(new()
        {
            [nameof(MetricNote.Key)] = key,
            [nameof(MetricNote.Place)] = place,
            [nameof(MetricNote.More)] = more,
        }).GetAwaiter().GetResult());
    }
}
