using System.Globalization;
using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>A running shoe in motion: strides, rushing ground, and a sprint between the two headlines.</summary>
static class Run01
{
    const string Lime = "#d8ff3e";
    const string Navy = "#16205e";
    const float Sprint = 3.9f;
    static readonly SKRect Area = SKRect.Create(440, 130, 520, 330);

    public static IReadOnlyList<Layer> Layers()
    {
        var look = new Look(Lettering.Bold, 94, "#ffffff", 27, 58, true);
        return
        [
            Stage.Backdrop(canvas => canvas.DrawPaint(Ink.Linear(0, 270, 960, 360, (0, "#1730e6"), (0.6f, "#1f45ff"), (1, "#1326c4")))),
            Stage.Shapes(default, new Motion { Slide = -400, Wrap = 80 }, canvas =>
            {
                for (var x = -320; x < 1400; x += 80) canvas.Path($"M{x},540 l20,0 l251,-540 l-20,0 Z", Ink.Fill("#10ffffff"));
            }),
            Stage.Shapes(default, new Motion { Slide = -58 }, canvas =>
            {
                using var outline = Ink.Line("#476aff", 3);
                canvas.Write("RUN01", 0, 390, Lettering.Font(Lettering.Bold, 330, true), outline);
            }),
            Ground(),
            Streaks(),
            Shoe(),
            Lettering.Headline(look, 240, 0.3f, Sprint - 0.15f, ["도시를", "가볍게"], "Light on the city."),
            Weight(),
            Lettering.Headline(look, 346, Sprint + 0.5f, 99, ["달려봐"], "Seven ounces. No excuses."),
            Stage.Still(SKRect.Create(50, 460, 460, 50), new Motion(Enter.Up, 1), canvas =>
            {
                var font = Lettering.Font(Lettering.Bold, 21);
                canvas.Write("NEOUL RUN 01", 64, 490, font, Ink.Fill("#ffffff"));
                canvas.Write("너울 러닝화 출시", 72 + font.MeasureText("NEOUL RUN 01"), 490, font, Ink.Fill(Lime));
            }),
            Lettering.Masthead("20–30s MEN", "2030 남성", "NEOUL 너울", "#ffffff", "#0d22a8", Lime),
        ];
    }

    /// <summary>How far the shoe has run ahead. It leaves on the right and returns from the left.</summary>
    static float Ahead(float time)
    {
        if (time < 0.8f) return 620 * (Ease.Out(time / 0.8f) - 1);
        var out_ = Ease.Smooth((time - Sprint) / 0.35f);
        return time < Sprint + 0.4f ? 620 * out_ * out_ : 700 * (Ease.Out((time - Sprint - 0.4f) / 0.7f) - 1);
    }

    static Layer Shoe()
    {
        var (sprite, shadow) = (new Stage.Sprite(Area, Draw), Ink.Fill("#000846").Soft(9));
        return (canvas, time) =>
        {
            var step = Ease.Cycle(time / 0.62f);
            var air = MathF.Sin(MathF.PI * step);
            // Heel first, then over the toe: the shoe tips up as it leaves the ground and points down as it lands.
            var tip = 9 * MathF.Sin(MathF.Tau * step - 0.6f);
            var x = Ahead(time);
            canvas.DrawOval(Area.MidX + x, 458, 190 - 60 * air, 12 - 5 * air, shadow.Faded(0.55f - 0.3f * air));
            sprite.Draw(canvas, new Pose(x, 22 - 44 * air, 1, tip, 1), 1 - 0.05f * Ease.Bump((step - 0.85f) / 0.3f + 0.5f));
        };
    }

    static void Draw(SKCanvas canvas) => canvas.At(Area.MidX - 234, Area.MidY - 138, 1.18f, shoe =>
    {
        shoe.Translate(396, 0);
        shoe.Scale(-1, 1);
        shoe.Path("M14,156 C10,132 40,122 84,110 C124,98 152,72 178,42 C186,32 200,26 212,30 L236,40 C252,48 282,50 300,34 C312,24 338,20 346,34 C352,46 350,66 358,92 C366,118 372,136 370,164 Z", Ink.Linear(14, 30, 370, 164, (0, "#ffffff"), (1, "#cfd8ff")));
        shoe.Path("M14,156 C10,132 40,122 84,110 C96,107 106,103 116,98 C110,122 86,146 50,160 Z", Ink.Fill("#0d22a8"));
        shoe.Path("M346,34 C352,46 350,66 358,92 C366,118 372,136 370,164 L318,164 C318,120 322,70 300,34 C312,24 338,20 346,34 Z",
            Ink.Fill("#0d22a8"));
        shoe.Path("M212,30 L236,40 C252,48 282,50 300,34 L306,52 C280,66 246,66 222,54 Z", Ink.Fill(Navy));
        shoe.Path("M130,160 C168,150 214,126 250,66 L272,70 C262,116 236,146 204,162 Z", Ink.Fill(Lime));
        shoe.Path("M214,162 C244,150 272,118 284,72 L296,72 C292,116 274,148 252,162 Z", Ink.Fill("#bfd8ff3e"));
        shoe.Path("M140,90 L164,108 M156,74 L182,94 M171,57 L199,79 M186,40 L214,63", Ink.Line(Navy, 6));
        shoe.Path("M4,160 C40,170 90,160 150,162 C230,166 300,156 374,150 C392,150 398,172 388,192 C382,206 368,208 348,206 L52,210 C20,210 -6,190 4,160 Z", Ink.Linear(0, 150, 0, 210, (0, "#ffffff"), (1, "#dfe6ff")));
        shoe.Path("M14,190 C60,186 120,200 190,190 C260,182 320,182 390,182 C388,200 378,208 348,206 L52,210 C34,210 20,202 14,190 Z",
            Ink.Fill(Lime));
        shoe.Path("M24,204 L70,212 L360,208", Ink.Line("#0d22a8", 9));
    });

    static Layer Ground()
    {
        var (edge, dash) = (Ink.Line("#3d60ff", 3), Ink.Line("#8aa2ff", 4));
        return (canvas, time) =>
        {
            canvas.DrawLine(430, 466, 980, 466, edge);
            for (var i = 0; i < 6; i++)
            {
                var x = 430 + (i * 110 + 2000 - 620 * time % 660 + 660) % 660;
                canvas.DrawLine(x, 482, x + 46, 482, dash.Faded(Math.Min(1, (x - 430) / 120)));
            }
        };
    }

    static Layer Streaks()
    {
        SKPaint[] inks = [Ink.Line(Lime, 5), Ink.Line("#ffffff", 3), Ink.Line("#8aa2ff", 4)];
        return (canvas, time) =>
        {
            var rush = 1 + 2.2f * Ease.Bump((time - Sprint + 0.3f) / 1.2f);
            for (var i = 0; i < 11; i++)
            {
                var (speed, length) = (620 + 90 * (i % 4), (70 + 50 * (i % 3)) * rush);
                var x = 1100 - (speed * time + i * 251) % 1500;
                canvas.DrawLine(
                    x, 150 + i * 47 % 290, x + length, 150 + i * 47 % 290, inks[i % 3].Faded(0.55f * Ease.Smooth((x - 330) / 160)));
            }
        };
    }

    /// <summary>A figure that counts down to the shoe's weight.</summary>
    static Layer Weight()
    {
        var (font, ink) = (Lettering.Font(Lettering.Bold, 94, true), Ink.Fill(Lime));
        return Stage.During(Sprint + 0.2f, 99, (canvas, time, opacity) =>
        {
            var grams = 214 + (int)(146 * (1 - Ease.Out((time - Sprint - 0.2f) / 1.1f)));
            canvas.Write(
                string.Create(CultureInfo.InvariantCulture, $"단 {grams}g"), 58, 240, font, ink.Faded(opacity), SKTextAlign.Left, -0.045f);
        });
    }
}
