using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace FaceAd.Web.Data;

/// <summary>
/// Texts from outside as they are stored and looked for: without zero bytes and unpaired surrogates, which PostgreSQL does not take, and
/// composed (NFC), so that a name is the same one however it was typed.
/// </summary>
static class StorableText
{
    /// <summary>Whether a text can be stored as it is.</summary>
    public static bool IsSound(string? text)
    {
        if (text is null) return true;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return false;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }
        return true;
    }

    /// <summary>
    /// A text that can be stored: what cannot becomes U+FFFD. Nothing is left out, so that a text which is looked for never becomes another
    /// one that is there.
    /// </summary>
    public static string Of(string text)
    {
        if (Ascii.IsValid(text) && !text.Contains('\0', StringComparison.Ordinal)) return text;
        var sound = IsSound(text) ? text : string.Concat(text.EnumerateRunes().Select(r => r.Value == 0 ? Rune.ReplacementChar : r));
        if (sound.IsNormalized()) return sound;
        var composed = sound.Normalize();
        return composed.Length <= sound.Length ? composed : sound; // a few characters are longer then, and a length is checked before
    }

    /// <summary>Whether nothing of a text is seen: it has spaces, fillers, marks of direction and the like, or nothing.</summary>
    public static bool IsBlank([NotNullWhen(false)] string? text) => text is null || !text.EnumerateRunes().Any(IsSeen);

    // Hangul fillers and the empty Braille cell count as letters and symbols.
    private static bool IsSeen(Rune rune) => rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);

    /// <summary>The beginning of a text; half of a character that takes two is left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How many UTF-16 units are kept, at least 1.</param>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>A parameter's value: texts as <see cref="Of(string)"/>, everything else as it is.</summary>
    public static object? Of(object? value) => value switch
    {
        string text => Of(text),
        IReadOnlyCollection<string?> texts when !texts.All(t => t is null || ReferenceEquals(Of(t), t)) =>
            texts.Select(t => t is null ? null : Of(t)).ToArray(),
        _ => value,
    };
}
