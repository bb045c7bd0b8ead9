using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>A jacket in front of passing mountains; then rain falls and runs off it.</summary>
static class TrailJacket
{
    const string Cream = "#f3f1dc";
    const string Gold = "#f2c14e";
    const float Rain = 5.9f;
    static readonly SKRect Area = SKRect.Create(530, 90, 390, 430);

    public static IReadOnlyList<Layer> Layers()
    {
        var look = new Look(Lettering.Bold, 86, Cream, 26, 58);
        return
        [
            Stage.Backdrop(canvas => canvas.DrawPaint(Ink.Linear(0, 0, 0, 540, (0, "#1b7350"), (0.5f, "#1a6a4a"), (1, "#13573c")))),
            Stage.Still(SKRect.Create(440, 60, 370, 370), new Motion { Rise = (14, 5) }, canvas =>
            {
                canvas.DrawCircle(625, 245, 165, Ink.Radial(625, 245, 165, (0, "#66f2c14e"), (1, "#00f2c14e")));
                canvas.DrawCircle(625, 245, 105, Ink.Fill(Gold));
            }),
            Ridge(
                "M0,380 L140,300 L230,340 L380,220 L480,300 L600,240 L740,330 L880,200 L1010,310 L1120,260 L1260,330 L1400,250 V540 H0 Z",
                "#2b8a63", -12, canvas =>
                canvas.Path("M880,200 L928,241 L900,236 L876,252 L850,229 Z", Ink.Fill("#ccbfe3cb"))),
            Birds(),
            Ridge("M0,440 L160,390 L290,430 L440,340 L560,410 L690,360 L840,440 L980,350 L1120,420 L1260,370 L1400,430 V540 H0 Z",
                "#176a49", -24, null),
            Ridge("M0,520 C160,470 300,500 460,470 C620,440 780,520 940,470 C1020,446 1100,480 1200,500 C1280,510 1340,480 1400,470 V540 H0 Z", "#0e4a33", -42, canvas =>
                canvas.Path("M110,505 l20,-66 l20,66 z M158,500 l15,-50 l15,50 z M410,486 l17,-60 l17,60 z M452,484 l13,-44 l13,44 z M980,470 l21,-74 l21,74 z M1030,470 l15,-52 l15,52 z M1240,506 l19,-64 l19,64 z", Ink.Fill("#0e4a33"))),
            Cloudy(),
            Jacket(),
            Rainfall(),
            Lettering.Headline(look, 232, 0.5f, Rain - 0.1f, ["주말엔,", "능선으로"], "Weekends belong to the ridge."),
            Lettering.Headline(look, 232, Rain + 0.4f, 99, ["비바람도", "산의 맛"], "Waterproof to 20,000 mm."),
            Stage.Still(SKRect.Create(50, 460, 470, 50), new Motion(Enter.Fade, 1.4f), canvas =>
            {
                var font = Lettering.Font(Lettering.Bold, 21);
                canvas.Write("너울 트레일 셸 재킷", 64, 490, font, Ink.Fill(Cream));
                canvas.Write("가을 신상품", 72 + font.MeasureText("너울 트레일 셸 재킷"), 490, font, Ink.Fill(Gold));
            }),
            Lettering.Masthead("40–50s MEN", "4050 남성", "NEOUL TRAIL 너울", Cream, "#0d3a29", Gold),
        ];
    }

    static Layer Ridge(string path, string colour, float slide, Action<SKCanvas>? more) =>
        Stage.Shapes(default, new Motion { Slide = slide * 0.8f }, canvas =>
        {
            canvas.Path(path, Ink.Fill(colour));
            more?.Invoke(canvas);
        });

    static Layer Birds()
    {
        var ink = Ink.Line("#0e4a33", 3);
        return (canvas, time) =>
        {
            for (var i = 0; i < 4; i++)
            {
                var (x, y) = (380 + i * 34 + 62 * time, 160 - i % 2 * 22 - i * 6 - 5 * time);
                var flap = 7 * MathF.Sin(9 * time + i);
                canvas.Polyline([new(x - 12, y - flap), new(x, y), new(x + 12, y - flap)], ink);
            }
        };
    }

    static Layer Cloudy()
    {
        var shade = Ink.Fill("#06281c");
        return (canvas, time) =>
        {
            var dark = 0.3f * Ease.Smooth((time - Rain + 0.4f) / 1.2f);
            if (dark > 0) canvas.DrawPaint(shade.Faded(dark));
        };
    }

    static Layer Jacket()
    {
        var (sprite, enter) =
            (new Stage.Sprite(Area, canvas => canvas.Shadowed(18, 14, "#73001410", shadowed => shadowed.At(560, 112, 1, Draw))),
                new Motion(Enter.Up, 0.2f));
        return (canvas, time) =>
        {
            // The wind catches it when the rain starts.
            var wind = 0.4f + Ease.Smooth((time - Rain + 0.3f) / 1);
            var pose = enter.PoseAt(time);
            sprite.Draw(
                canvas,
                pose with
                {
                    X = pose.X + 4 * wind * MathF.Sin(2.1f * time),
                    Y = pose.Y + 5 * MathF.Sin(1.85f * time),
                    Degrees = wind * (1.6f * MathF.Sin(2.7f * time) + 0.7f * MathF.Sin(6.1f * time)),
                },
                1 + 0.008f * wind * MathF.Sin(4.3f * time));
        };
    }

    static void Draw(SKCanvas canvas)
    {
        canvas.Path("M96,66 C58,76 40,96 32,130 L8,300 C6,314 14,322 28,324 L54,326 C62,326 66,322 68,312 L84,208 L84,344 C84,354 90,358 100,358 H230 C240,358 246,354 246,344 L246,208 L262,312 C264,322 268,326 276,326 L302,324 C316,322 324,314 322,300 L298,130 C290,96 272,76 234,66 Z", Ink.Linear(8, 0, 322, 0, (0, "#f08a4b"), (0.5f, "#e2703a"), (1, "#c05424")));
        canvas.Path("M84,128 C110,150 220,150 246,128 L250,96 C246,80 240,70 234,66 L96,66 C90,70 84,80 80,96 Z", Ink.Fill("#f7dfa5"));
        canvas.Path(
            "M108,72 C98,30 124,8 165,8 C206,8 232,30 222,72 C214,100 192,112 165,112 C138,112 116,100 108,72 Z", Ink.Fill("#efcf87"));
        canvas.Path(
            "M126,70 C120,40 138,26 165,26 C192,26 210,40 204,70 C198,90 184,100 165,100 C146,100 132,90 126,70 Z", Ink.Fill("#123f2e"));
        canvas.Path("M165,100 V358", Ink.Line("#0d3a29", 5));
        using (var stitches = Ink.Line(Cream, 1.6f))
        {
            stitches.PathEffect = SKPathEffect.CreateDash([4, 3], 0);
            canvas.Path("M165,112 V350", stitches);
        }
        canvas.Path("M104,226 L146,214 M226,226 L184,214", Ink.Line("#0d3a29", 4.5f));
        canvas.Path("M104,292 h44 v44 h-44 z M182,292 h44 v44 h-44 z", Ink.Line("#a84a20", 3));
        canvas.Path("M192,170 l10,-17 l7,9 l5,-7 l11,15 z", Ink.Fill(Cream));
        canvas.Write("NEOUL", 209, 184, Lettering.Font(Lettering.Bold, 9.5f), Ink.Fill(Cream), SKTextAlign.Center, 0.15f);
        canvas.Path("M12,288 L70,296 M318,288 L260,296", Ink.Line("#f7dfa5", 8));
    }

    static Layer Rainfall()
    {
        var (rain, bead) = (Ink.Line("#d9efe4", 2), Ink.Fill("#eaf7f0"));
        return (canvas, time) =>
        {
            var strength = Ease.Smooth((time - Rain) / 0.9f);
            if (strength <= 0) return;
            rain.Faded(0.5f * strength);
            for (var i = 0; i < 64; i++)
            {
                var fall = (time * (760 + 60 * (i % 5)) + i * 131) % 700;
                var x = 40 + i * 173 % 1080 - 0.28f * fall;
                canvas.DrawLine(x, fall - 100, x - 9, fall - 68, rain);
            }
            // Rain that hits the jacket runs down it.
            for (var i = 0; i < 12; i++)
            {
                var t = Ease.Cycle(time * (0.5f + 0.06f * (i % 4)) + i * 0.29f);
                var x = 656 + i * 61 % 138;
                canvas.DrawOval(x, 246 + 210 * t * t, 2.6f, 4.2f, bead.Faded(0.9f * strength * (1 - t) * Math.Min(1, t * 6)));
            }
        };
    }
}
