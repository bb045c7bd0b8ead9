using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Controls;

/// <summary>Draws each <see cref="MetricNote"/> once in each language.</summary>
sealed class MetricTips(ComponentHtml html)
{
    private readonly ConcurrentDictionary<(string Key, string Place, string? More, string Language), Task<MarkupString>> _drawn = new();

    /// <summary>A note as HTML, in the current language.</summary>
    /// <param name="key">See <see cref="MetricNote.Key"/>.</param>
    /// <param name="place">See <see cref="MetricNote.Place"/>.</param>
    /// <param name="more">See <see cref="MetricNote.More"/>.</param>
    public Task<MarkupString> DrawAsync(string key, string place, string? more) =>
        _drawn.GetOrAdd((key, place, more, CultureInfo.CurrentUICulture.Name), DrawAsync, html);

    private static async Task<MarkupString> DrawAsync(
        (string Key, string Place, string? More, string Language) note, ComponentHtml html) =>
        new(await html.RenderAsync<MetricNote>(new()
        {
            [nameof(MetricNote.Key)] = note.Key,
            [nameof(MetricNote.Place)] = note.Place,
            [nameof(MetricNote.More)] = note.More,
        }));
}
