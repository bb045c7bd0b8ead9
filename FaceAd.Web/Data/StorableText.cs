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

    /// <summary>
    /// A text that people typed, without the spaces around it and composed, to be stored or compared; null where nothing of it is seen.
    /// What cannot be stored stays, to be refused.
    /// </summary>
    public static string? Trimmed(string? text) => IsBlank(text) ? null : IsSound(text) ? Of(text.Trim()) : text.Trim();

    // Hangul fillers and the empty Braille cell count as letters and symbols.
    private static bool IsSeen(Rune rune) => rune.Value is not (0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark);

    /// <summary>
    /// Whether a text can be stored and keeps to a limit of characters as people see them (grapheme clusters, Unicode Annex 29): a Hangul
    /// syllable from a Mac is one, and so is a family emoji. Of each there is room for four code points.
    /// </summary>
    /// <param name="text">The text; null fits.</param>
    /// <param name="most">The limit.</param>
    public static bool Fits(string? text, int most) =>
        text is null || (IsSound(text) && Of(text) is var composed && Cut(composed, most).Length == composed.Length);

    /// <summary>The beginning of a text, as far as it keeps to a limit as <see cref="Fits"/> counts; no character is cut in two.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The limit, at least 1.</param>
    public static string Cut(string text, int most) => text.Length <= most ? text : Cut(text, most, Column(most));

    /// <summary>The beginning of a text, as far as a column of so many code points holds it; no character is cut in two.</summary>
    /// <param name="text">The text.</param>
    /// <param name="points">Length of the column.</param>
    public static string CutToColumn(string text, int points) => Cut(text, int.MaxValue, points);

    private static string Cut(string text, int characters, int most)
    {
        var (end, points) = (0, 0);
        for (var count = 0; count < characters && end < text.Length; count++)
        {
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(end));
            foreach (var _ in text.AsSpan(end, length).EnumerateRunes()) points++;
            if (points > most) break;
            end += length;
        }
        return text[..end];
    }

    /// <summary>How many code points a column for a text of limited length holds.</summary>
    /// <param name="most">The limit, in characters as people see them.</param>
    public static int Column(int most) => 4 * most;

    /// <summary>
    /// The limit of a browser's field, which counts UTF-16 units: so many, that only a text without end is cut there; the rest is told.
    /// </summary>
    /// <param name="most">The limit, in characters as people see them.</param>
    public static int Units(int most) => 2 * Column(most);

    /// <summary>A parameter's value: texts as <see cref="Of(string)"/>, everything else as it is.</summary>
    public static object? Of(object? value) => value switch
    {
        string text => Of(text),
        IReadOnlyCollection<string?> texts when !texts.All(t => t is null || ReferenceEquals(Of(t), t)) =>
            texts.Select(t => t is null ? null : Of(t)).ToArray(),
        _ => value,
    };
}
