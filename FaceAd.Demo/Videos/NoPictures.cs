using System.Globalization;
using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>What the screen does: it counts viewers, and the pictures dissolve.</summary>
static class NoPictures
{
    const string Lilac = "#cbb8ff";
    const string Pale = "#f0eaff";
    const float Dissolve = 4.1f;
    static readonly float[] Places = [580, 705, 830];

    public static IReadOnlyList<Layer> Layers()
    {
        var look = new Look(Lettering.Bold, 66, Pale, 24, 58);
        return
        [
            Stage.Backdrop(canvas => canvas.DrawPaint(Ink.Radial(691, 270, 620, (0, "#5a4492"), (0.5f, "#43307a"), (1, "#352466")))),
            Rings(),
            Shield(),
            People(),
            Lettering.Headline(look, 232, 0.4f, 3.9f, ["세기만 하고", "찍지 않아요"], "This screen counts viewers.", "It keeps no pictures."),
            Lettering.Headline(look, 232, 4.3f, 99, ["사진은", "남지 않습니다"], "Measured in memory,", "forgotten in a moment."),
            Lettering.Masthead("NOTICE", "시청 인원 측정 안내", null, Pale, "#33215f", Lilac),
        ];
    }

    /// <summary>How far everything has moved to the middle once nobody is left below.</summary>
    static float Settled(float time) => 62 * Ease.Smooth((time - Dissolve - 1.2f) / 0.9f);

    static Layer Shield()
    {
        var motion = new Motion(Enter.Pop, 0.1f) { Bob = 4, Period = 3 };
        var sprite = new Stage.Sprite(SKRect.Create(605, 92, 200, 200), canvas => canvas.At(605, 92, 1, shield =>
        {
            shield.Path("M100,8 L176,36 V96 C176,144 144,176 100,194 C56,176 24,144 24,96 V36 Z",
                Ink.Linear(24, 8, 176, 194, (0, "#e6dcff"), (1, "#a98bff")));
            shield.Path("M64,100 L92,128 L140,74", Ink.Line("#33215f", 16));
        }));
        return (canvas, time) =>
        {
            var pose = motion.PoseAt(time);
            sprite.Draw(canvas, pose with { Y = pose.Y + Settled(time) });
        };
    }

    static Layer Rings()
    {
        var ring = Ink.Line(Lilac, 2);
        return (canvas, time) =>
        {
            for (var i = 0; i < 4; i++)
            {
                var t = Ease.Cycle(time / 4 + 0.25f * i);
                canvas.DrawCircle(705, 192 + Settled(time), 90 + 230 * t, ring.Faded(0.55f * (1 - t)));
            }
        };
    }

    /// <summary>Three people who appear, are counted, and dissolve; their number remains.</summary>
    static Layer People()
    {
        var (body, dust, pill, number) = (Ink.Fill("#d9ccff"), Ink.Fill(Lilac), Ink.Fill("#ff9fb8"), Ink.Fill("#33215f"));
        var font = Lettering.Font(Lettering.Bold, 26);
        return (canvas, time) =>
        {
            for (var i = 0; i < 3; i++)
            {
                var come = Ease.Out((time - 0.7f - 0.55f * i) / 0.6f);
                var gone = Ease.Smooth((time - Dissolve - 0.25f * i) / 0.9f);
                if (come <= 0) continue;
                var (x, y) = (Places[i], 400 + 70 * (1 - come));
                if (gone < 1)
                {
                    body.Faded(come * (1 - gone));
                    canvas.DrawCircle(x, y, 27, body);
                    canvas.Path(string.Create(CultureInfo.InvariantCulture, $"M{x - 46},{y + 96} C{x - 46},{y + 50} {x - 28},{y + 38} {x},{y + 38} C{x + 28},{y + 38} {x + 46},{y + 50} {x + 46},{y + 96} Z"), body);
                }
                if (gone is > 0 and < 1) Dust(canvas, x, y, gone, dust);
            }
            var counted = (int)Math.Clamp((time - 0.75f) / 0.55f, 0, 3);
            if (counted == 0) return;
            // A small jump at each count.
            var jump = 1 + 0.25f * Ease.Bump((time - 0.75f - 0.55f * counted) / 0.4f);
            canvas.At(705, 328 + Settled(time), jump, at =>
            {
                at.DrawRoundRect(-44, -22, 88, 44, 22, 22, pill);
                at.Write(string.Create(CultureInfo.InvariantCulture, $"{counted}명"), 0, 9, font, number, SKTextAlign.Center);
            });
        };
    }

    static void Dust(SKCanvas canvas, float x, float y, float gone, SKPaint ink)
    {
        for (var i = 0; i < 36; i++)
        {
            var (angle, far) = (i * 2.399f, 8 + 1.6f * i);
            var spread = 0.5f + 1.3f * gone;
            canvas.DrawCircle(
                x + far * spread * MathF.Cos(angle), y + 38 + far * spread * MathF.Sin(angle) - 60 * gone * gone, 4.5f * (1 - gone) + 0.5f,
                ink.Faded(1.4f * gone * (1 - gone) * 2));
        }
    }
}
