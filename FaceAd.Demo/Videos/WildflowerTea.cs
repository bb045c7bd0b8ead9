using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>A cup of tea with steam, petals in the air, and a flower that falls into it.</summary>
static class WildflowerTea
{
    const string Cream = "#fff3e2";
    const float Fall = 7.9f;
    static readonly SKPoint Tea = new(686, 252);

    public static IReadOnlyList<Layer> Layers()
    {
        var look = new Look(Lettering.Serif, 68, Cream, 26);
        return
        [
            Stage.Backdrop(canvas => canvas.DrawPaint(Ink.Radial(672, 248, 640, (0, "#e0764a"), (0.48f, "#cd5930"), (1, "#b94a24")))),
            Stage.Shapes(new SKPoint(700, 310), new Motion { Spin = -9 }, Wreath),
            Petals(),
            Stage.Still(SKRect.Create(450, 190, 500, 345), new Motion(Enter.Up, 0.1f), canvas =>
                canvas.Shadowed(22, 16, "#595a1905", shadowed => shadowed.At(486, 210, 1, Cup))),
            Blossom(),
            Steam(),
            Lettering.Headline(look, 220, 0.5f, 7.3f, ["오후 네 시,", "들꽃차 한 잔"], "Four o'clock. Wildflower tea."),
            Lettering.Headline(look, 220, 7.7f, 99, ["나를 위한", "십 분의 여유"], "Ten quiet minutes, just for you."),
            Stage.Still(SKRect.Create(50, 404, 470, 70), new Motion(Enter.Fade, 1.8f), canvas =>
            {
                canvas.DrawRect(64, 412, 64, 2, Ink.Fill(Cream));
                canvas.Write("별솔 들꽃차 · 무카페인 20티백", 64, 456, Lettering.Font(Lettering.Bold, 21), Ink.Fill(Cream));
            }),
            Lettering.Masthead("40–50s WOMEN", "4050 여성", "별솔푸드 BYEOLSOL", Cream, "#a93e1b"),
        ];
    }

    static void Flower(SKCanvas canvas)
    {
        using var petal = Ink.Fill("#fff6e8");
        canvas.Save();
        for (var i = 0; i < 5; i++)
        {
            canvas.DrawOval(0, -13, 7.5f, 12, petal);
            canvas.RotateDegrees(72);
        }
        canvas.Restore();
        canvas.DrawCircle(0, 0, 6.5f, Ink.Fill("#f5b53f"));
    }

    static void Wreath(SKCanvas canvas)
    {
        canvas.DrawCircle(700, 310, 220, Ink.Line("#66fff0dc", 1.5f));
        for (var i = 0; i < 5; i++)
        {
            var angle = MathF.Tau * i / 5;
            canvas.At(700 + 220 * MathF.Cos(angle), 310 + 220 * MathF.Sin(angle), i % 2 == 0 ? 0.9f : 0.65f, Flower);
        }
    }

    static void Cup(SKCanvas canvas)
    {
        canvas.DrawOval(200, 238, 190, 30, Ink.Fill("#f7e6cf"));
        canvas.DrawOval(200, 231, 190, 29, Ink.Fill("#fff8ee"));
        canvas.DrawOval(200, 233, 104, 14, Ink.Fill("#a6dfc09d"));
        canvas.Path("M318,70 C392,56 402,150 300,158", Ink.Line("#f3dfc4", 20));
        canvas.Path("M62,40 C62,160 110,232 200,232 C290,232 338,160 338,40 Z",
            Ink.Linear(62, 0, 338, 0, (0, "#fffaf1"), (0.6f, "#fbeedb"), (1, "#e3c6a4")));
        canvas.DrawOval(200, 40, 138, 32, Ink.Fill("#fff8ee"));
        canvas.DrawOval(200, 44, 122, 25, Ink.Fill("#d98a2b"));
        canvas.DrawOval(176, 40, 78, 13, Ink.Fill("#bfeeb04f"));
        canvas.Save();
        canvas.Translate(252, 48);
        canvas.Scale(0.9f, 0.45f);
        Flower(canvas);
        canvas.Restore();
        using var stem = Ink.Line("#c45a2e", 3.5f);
        canvas.At(170, 140, 1, at => at.Path("M28,52 C26,20 34,-4 46,-20 M29,30 C12,24 4,12 2,-2 M31,14 C46,14 58,6 64,-6", stem));
        canvas.At(217, 118, 0.8f, Flower);
        canvas.At(172, 136, 0.6f, Flower);
        canvas.At(235, 132, 0.55f, Flower);
    }

    /// <summary>A flower that falls into the cup, floats and turns there, and the rings around it.</summary>
    static Layer Blossom()
    {
        var (flower, ring) = (new Stage.Sprite(SKRect.Create(-30, -30, 60, 60), Flower), Ink.Line("#ffe2b0", 2));
        return (canvas, time) =>
        {
            var since = time - Fall;
            if (since <= 0) return;
            var down = Math.Min(1, since / 1.3f);
            var floating = down >= 1;
            for (var i = 0; floating && i < 3; i++)
            {
                var t = (since - 1.3f - 0.4f * i) / 1.9f;
                if (t is > 0 and < 1)
                    canvas.DrawOval(Tea.X - 24, Tea.Y, 14 + 80 * Ease.Out(t), 3 + 15 * Ease.Out(t), ring.Faded(0.9f * (1 - t)));
            }
            var x = Tea.X - 24 + 46 * MathF.Sin(2.6f * since) * (1 - down);
            canvas.Save();
            canvas.Translate(x, -40 + (Tea.Y + 38) * down * down);
            if (floating) canvas.Scale(1, 0.5f);
            flower.Draw(canvas, new Pose(0, 0, 0.95f, 110 * down + 14 * Math.Max(0, since - 1.3f), 1));
            canvas.Restore();
        };
    }

    /// <summary>Wisps that rise, swing out and thin.</summary>
    static Layer Steam()
    {
        SKPaint[] inks = [Ink.Line("#ffffff", 15).Soft(6), Ink.Line("#ffffff", 11).Soft(5), Ink.Line("#ffffff", 8).Soft(5)];
        var points = new SKPoint[22];
        return (canvas, time) =>
        {
            for (var wisp = 0; wisp < 3; wisp++)
            {
                var breath = 0.30f + 0.14f * MathF.Sin(1.1f * time + wisp * 2);
                for (var i = 0; i < points.Length; i++)
                {
                    var up = i / (points.Length - 1f);
                    var swing = (6 + 24 * up) * MathF.Sin(4.4f * up - 2.1f * time + wisp * 1.9f);
                    points[i] = new SKPoint(646 + 38 * wisp + swing, 240 - 176 * up);
                }
                canvas.Polyline(points, inks[wisp].Faded(breath * Ease.Smooth((time - 0.7f) / 1.2f)));
            }
        };
    }

    static Layer Petals()
    {
        var petal = new Stage.Sprite(SKRect.Create(-22, -22, 44, 44), canvas =>
            canvas.Path("M0,-15 C13,-9 12,10 0,16 C-12,10 -13,-9 0,-15 Z", Ink.Fill("#ffd9ba")));
        return (canvas, time) =>
        {
            for (var i = 0; i < 9; i++)
            {
                var y = (time * (52 + 9 * (i % 4)) + i * 137) % 640 - 50;
                var x = 470 + i * 113 % 500 + 26 * MathF.Sin(1.4f * time + i * 1.7f);
                petal.Draw(canvas, new Pose(x, y, 0.5f + 0.08f * (i % 5), 70 * MathF.Sin(1.1f * time + i), 0.9f),
                    1 + 0.3f * MathF.Sin(1.9f * time + i));
            }
        };
    }
}
