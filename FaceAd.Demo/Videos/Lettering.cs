using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>Text of the videos, in Debian's Noto fonts. Hangul syllables are single glyphs there, so no shaping is needed.</summary>
static class Lettering
{
    const string Folder = "/usr/share/fonts/opentype/noto/";
    const int Korean = 1; // index among the five faces in each file
    const float CharacterSeconds = 0.05f;

    /// <summary>Bold sans serif.</summary>
    public static SKTypeface Bold { get; } = Face("NotoSansCJK-Bold.ttc");

    /// <summary>Regular sans serif.</summary>
    public static SKTypeface Regular { get; } = Face("NotoSansCJK-Regular.ttc");

    /// <summary>Bold serif.</summary>
    public static SKTypeface Serif { get; } = Face("NotoSerifCJK-Bold.ttc");

    /// <summary>Creates a font.</summary>
    /// <param name="face">The typeface.</param>
    /// <param name="size">Height in pixels.</param>
    /// <param name="italic">Whether it is slanted.</param>
    public static SKFont Font(SKTypeface face, float size, bool italic = false) =>
        new(face, size) { Subpixel = true, Edging = SKFontEdging.Antialias, SkewX = italic ? -0.2f : 0 };

    /// <summary>Writes a line.</summary>
    /// <param name="canvas">The canvas.</param>
    /// <param name="text">The text.</param>
    /// <param name="x">Horizontal anchor.</param>
    /// <param name="y">Baseline.</param>
    /// <param name="font">The font.</param>
    /// <param name="ink">The colour.</param>
    /// <param name="align">Whether <paramref name="x"/> is the left end, the centre or the right end.</param>
    /// <param name="spacing">Letter spacing as a share of the size.</param>
    public static void Write(
        this SKCanvas canvas, string text, float x, float y, SKFont font, SKPaint ink, SKTextAlign align = SKTextAlign.Left,
        float spacing = 0)
    {
        var characters = Characters(text, font, spacing);
        x -= align switch { SKTextAlign.Right => characters[^1].Right, SKTextAlign.Center => characters[^1].Right / 2, _ => 0 };
        foreach (var (character, left, _) in characters) canvas.DrawText(character, x + left, y, SKTextAlign.Left, font, ink);
    }

    /// <summary>A headline whose characters enter one by one, with lines underneath in another language.</summary>
    /// <param name="look">Style of the headline.</param>
    /// <param name="y">First baseline.</param>
    /// <param name="at">When it enters, in seconds.</param>
    /// <param name="until">When it leaves, in seconds.</param>
    /// <param name="lines">The headline's lines.</param>
    /// <param name="beneath">The lines underneath.</param>
    public static Layer Headline(Look look, float y, float at, float until, string[] lines, params string[] beneath)
    {
        var (font, small) = (Font(look.Face, look.Size, look.Italic), Font(Regular, look.Beneath));
        var (ink, smallInk) = (Ink.Fill(look.Colour), Ink.Fill(look.BeneathColour ?? look.Colour));
        var set = lines.Select(line => Characters(line, font, -0.045f)).ToList();
        return (canvas, time) =>
        {
            var leaving = Math.Clamp((time - until) / 0.3f, 0, 1);
            if (time < at || leaving >= 1) return;
            var index = 0;
            for (var line = 0; line < set.Count; line++)
            {
                foreach (var (character, left, _) in set[line])
                {
                    var come = Ease.Out((time - at - CharacterSeconds * index++) / 0.45f);
                    if (come <= 0) continue;
                    canvas.DrawText(
                        character, look.X + left, y + line * look.Size * 1.12f + look.Size * 0.4f * (1 - come) - 26 * leaving * leaving,
                        SKTextAlign.Left, font, ink.Faded(come * (1 - leaving)));
                }
            }
            var come2 = Ease.Smooth((time - at - CharacterSeconds * index - 0.1f) / 0.4f);
            for (var line = 0; line < beneath.Length; line++)
                canvas.DrawText(
                    beneath[line], look.X + 5, y + (set.Count - 1) * look.Size * 1.12f
                        + look.Beneath * (1.95f + 1.35f * line) - 26 * leaving * leaving,
                    SKTextAlign.Left, small, smallInk.Faded(come2 * (1 - leaving)));
        };
    }

    /// <summary>Audience and advertiser of the video, along the upper edge.</summary>
    /// <param name="english">Audience in English, on the pill.</param>
    /// <param name="korean">Audience in Korean, beside the pill.</param>
    /// <param name="brand">The advertiser; null for none.</param>
    /// <param name="ink">Colour of the text and of the pill.</param>
    /// <param name="paper">Colour of the text on the pill.</param>
    /// <param name="pill">Colour of the pill if different.</param>
    public static Layer Masthead(string english, string korean, string? brand, string ink, string paper, string? pill = null) =>
        Stage.Still(SKRect.Create(0, 20, DemoVideo.Width, 70), new Motion(), canvas =>
        {
            var font = Font(Bold, 17);
            var width = Characters(english, font, 0)[^1].Right + 24;
            canvas.DrawRoundRect(48, 38, width, 33, 16.5f, 16.5f, Ink.Fill(pill ?? ink));
            canvas.Write(english, 60, 61, font, Ink.Fill(paper));
            canvas.Write(korean, 48 + width + 10, 61, font, Ink.Fill(ink));
            if (brand is not null) canvas.Write(brand, 912, 61, Font(Bold, 21), Ink.Fill(ink), SKTextAlign.Right, 0.05f);
        });

    static List<(string Character, float Left, float Right)> Characters(string text, SKFont font, float spacing)
    {
        var (x, set) = (0f, new List<(string, float, float)>());
        foreach (var rune in text.EnumerateRunes())
        {
            var (character, left) = (rune.ToString(), x);
            x += font.MeasureText(character);
            set.Add((character, left, x));
            x += spacing * font.Size;
        }
        return set;
    }

    static SKTypeface Face(string file) => SKTypeface.FromFile(Folder + file, Korean)
        ?? throw new IOException($"{Folder}{file} is missing. Install the package fonts-noto-cjk.");
}
