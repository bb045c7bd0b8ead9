using SkiaSharp;

namespace FaceAd.Demo.Films;

/// <summary>Draws one layer of a film at a moment, seconds since the film began.</summary>
delegate void Layer(SKCanvas canvas, float time);

/// <summary>Makes layers: what stands still is drawn once and then moved, what changes is drawn in every frame.</summary>
static class Stage
{
    static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear);

    /// <summary>Something drawn once over the whole picture, behind everything.</summary>
    /// <param name="draw">Draws it; leaves nothing transparent.</param>
    public static Layer Backdrop(Action<SKCanvas> draw)
    {
        var (image, replace) = (Picture(SKRect.Create(Film.Width, Film.Height), draw), new SKPaint { BlendMode = SKBlendMode.Src });
        return (canvas, _) => canvas.DrawImage(image, 0, 0, SKSamplingOptions.Default, replace);
    }

    /// <summary>Something drawn once and then moved, turned and scaled about the middle of its area.</summary>
    /// <param name="area">Where it is drawn; nothing outside is kept.</param>
    /// <param name="motion">How it moves.</param>
    /// <param name="draw">Draws it, in the film's coordinates.</param>
    public static Layer Still(SKRect area, Motion motion, Action<SKCanvas> draw)
    {
        var sprite = new Sprite(area, draw);
        return (canvas, time) => sprite.Draw(canvas, motion.PoseAt(time));
    }

    /// <summary>Large plain shapes that move: cheaper to fill again than to copy. They are there from the start, and opaque.</summary>
    /// <param name="middle">The middle of turning and scaling.</param>
    /// <param name="motion">How they move.</param>
    /// <param name="draw">Draws them, in the film's coordinates.</param>
    public static Layer Shapes(SKPoint middle, Motion motion, Action<SKCanvas> draw)
    {
        using var recorder = new SKPictureRecorder();
        draw(recorder.BeginRecording(new SKRect(-4000, -4000, 4000, 4000)));
        var picture = recorder.EndRecording();
        return (canvas, time) =>
        {
            var pose = motion.PoseAt(time);
            canvas.Save();
            canvas.Translate(middle.X + pose.X, middle.Y + pose.Y);
            canvas.RotateDegrees(pose.Degrees);
            canvas.Scale(pose.Scale);
            canvas.Translate(-middle.X, -middle.Y);
            canvas.DrawPicture(picture);
            canvas.Restore();
        };
    }

    /// <summary>A layer that is there only for a time, and comes and goes in a third of a second.</summary>
    /// <param name="from">Seconds.</param>
    /// <param name="until">Seconds.</param>
    /// <param name="layer">The layer; drawn with full opacity between.</param>
    public static Layer During(float from, float until, Action<SKCanvas, float, float> layer) => (canvas, time) =>
    {
        var opacity = Math.Min(Ease.Smooth((time - from) / 0.35f), Ease.Smooth((until - time) / 0.35f));
        if (opacity > 0) layer(canvas, time, opacity);
    };

    /// <summary>A picture of an area.</summary>
    /// <param name="area">In the film's coordinates.</param>
    /// <param name="draw">Draws it, in the film's coordinates.</param>
    public static SKImage Picture(SKRect area, Action<SKCanvas> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo((int)area.Width, (int)area.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        surface.Canvas.Translate(-area.Left, -area.Top);
        draw(surface.Canvas);
        return surface.Snapshot();
    }

    /// <summary>Something drawn once, to be placed anywhere.</summary>
    /// <param name="area">Where it is drawn; its middle is the middle of turning and scaling.</param>
    /// <param name="draw">Draws it.</param>
    public sealed class Sprite(SKRect area, Action<SKCanvas> draw)
    {
        readonly SKImage _image = Picture(area, draw);

        /// <summary>Draws it.</summary>
        /// <param name="canvas">The frame.</param>
        /// <param name="pose">Where, seen from where it was drawn.</param>
        /// <param name="stretch">Height over width beside the pose's scale: 1 leaves it, more is slim and tall.</param>
        public void Draw(SKCanvas canvas, Pose pose, float stretch = 1)
        {
            if (pose.Opacity <= 0.002f || pose.Scale <= 0.001f) return;
            using var paint = new SKPaint { Color = SKColors.White.WithAlpha((byte)(255 * Math.Min(1, pose.Opacity))) };
            canvas.Save();
            canvas.Translate(area.MidX + pose.X, area.MidY + pose.Y);
            canvas.RotateDegrees(pose.Degrees);
            canvas.Scale(pose.Scale / stretch, pose.Scale * stretch);
            canvas.DrawImage(_image, -area.Width / 2, -area.Height / 2, Sampling, paint);
            canvas.Restore();
        }
    }
}

/// <summary>Paints, by the words of a designer: colours are <c>#RRGGBB</c> or <c>#AARRGGBB</c>.</summary>
static class Ink
{
    /// <summary>One colour.</summary>
    public static SKPaint Fill(string colour) => new() { IsAntialias = true, Color = SKColor.Parse(colour) };

    /// <summary>A line with round ends.</summary>
    public static SKPaint Line(string colour, float width) => new()
    {
        IsAntialias = true,
        Color = SKColor.Parse(colour),
        Style = SKPaintStyle.Stroke,
        StrokeWidth = width,
        StrokeCap = SKStrokeCap.Round,
        StrokeJoin = SKStrokeJoin.Round,
    };

    /// <summary>From one point to another.</summary>
    public static SKPaint Linear(float x0, float y0, float x1, float y1, params (float At, string Colour)[] stops) => Shaded(
        SKShader.CreateLinearGradient(new SKPoint(x0, y0), new SKPoint(x1, y1), Colours(stops), Places(stops), SKShaderTileMode.Clamp));

    /// <summary>From a middle outwards.</summary>
    public static SKPaint Radial(float x, float y, float radius, params (float At, string Colour)[] stops) => Shaded(
        SKShader.CreateRadialGradient(new SKPoint(x, y), radius, Colours(stops), Places(stops), SKShaderTileMode.Clamp));

    /// <summary>The same paint, less opaque.</summary>
    public static SKPaint Faded(this SKPaint paint, float opacity)
    {
        paint.Color = paint.Color.WithAlpha((byte)(255 * Math.Clamp(opacity, 0, 1)));
        return paint;
    }

    /// <summary>Soft edges.</summary>
    public static SKPaint Soft(this SKPaint paint, float sigma)
    {
        paint.MaskFilter = SKMaskFilter.CreateBlur(SKBlurStyle.Normal, sigma);
        return paint;
    }

    /// <summary>Fills a path written as in SVG.</summary>
    public static void Path(this SKCanvas canvas, string path, SKPaint paint)
    {
        using var parsed = SKPath.ParseSvgPathData(path);
        canvas.DrawPath(parsed, paint);
    }

    /// <summary>Draws straight lines from point to point.</summary>
    public static void Polyline(this SKCanvas canvas, ReadOnlySpan<SKPoint> points, SKPaint paint)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly(points, false);
        using var path = builder.Detach();
        canvas.DrawPath(path, paint);
    }

    /// <summary>Draws with a shadow beneath.</summary>
    public static void Shadowed(this SKCanvas canvas, float down, float sigma, string colour, Action<SKCanvas> draw)
    {
        using var shadow = new SKPaint { ImageFilter = SKImageFilter.CreateDropShadow(0, down, sigma, sigma, SKColor.Parse(colour)) };
        canvas.SaveLayer(shadow);
        draw(canvas);
        canvas.Restore();
    }

    /// <summary>Draws in coordinates of its own.</summary>
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
