using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>A bottle of serum in rising bubbles; its dropper is lifted, and one drop falls.</summary>
static class GlowSerum
{
    const float Open = 5.7f;
    const float Fall = 7.3f;
    const string Glass = "M60,138 H140 Q172,142 172,178 V326 Q172,352 146,352 H54 Q28,352 28,326 V178 Q28,142 60,138 Z";

    public static IReadOnlyList<Layer> Layers()
    {
        var look = new Look(Lettering.Serif, 80, "#ffffff", 26);
        var down = new Motion(Enter.Down, 0.35f);
        return
        [
            Stage.Backdrop(canvas => canvas.DrawPaint(Ink.Linear(0, 80, 960, 460, (0, "#f48cb8"), (0.52f, "#ea5f9d"), (1, "#df4a8e")))),
            Stage.Still(SKRect.Create(490, 40, 440, 440), new Motion { Pulse = 0.09f, Period = 4 }, canvas =>
                canvas.DrawCircle(710, 260, 300, Ink.Radial(710, 260, 300, (0, "#d9ffe2ee"), (0.55f, "#40ffbeda"), (0.7f, "#00ffbeda")))),
            Bubbles(),
            Stage.Still(SKRect.Create(520, 380, 380, 170), new Motion(Enter.Up, 0.1f), canvas => canvas.At(530, 392, 1, podium =>
            {
                podium.Path("M20,36 V150 H340 V36 Z", Ink.Linear(20, 0, 340, 0, (0, "#f9b9d5"), (0.45f, "#ffe3ef"), (1, "#ee8ab9")));
                podium.DrawOval(180, 36, 160, 30, Ink.Fill("#fff0f6"));
                podium.DrawOval(180, 38, 84, 13, Ink.Fill("#59e77cae"));
            })),
            Ripples(),
            Stage.Still(SKRect.Create(610, 186, 200, 256), down, canvas => canvas.At(610, 76, 1, Bottle)),
            Dropper(down),
            Shine(),
            Lettering.Headline(look, 238, 0.6f, 5.6f, ["빛이 머무는", "피부"], "Skin that keeps the light."),
            Lettering.Headline(look, 238, 6.1f, 99, ["단 한 방울,", "7일의 결"], "One drop. Seven bright mornings."),
            Stage.Still(SKRect.Create(50, 420, 470, 60), new Motion(Enter.Fade, 1.8f), canvas =>
            {
                canvas.DrawRect(64, 428, 64, 2, Ink.Fill("#ffffff"));
                canvas.Write("온결 글로우 세럼 · 지금 매장에서", 64, 468, Lettering.Font(Lettering.Bold, 21), Ink.Fill("#ffffff"));
            }),
            Lettering.Masthead("20–30s WOMEN", "2030 여성", "온결 ONGYEOL", "#ffffff", "#d93f86"),
        ];
    }

    static void Bottle(SKCanvas canvas)
    {
        canvas.DrawRect(78, 120, 44, 20, Ink.Fill("#f7a8c9"));
        canvas.Path(Glass, Ink.Linear(28, 0, 172, 0, (0, "#ff9cc4"), (0.22f, "#fff4f9"), (0.6f, "#ffc4dc"), (1, "#e9609f")));
        canvas.Path("M36,214 Q100,200 164,214 V326 Q164,344 146,344 H54 Q36,344 36,326 Z", Ink.Fill("#73f37fb0"));
        canvas.DrawRoundRect(46, 162, 9, 168, 5, 5, Ink.Fill("#ccffffff"));
        var ink = Ink.Fill("#a81e61");
        canvas.Write("온결", 104, 252, Lettering.Font(Lettering.Serif, 31), ink, SKTextAlign.Center);
        canvas.Write("GLOW SERUM", 104, 278, Lettering.Font(Lettering.Regular, 12.5f), ink, SKTextAlign.Center, 0.2f);
        canvas.Write("30 ml", 104, 318, Lettering.Font(Lettering.Regular, 11), ink, SKTextAlign.Center);
    }

    /// <summary>Cap and pipette: lifted out of the bottle, held while a drop falls, and put back.</summary>
    static Layer Dropper(Motion down)
    {
        var sprite = new Stage.Sprite(SKRect.Create(610, 72, 200, 130), canvas => canvas.At(610, 76, 1, cap =>
        {
            cap.DrawRoundRect(74, 2, 52, 74, 22, 22, Ink.Linear(74, 0, 126, 0, (0, "#ffffff"), (0.5f, "#ffffff"), (1, "#f3d9e5")));
            cap.DrawRoundRect(
                66, 66, 68, 56, 6, 6, Ink.Linear(66, 0, 134, 0, (0, "#b98947"), (0.35f, "#fbe3ac"), (0.65f, "#d9ae66"), (1, "#9d6f31")));
        }));
        var (glass, serum, drop) = (Ink.Fill("#99fff4f9"), Ink.Fill("#f37fb0"), Ink.Radial(-3, -2, 12, (0, "#fff0f6"), (1, "#ee5f9c")));
        return (canvas, time) =>
        {
            var lift = 92 * (Ease.Smooth((time - Open) / 0.9f) - Ease.Smooth((time - Fall - 1.6f) / 0.9f));
            var pose = down.PoseAt(time);
            if (lift > 1)
            {
                canvas.DrawRoundRect(704, 196 - lift, 12, Math.Min(lift, 78), 6, 6, glass);
                canvas.DrawRoundRect(707, 210 - lift, 6, Math.Max(0, Math.Min(lift - 16, 56)), 3, 3, serum);
            }
            sprite.Draw(canvas, pose with { Y = pose.Y - lift });
            var (swell, falling) = (Ease.Smooth((time - Open - 0.8f) / 0.7f), time - Fall);
            if (swell <= 0 || falling > 0.35f) return;
            // A short fall, into the neck of the bottle.
            var y = 274 - lift + 5 * swell + (falling > 0 ? 420 * falling * falling : 0);
            if (y < 200) canvas.At(710, y, 1.15f * swell, at => at.Path("M0,-14 C5,-5 8,0 8,5 A8,8 0 1 1 -8,5 C-8,0 -5,-5 0,-14 Z", drop));
        };
    }

    /// <summary>Rings of light on the podium and around the bottle, after the drop.</summary>
    static Layer Ripples()
    {
        var (line, glow) = (Ink.Line("#ffffff", 3), Ink.Line("#ffffff", 2));
        return (canvas, time) =>
        {
            for (var i = 0; i < 3; i++)
            {
                var t = (time - Fall - 0.3f - 0.35f * i) / 1.8f;
                if (t is <= 0 or >= 1) continue;
                var wide = Ease.Out(t);
                canvas.DrawOval(710, 430, 70 + 84 * wide, 12 + 16 * wide, line.Faded(0.8f * (1 - t)));
                canvas.DrawCircle(710, 300, 90 + 190 * wide, glow.Faded(0.6f * (1 - t)));
            }
        };
    }

    /// <summary>A band of light that passes over the glass.</summary>
    static Layer Shine()
    {
        var (glass, ink) = (SKPath.ParseSvgPathData(Glass), Ink.Fill("#8cffffff").Soft(5));
        return (canvas, time) =>
        {
            var t = Ease.Cycle(time / 3.2f) * 2.4f - 0.6f;
            if (time < 1.2f || t is <= -0.3f or >= 1.3f) return;
            canvas.At(610, 76, 1, at =>
            {
                at.ClipPath(glass, SKClipOperation.Intersect, true);
                at.RotateDegrees(18, 100, 240);
                at.DrawRect(200 * t - 10, 90, 26, 320, ink);
            });
        };
    }

    static Layer Bubbles()
    {
        var orb = new Stage.Sprite(SKRect.Create(-66, -66, 132, 132), canvas =>
            canvas.DrawCircle(0, 0, 65, Ink.Radial(-20, -28, 96, (0, "#bfffffff"), (0.55f, "#1fffffff"), (1, "#59ffffff"))));
        return (canvas, time) =>
        {
            for (var i = 0; i < 13; i++)
            {
                var size = 0.14f + 0.1f * (i * 5 % 9);
                var y = 640 - (time * (34 + 9 * (i % 5)) + i * 233) % 760;
                var x = 470 + i * 179 % 490 + 14 * MathF.Sin(time * 0.9f + i);
                orb.Draw(canvas, new Pose(x, y, size, 0, 0.85f));
            }
        };
    }
}
