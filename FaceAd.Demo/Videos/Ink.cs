using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>Paints and drawing helpers. Colours are <c>#RRGGBB</c> or <c>#AARRGGBB</c>.</summary>
static class Ink
{
    /// <summary>Solid fill.</summary>
    public static SKPaint Fill(string colour) => new() { IsAntialias = true, Color = SKColor.Parse(colour) };

    /// <summary>Stroke with round caps and joins.</summary>
    public static SKPaint Line(string colour, float width) => new()
    {
        IsAntialias = true,
        Color = SKColor.Parse(colour),
        Style = SKPaintStyle.Stroke,
        StrokeWidth = width,
        StrokeCap = SKStrokeCap.Round,
        StrokeJoin = SKStrokeJoin.Round,
    };

    /// <summary>Linear gradient.</summary>
    public static SKPaint Linear(float x0, float y0, float x1, float y1, params (float At, string Colour)[] stops) => Shaded(
        SKShader.CreateLinearGradient(new SKPoint(x0, y0), new SKPoint(x1, y1), Colours(stops), Places(stops), SKShaderTileMode.Clamp));

    /// <summary>Radial gradient.</summary>
    public static SKPaint Radial(float x, float y, float radius, params (float At, string Colour)[] stops) => Shaded(
        SKShader.CreateRadialGradient(new SKPoint(x, y), radius, Colours(stops), Places(stops), SKShaderTileMode.Clamp));

    /// <summary>Sets the opacity of a paint.</summary>
    public static SKPaint Faded(this SKPaint paint, float opacity)
    {
        paint.Color = paint.Color.WithAlpha((byte)(255 * Math.Clamp(opacity, 0, 1)));
        return paint;
    }

    /// <summary>Blurs the edges of a paint.</summary>
    public static SKPaint Soft(this SKPaint paint, float sigma)
    {
        paint.MaskFilter = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, sigma);
        return paint;
    }

    /// <summary>Draws a path given as SVG path data.</summary>
    public static void Path(this SKCanvas canvas, string path, SKPaint paint)
    {
        using var parsed = SKPath.ParseSvgPathData(path);
        canvas.DrawPath(parsed, paint);
    }

    /// <summary>Draws a polyline.</summary>
    public static void Polyline(this SKCanvas canvas, ReadOnlySpan<SKPoint> points, SKPaint paint)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly(points, false);
        using var path = builder.Detach();
        canvas.DrawPath(path, paint);
    }

    /// <summary>Draws with a drop shadow.</summary>
    public static void Shadowed(this SKCanvas canvas, float down, float sigma, string colour, Action<SKCanvas> draw)
    {
        using var shadow = new SKPaint { ImageFilter = SKImageFilter.CreateDropShadow(0, down, sigma, sigma, SKColor.Parse(colour)) };
        canvas.SaveLayer(shadow);
        draw(canvas);
        canvas.Restore();
    }

    /// <summary>Draws in translated and scaled coordinates.</summary>
    public static void At(this SKCanvas canvas, float x, float y, float scale, Action<SKCanvas> draw)
    {
        canvas.Save();
        canvas.Translate(x, y);
        canvas.Scale(scale);
        draw(canvas);
        canvas.Restore();
    }

    static SKPaint Shaded(SKShader shader) => new() { IsAntialias = true, IsDither = true, Shader = shader };

    static SKColor[] Colours((float At, string Colour)[] stops) => [.. stops.Select(stop => SKColor.Parse(stop.Colour))];

    static float[] Places((float At, string Colour)[] stops) => [.. stops.Select(stop => stop.At)];
}
