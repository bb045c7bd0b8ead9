using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>Morning in the building: the sun rises, windows light up, and the elevator goes up and down.</summary>
static class GoodMorning
{
    const string Ink0 = "#43372b";

    public static IReadOnlyList<Layer> Layers()
    {
        var look = new Look(Lettering.Bold, 72, Ink0, 25, 58);
        return
        [
            Stage.Backdrop(canvas => canvas.DrawPaint(Ink.Linear(0, 0, 0, 540, (0, "#faf4e8"), (1, "#f5ecdc")))),
            Stage.Still(SKRect.Create(600, 160, 260, 260), new Motion { Rise = (34, 5) }, canvas =>
            {
                canvas.DrawCircle(730, 290, 125, Ink.Radial(730, 290, 125, (0.6f, "#66f6b79a"), (1, "#00f6b79a")));
                canvas.DrawCircle(730, 290, 88, Ink.Fill("#f6b79a"));
            }),
            Stage.Shapes(default, new Motion { Slide = -18 }, canvas => canvas.Path(
                "M510,150 c0,-22 34,-26 42,-8 c14,-22 54,-12 52,12 c18,2 18,24 0,24 h-88 c-24,0 -26,-26 -6,-28 z M900,130 c0,-16 26,-20 32,-6 c10,-17 42,-9 40,9 c14,2 14,19 0,19 h-68 c-18,0 -20,-20 -4,-22 z M1150,160 c0,-16 26,-20 32,-6 c10,-17 42,-9 40,9 c14,2 14,19 0,19 h-68 c-18,0 -20,-20 -4,-22 z",
                Ink.Fill("#fffdf8"))),
            Tower(490, 270, 136, 280, "#d8c3a5", 0),
            Tower(798, 300, 136, 250, "#dccbb2", 2),
            Tower(644, 200, 136, 350, "#c9a98a", 1),
            Elevator(),
            Stage.Shapes(default, new Motion(), canvas =>
            {
                foreach (var (x, y, radius) in new[] { (474, 530, 32), (636, 536, 28), (790, 534, 30), (952, 528, 34) })
                    canvas.DrawCircle(x, y, radius, Ink.Fill("#a9b98c"));
            }),
            Lettering.Headline(look, 232, 0.4f, 4.9f, ["좋은 하루", "되세요"], "Have a good day, neighbour."),
            Lettering.Headline(look, 232, 5.3f, 99, ["한 걸음", "안쪽으로"], "Room for one more."),
            Lettering.Masthead("BUILDING NEWS", "우리 단지 소식", null, Ink0, "#f8f1e4"),
        ];
    }

    /// <summary>A building whose windows light up one by one.</summary>
    static Layer Tower(float x, float y, float width, float height, string wall, int seed)
    {
        var still = Stage.Still(SKRect.Create(x, y, width, height), new Motion(), canvas =>
        {
            canvas.DrawRoundRect(x, y, width, height + 20, 8, 8, Ink.Fill(wall));
            foreach (var (left, top, _) in Windows(x, y, width, height, seed))
                canvas.DrawRoundRect(left, top, 18, 22, 3, 3, Ink.Fill("#99fff6e4"));
        });
        var (windows, light) = (Windows(x, y, width, height, seed).ToList(), Ink.Fill("#ffd27a"));
        return (canvas, time) =>
        {
            still(canvas, time);
            foreach (var (left, top, at) in windows)
            {
                // Most windows light up in the first half; some go dark again as people leave for work.
                var on = Ease.Smooth((time - at) / 0.3f) - (at < 1.6f ? Ease.Smooth((time - at - 5) / 0.3f) : 0);
                if (on > 0) canvas.DrawRoundRect(left, top, 18, 22, 3, 3, light.Faded(on));
            }
        };
    }

    static IEnumerable<(float Left, float Top, float At)> Windows(float x, float y, float width, float height, int seed)
    {
        for (var row = 0; row * 42 + 44 < height; row++)
        {
            for (var column = 0; column < 4; column++)
            {
                // The shaft is in the middle of the central tower.
                if (seed == 1 && column is 1 or 2 && seed == 1) continue;
                yield return (x + 8 + column * (width - 34) / 3, y + 18 + row * 42, 0.4f + (row * 37 + column * 61 + seed * 29) % 83 / 16f);
            }
        }
    }

    /// <summary>A glass elevator in the central tower, with its riders.</summary>
    static Layer Elevator()
    {
        var (shaft, rope, cabin, rider, frame) =
            (Ink.Fill("#8fffffff"), Ink.Line("#8a7058", 2), Ink.Fill("#fff6dc"), Ink.Fill("#6b5a49"), Ink.Line("#6b5a49", 3));
        return (canvas, time) =>
        {
            var up = time < 5 ? Ease.Smooth((time - 0.8f) / 3.2f) : 1 - Ease.Smooth((time - 6.2f) / 3);
            var y = 452 - 226 * up;
            canvas.DrawRect(686, 210, 52, 330, shaft);
            canvas.DrawLine(712, 210, 712, y, rope);
            canvas.DrawRoundRect(689, y, 46, 58, 5, 5, cabin);
            // One more rider steps in at the top.
            for (var i = 0; i < 3; i++)
            {
                var inside = i < 2 ? 1 : Ease.Smooth((time - 5) / 0.8f);
                if (inside <= 0) continue;
                var x = 701 + i * 11 + 26 * (1 - inside);
                canvas.DrawCircle(x, y + 27 - i % 2 * 4, 5, rider.Faded(inside));
                canvas.DrawRoundRect(x - 5.5f, y + 33 - i % 2 * 4, 11, 24 + i % 2 * 4, 5, 5, rider);
            }
            canvas.DrawRoundRect(689, y, 46, 58, 5, 5, frame);
        };
    }
}
