using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>A couple on a walk with passing trees, and the product's jar.</summary>
static class JointCare
{
    const string Ink0 = "#07484a";
    const string Label = "하루 한 알 · 약국에서 만나세요";

    public static IReadOnlyList<Layer> Layers()
    {
        var look = new Look(Lettering.Bold, 92, Ink0, 30, 56);
        return
        [
            Stage.Backdrop(canvas => canvas.DrawPaint(Ink.Linear(0, 0, 0, 540, (0, "#8fdedb"), (0.55f, "#86d8d4"), (1, "#7bd0cb")))),
            Stage.Shapes(new SKPoint(690, 230), new Motion { Pulse = 0.05f, Period = 4 }, canvas =>
            {
                canvas.DrawCircle(690, 230, 165, Ink.Fill("#c4f0ea"));
                canvas.DrawCircle(690, 230, 110, Ink.Fill("#e0faf5"));
            }),
            Stage.Shapes(default, new Motion { Slide = -14 }, canvas => canvas.Path(
                "M500,130 c0,-22 34,-26 42,-8 c14,-22 54,-12 52,12 c18,2 18,24 0,24 h-88 c-24,0 -26,-26 -6,-28 z M898,112 c0,-16 26,-20 32,-6 c10,-17 42,-9 40,9 c14,2 14,19 0,19 h-68 c-18,0 -20,-20 -4,-22 z M1120,150 c0,-22 34,-26 42,-8 c14,-22 54,-12 52,12 c18,2 18,24 0,24 h-88 c-24,0 -26,-26 -6,-28 z",
                Ink.Fill("#d3f5f0"))),
            Stage.Shapes(default, new Motion { Slide = -9 }, canvas =>
                canvas.Path("M0,430 C200,340 380,420 560,390 C740,350 900,420 1120,350 C1240,320 1330,380 1400,400 V540 H0 Z",
                    Ink.Fill("#5fc4b8"))),
            Trees(),
            Stage.Shapes(default, new Motion(), canvas =>
            {
                canvas.Path("M0,496 C300,480 640,506 960,486 V540 H0 Z", Ink.Fill("#4ab5a6"));
                canvas.Path("M0,512 C300,498 640,522 960,504 V530 C640,546 300,522 0,534 Z", Ink.Fill("#d8f5ea"));
            }),
            Stage.Still(SKRect.Create(570, 180, 240, 330), new Motion(Enter.Pop, 0.3f), canvas =>
            {
                canvas.DrawOval(690, 478, 96, 9, Ink.Fill("#66004646").Soft(6));
                canvas.At(590, 192, 1, Jar);
            }),
            Pulse(),
            Walker(862, "#e8795a", "#f6efe6", "#d9c7b0", false),
            Walker(912, "#3f6fb5", "#3b4a6b", "#8d8f98", true),
            Lettering.Headline(look, 214, 0.5f, 7.1f, ["오늘도", "한 걸음 더"], "One more easy step, every day."),
            Lettering.Headline(look, 214, 7.5f, 99, ["무릎이", "편한 하루"], "A day that is kind to your knees."),
            Stage.Still(SKRect.Create(50, 400, 480, 80), new Motion(Enter.Up, 1.6f), canvas =>
            {
                var font = Lettering.Font(Lettering.Bold, 25);
                canvas.DrawRoundRect(60, 412, 52 + font.MeasureText(Label), 56, 28, 28, Ink.Fill(Ink0));
                canvas.Write(Label, 86, 449, font, Ink.Fill("#e6fffa"));
            }),
            Lettering.Masthead("SILVER 60+", "실버", "온결 ONGYEOL CARE", Ink0, "#c9f3ee"),
        ];
    }

    static void Jar(SKCanvas canvas)
    {
        canvas.DrawRoundRect(34, 4, 132, 52, 12, 12, Green());
        for (var x = 46; x < 160; x += 14) canvas.DrawLine(x, 10, x, 50, Ink.Line("#8c07615f", 2.4f));
        canvas.Path("M44,56 H156 C180,62 190,76 190,98 V258 Q190,284 164,284 H36 Q10,284 10,258 V98 C10,76 20,62 44,56 Z",
            Ink.Linear(10, 0, 190, 0, (0, "#f2fffc"), (0.55f, "#ffffff"), (1, "#b9dfda")));
        canvas.DrawRect(10, 112, 180, 130, Green());
        canvas.Write("온결", 100, 166, Lettering.Font(Lettering.Bold, 39), Ink.Fill("#ffffff"), SKTextAlign.Center);
        canvas.Write("관절 조인트", 100, 196, Lettering.Font(Lettering.Bold, 20), Ink.Fill("#dffbf4"), SKTextAlign.Center);
        canvas.Write("JOINT CARE", 100, 224, Lettering.Font(Lettering.Regular, 12.5f), Ink.Fill("#dffbf4"), SKTextAlign.Center, 0.2f);
        canvas.Path("M100,78 C82,68 84,92 100,102 C116,92 118,68 100,78 Z", Ink.Fill("#ff8b6b"));

        static SKPaint Green() => Ink.Linear(10, 0, 190, 0, (0, "#108a86"), (0.5f, "#17a19b"), (1, "#0a6d6b"));
    }

    static Layer Trees()
    {
        var tree = new Stage.Sprite(SKRect.Create(0, 0, 130, 260), canvas =>
        {
            canvas.Path("M60,250 C62,200 62,160 64,110", Ink.Line("#8a6a45", 11));
            canvas.DrawCircle(66, 78, 58, Ink.Fill("#2f9d7f"));
            canvas.DrawCircle(40, 112, 36, Ink.Fill("#379f80"));
            canvas.DrawCircle(96, 112, 32, Ink.Fill("#2a8f73"));
            canvas.DrawCircle(50, 62, 20, Ink.Fill("#b358bf9d"));
        });
        return (canvas, time) =>
        {
            // Far away, so they are small below the headline.
            for (var i = 0; i < 7; i++)
            {
                var (x, scale) = (1040 - (time * 40 + i * 167) % 1120, 0.3f + 0.05f * (i % 3));
                tree.Draw(canvas, new Pose(x - 65, 360 - 130 * scale, scale, 1.8f * MathF.Sin(1.6f * time + i), 1));
            }
        };
    }

    /// <summary>Rings from the heart on the jar.</summary>
    static Layer Pulse()
    {
        var ring = Ink.Line("#ff8b6b", 3);
        return (canvas, time) =>
        {
            for (var i = 0; i < 2; i++)
            {
                var t = Ease.Cycle(time / 1.8f + 0.5f * i);
                if (time > 1.2f) canvas.DrawCircle(690, 282, 16 + 34 * t, ring.Faded(0.8f * (1 - t)));
            }
        };
    }

    /// <summary>A person who walks on the spot while the scenery passes.</summary>
    static Layer Walker(float x, string coat, string trousers, string hair, bool cap)
    {
        var (body, leg, behind, arm, head, top) =
            (Ink.Fill(coat), Ink.Line(trousers, 13), Ink.Line(trousers, 13), Ink.Line(coat, 10), Ink.Fill("#f2c9a8"), Ink.Fill(hair));
        behind.ColorFilter = SKColorFilter.CreateBlendMode(new SKColor(0, 40, 50, 60), SKBlendMode.SrcATop);
        return (canvas, time) =>
        {
            var step = MathF.Tau * time / 1.15f + (cap ? 0.7f : 0);
            var bounce = 3 * MathF.Abs(MathF.Sin(step));
            canvas.Save();
            canvas.Translate(x, 418 - bounce);
            Limb(canvas, 0, 52, step + MathF.PI, 42, behind);
            canvas.DrawRoundRect(-17, -14, 34, 72, 15, 15, body);
            Limb(canvas, 0, 52, step, 42, leg);
            canvas.DrawLine(0, 6, 20 * MathF.Sin(step + MathF.PI), 40, arm);
            canvas.DrawCircle(2, -26, 17, head);
            if (cap) canvas.Path("M-15,-29 C-15,-48 19,-48 19,-31 L32,-29 L19,-26 Z", top);
            else canvas.Path("M-16,-22 C-22,-50 22,-52 19,-32 C8,-38 -4,-36 -6,-24 C-8,-18 -14,-16 -16,-22 Z", top);
            canvas.Restore();
        };
    }

    /// <summary>A leg with a knee: the thigh swings, the shin follows and folds while the foot is off the ground.</summary>
    static void Limb(SKCanvas canvas, float x, float y, float step, float length, SKPaint ink)
    {
        var thigh = 0.5f * MathF.Sin(step);
        var shin = thigh - 0.75f * Math.Max(0, MathF.Cos(step));
        var half = length * 0.55f;
        var (kneeX, kneeY) = (x + half * MathF.Sin(thigh), y + half * MathF.Cos(thigh));
        var (footX, footY) = (kneeX + half * MathF.Sin(shin), kneeY + half * MathF.Cos(shin));
        canvas.Polyline([new(x, y), new(kneeX, kneeY), new(footX, footY), new(footX + 9, footY + 1)], ink);
    }
}
