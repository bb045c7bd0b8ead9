using SkiaSharp;

namespace FaceAd.Demo.History;

/// <summary>The front of a building, drawn for those who may book it: no photograph, and nobody in it.</summary>
/// <param name="Floors">Floors.</param>
/// <param name="Bays">Windows of a floor.</param>
/// <param name="Wall">Colour of the wall.</param>
/// <param name="Glass">Colour of the windows.</param>
/// <param name="Sky">Colour of the sky at the horizon.</param>
sealed record Facade(int Floors, int Bays, string Wall, string Glass, string Sky)
{
    const int Width = 960, Height = 540, Ground = 478, Top = 60;

    /// <summary>Draws it as a PNG.</summary>
    /// <param name="seed">Chooses the lit windows.</param>
    public MemoryStream Draw(int seed)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        var canvas = surface.Canvas;
        using var sky = new SKPaint
        {
            Shader = SKShader.CreateLinearGradient(
                new SKPoint(0, 0), new SKPoint(0, Ground), [SKColor.Parse("#6f9fc4"), SKColor.Parse(Sky)], SKShaderTileMode.Clamp),
        };
        canvas.DrawRect(0, 0, Width, Height, sky);
        Neighbours(canvas);
        House(canvas, new Random(seed));
        Fill(canvas, SKRect.Create(0, Ground, Width, Height - Ground), "#5d6a63");
        Fill(canvas, SKRect.Create(0, Ground, Width, 10), "#8d9a92");
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return new MemoryStream(png.ToArray());
    }

    static void Neighbours(SKCanvas canvas)
    {
        foreach (var (left, width, height) in new[] { (20, 150, 190), (150, 120, 260), (700, 130, 230), (815, 130, 160) })
            Fill(canvas, SKRect.Create(left, Ground - height, width, height), "#93a5ae");
    }

    void House(SKCanvas canvas, Random chance)
    {
        var (bay, floor) = (Math.Min(46f, 440f / Bays), (Ground - Top - 40f) / Floors);
        var (width, height) = (Bays * bay + 24, Floors * floor + 40);
        var left = (Width - width) / 2;
        Fill(canvas, SKRect.Create(left, Ground - height, width, height), Wall);
        Fill(canvas, SKRect.Create(left - 8, Ground - height - 10, width + 16, 12), "#3d4a50");
        for (var row = 0; row < Floors; row++)
        {
            for (var column = 0; column < Bays; column++)
            {
                var window = SKRect.Create(
                    left + 12 + column * bay + bay * 0.14f, Ground - height + 12 + row * floor + floor * 0.16f, bay * 0.72f, floor * 0.62f);
                Fill(canvas, window, chance.NextDouble() < 0.22 ? "#ffe2a3" : Glass);
            }
        }
        var door = SKRect.Create(Width / 2f - 34, Ground - 26, 68, 26);
        Fill(canvas, door, "#22303a");
        Fill(canvas, SKRect.Create(door.Left - 14, door.Top - 6, door.Width + 28, 6), "#2f3d45");
    }

    static void Fill(SKCanvas canvas, SKRect area, string colour)
    {
        using var paint = new SKPaint { Color = SKColor.Parse(colour), IsAntialias = true };
        canvas.DrawRect(area, paint);
    }
}
