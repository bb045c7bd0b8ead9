using System.Text;

namespace FaceAd.Web.Data;

/// <summary>Texts from outside as PostgreSQL takes them: without zero bytes and unpaired surrogates.</summary>
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
    public static string Of(string text) => IsSound(text) ? text
        : string.Concat(text.EnumerateRunes().Select(r => r.Value == 0 ? Rune.ReplacementChar : r));

    /// <summary>The beginning of a text; half of a character that takes two is left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How many UTF-16 units are kept, at least 1.</param>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>A parameter's value: texts as <see cref="Of(string)"/>, everything else as it is.</summary>
    public static object? Of(object? value) => value switch
    {
        string text => Of(text),
        IReadOnlyCollection<string?> texts when !texts.All(IsSound) => texts.Select(t => t is null ? null : Of(t)).ToArray(),
        _ => value,
    };
}
