using SkiaSharp;

namespace FaceAd.Demo.Videos;

/// <summary>Draws one layer of a video at a time in seconds since its start.</summary>
delegate void Layer(SKCanvas canvas, float time);

/// <summary>Creates layers: rigid ones are drawn once and then moved, changing ones are drawn in every frame.</summary>
static class Stage
{
    static readonly SKSamplingOptions Sampling = new(SKFilterMode.Linear);

    /// <summary>A background, drawn once.</summary>
    /// <param name="draw">Draws it; must cover the whole picture opaquely.</param>
    public static Layer Backdrop(Action<SKCanvas> draw)
    {
        var (image, replace) = (Picture(SKRect.Create(DemoVideo.Width, DemoVideo.Height), draw),
            new SKPaint { BlendMode = SKBlendMode.Src });
        return (canvas, _) => canvas.DrawImage(image, 0, 0, SKSamplingOptions.Default, replace);
    }

    /// <summary>A sprite, drawn once and then moved, rotated and scaled about the centre of its area.</summary>
    /// <param name="area">Area in which it is drawn; anything outside is clipped.</param>
    /// <param name="motion">How it moves.</param>
    /// <param name="draw">Draws it, in the video's coordinates.</param>
    public static Layer Still(SKRect area, Motion motion, Action<SKCanvas> draw)
    {
        var sprite = new Sprite(area, draw);
        return (canvas, time) => sprite.Draw(canvas, motion.PoseAt(time));
    }

    /// <summary>Large plain moving shapes, cheaper to fill again than to copy. Visible from the start, and opaque.</summary>
    /// <param name="middle">Centre of rotation and scaling.</param>
    /// <param name="motion">How they move.</param>
    /// <param name="draw">Draws them, in the video's coordinates.</param>
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

    /// <summary>A layer visible for a limited time, with fades of a third of a second.</summary>
    /// <param name="from">Start in seconds.</param>
    /// <param name="until">End in seconds.</param>
    /// <param name="layer">Draws the layer, given canvas, time and opacity.</param>
    public static Layer During(float from, float until, Action<SKCanvas, float, float> layer) => (canvas, time) =>
    {
        var opacity = Math.Min(Ease.Smooth((time - from) / 0.35f), Ease.Smooth((until - time) / 0.35f));
        if (opacity > 0) layer(canvas, time, opacity);
    };

    /// <summary>Renders an area to an image.</summary>
    /// <param name="area">Area in the video's coordinates.</param>
    /// <param name="draw">Draws it, in the video's coordinates.</param>
    public static SKImage Picture(SKRect area, Action<SKCanvas> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo((int)area.Width, (int)area.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        surface.Canvas.Translate(-area.Left, -area.Top);
        draw(surface.Canvas);
        return surface.Snapshot();
    }

    /// <summary>An image drawn once, to be placed anywhere.</summary>
    /// <param name="area">Area in which it is drawn; its centre is the centre of rotation and scaling.</param>
    /// <param name="draw">Draws it.</param>
    public sealed class Sprite(SKRect area, Action<SKCanvas> draw)
    {
        readonly SKImage _image = Picture(area, draw);

        /// <summary>Draws the sprite.</summary>
        /// <param name="canvas">The frame.</param>
        /// <param name="pose">Position relative to where it was drawn.</param>
        /// <param name="stretch">Vertical stretch and horizontal squeeze: 1 for none, more is slimmer and taller.</param>
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
