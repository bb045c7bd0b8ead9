using MudBlazor;

namespace FaceAd.Web.Components;

/// <summary>The library's colours, for marks that are plain elements: an open page holds each of its components.</summary>
static class ColorText
{
    /// <summary>CSS class of text in a colour; null for the usual one.</summary>
    /// <param name="color">The colour.</param>
    public static string? Text(this Color color) => color == Color.Default ? null : $"mud-{color.ToString().ToLowerInvariant()}-text";
}
