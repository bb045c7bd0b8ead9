using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>Jelly stars that wobble, burst, and dance in a ring.</summary>
static class StarPop
{
    const float Burst = 5.1f;
    const string Brown = "#5b2600";
    static readonly SKPoint Middle = new(690, 304);
    static readonly SKRect Area = SKRect.Create(-120, -120, 240, 260);

    public static IReadOnlyList<Layer> Layers()
    {
        var look = new Look(Lettering.Bold, 92, Brown, 27);
        return
        [
            Stage.Backdrop(canvas => canvas.DrawPaint(Ink.Radial(640, 290, 640, (0, "#ffdf6b"), (0.46f, "#ffcb35"), (1, "#ffbd17")))),
            Stage.Shapes(Middle, new Motion { Spin = 14 }, Rays),
            Confetti(),
            Star("#8fd8ff", "#2b9be8", 0.66f, new SKPoint(868, 412), 2.2f, 1),
            Star("#b6e86a", "#5fb52b", 0.70f, new SKPoint(862, 170), 2.6f, 2),
            Star("#d9a6ff", "#9a55e0", 0.60f, new SKPoint(530, 436), 2.9f, 3),
            Star("#ff8f7d", "#f2413f", 1.32f, new SKPoint(682, 292), 2.0f, 0),
            Lettering.Headline(look, 232, 0.35f, 4.95f, ["톡! 터지는", "별맛 젤리"], "Pop goes the star."),
            Lettering.Headline(look, 232, 5.4f, 99, ["네 가지", "새콤달콤"], "Four fruits in every bag."),
            Stage.Still(SKRect.Create(50, 430, 480, 76), new Motion(Enter.Up, 1.4f), canvas =>
            {
                var font = Lettering.Font(Lettering.Bold, 23);
                canvas.DrawRoundRect(60, 446, 48 + font.MeasureText("별톡젤리 STAR POP · 새로 나왔어요"), 52, 26, 26, Ink.Fill("#e23634"));
                canvas.Write("별톡젤리 STAR POP · 새로 나왔어요", 84, 480, font, Ink.Fill("#ffffff"));
            }),
            Lettering.Masthead("KIDS", "키즈", "별솔푸드 BYEOLSOL", Brown, "#ffd24a"),
        ];
    }

    static void Rays(SKCanvas canvas)
    {
        for (var i = 0; i < 12; i++)
        {
            canvas.Path($"M{Middle.X},{Middle.Y} l900,-118 v236 Z", Ink.Fill("#38ffffff"));
            canvas.RotateDegrees(30, Middle.X, Middle.Y);
        }
    }

    /// <summary>A star that drops in, wobbles like jelly, and circles with the others after the burst.</summary>
    static Layer Star(string light, string dark, float scale, SKPoint home, float period, int number)
    {
        var sprite = new Stage.Sprite(Area, canvas => Face(canvas, light, dark));
        return (canvas, time) =>
        {
            var since = time - 0.15f - 0.2f * number;
            if (since <= 0) return;
            var drop = Ease.Out(since / 0.5f);
            // A damped stretch, after the landing and again after the burst.
            var ring = Wobble(since - 0.4f, 0.22f) + Wobble(time - Burst, number == 0 ? 0.34f : 0.2f);
            var dance = Ease.Smooth((time - Burst - 0.15f) / 0.9f);
            var angle = MathF.PI * (number * 0.5f - 0.75f) + 0.55f * (time - Burst);
            var (x, y) = (home.X, home.Y + 10 * MathF.Sin(MathF.Tau * time / period));
            x += (Middle.X + 148 * MathF.Cos(angle) - x) * dance;
            y += (Middle.Y + 128 * MathF.Sin(angle) - y) * dance - 16 * dance * MathF.Abs(MathF.Sin(MathF.Tau * time / 1.1f + number));
            var size = scale + (0.82f - scale) * dance + (number == 0 ? 0.22f * Ease.Bump((time - Burst + 0.25f) / 0.5f) : 0);
            sprite.Draw(
                canvas, new Pose(x - Area.MidX, y - Area.MidY - 260 * (1 - drop), size, 6 * MathF.Sin(MathF.Tau * time / period + number),
                    1), 1 + ring);
        };
    }

    static float Wobble(float since, float strength) => since <= 0 ? 0 : strength * MathF.Exp(-3.2f * since) * MathF.Sin(17 * since);

    static void Face(SKCanvas canvas, string light, string dark)
    {
        using var star = SKPath.ParseSvgPathData("M0,-78 L23,-29 L76,-24 L37,13 L47,66 L0,40 L-47,66 L-37,13 L-76,-24 L-23,-29 Z");
        using var body = Ink.Radial(-20, -35, 150, (0, light), (1, dark));
        (body.Style, body.StrokeWidth, body.StrokeJoin) = (SKPaintStyle.StrokeAndFill, 44, SKStrokeJoin.Round);
        canvas.Shadowed(9, 7, "#48964600", shadowed => shadowed.DrawPath(star, body));
        canvas.Path("M-20,-72 Q-8,-92 4,-80", Ink.Line("#bfffffff", 9));
        foreach (var side in new[] { -1, 1 })
        {
            canvas.DrawOval(24 * side, -4, 9, 12, Ink.Fill("#3a1500"));
            canvas.DrawCircle(24 * side + 3, -9, 3.6f, Ink.Fill("#ffffff"));
            canvas.DrawOval(43 * side, 15, 11, 7, Ink.Fill("#5affffff"));
        }
        canvas.Path("M-13,14 Q0,34 13,14 Z", Ink.Fill("#3a1500"));
        canvas.Path("M-13,14 Q0,34 13,14 Z", Ink.Line("#3a1500", 5));
    }

    /// <summary>Particles of the burst.</summary>
    static Layer Confetti()
    {
        SKPaint[] colours = [Ink.Fill("#f2413f"), Ink.Fill("#5fb52b"), Ink.Fill("#2b9be8"), Ink.Fill("#9a55e0"), Ink.Fill("#ffffff")];
        return (canvas, time) =>
        {
            var since = time - Burst;
            if (since is <= 0 or > 1.6f) return;
            for (var i = 0; i < 34; i++)
            {
                var (angle, speed) = (i * 2.399f, 210 + 47 * (i % 7));
                var reach = speed * Ease.Out(since / 1.3f);
                canvas.DrawCircle(
                    Middle.X + reach * MathF.Cos(angle), Middle.Y + reach * MathF.Sin(angle) + 150 * since * since,
                    (5 + i % 4 * 2.5f) * (1 - 0.4f * since), colours[i % 5].Faded(1.6f - since));
            }
        };
    }
}
