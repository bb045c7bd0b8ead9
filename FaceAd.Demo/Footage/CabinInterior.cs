using FaceAd.Demo.Videos;
using SkiaSharp;

namespace FaceAd.Demo.Footage;

/// <summary>A drawn elevator cabin seen by its camera: brushed metal, lit ceiling, stone floor, and doors that open to a lobby.</summary>
sealed class CabinInterior
{
    /// <summary>Width of the picture in pixels.</summary>
    public const int Width = 640;

    /// <summary>Height of the picture in pixels.</summary>
    public const int Height = 480;

    // One-point perspective: the far wall is a rectangle, and the four other surfaces run from it to the picture's edges.
    static readonly SKRect Far = new(132, 74, 508, 398);
    static readonly SKRect Door = new(196, 112, 444, 398);
    static readonly SKRect LeftLeaf = new(196, 112, 320, 398);
    static readonly SKRect RightLeaf = new(320, 112, 444, 398);
    readonly SKImage _closed;
    readonly SKImage _lobby;

    /// <summary>Draws the cabin once, for reuse in every frame.</summary>
    /// <param name="seed">Seed of the grain of metal and floor.</param>
    public CabinInterior(int seed)
    {
        var all = SKRect.Create(Width, Height);
        _closed = Stage.Picture(all, canvas => Cabin(canvas, seed));
        _lobby = Stage.Picture(all, canvas => Lobby(canvas, seed));
    }

    /// <summary>Draws the empty cabin, covering the whole canvas.</summary>
    /// <param name="canvas">A canvas of the cabin's size.</param>
    /// <param name="open">How far the doors are open, 0 to 1.</param>
    public void Draw(SKCanvas canvas, double open)
    {
        canvas.DrawImage(_closed, 0, 0, SKSamplingOptions.Default);
        var shift = (float)Math.Round(open * (LeftLeaf.Width - 6));
        if (shift <= 0) return;
        canvas.DrawImage(_lobby, Door, Door, SKSamplingOptions.Default);
        // The door leaves slide behind the frame: the visible part of a leaf is its far end, shifted.
        canvas.DrawImage(_closed, new SKRect(LeftLeaf.Left + shift, Door.Top, LeftLeaf.Right, Door.Bottom),
            new SKRect(LeftLeaf.Left, Door.Top, LeftLeaf.Right - shift, Door.Bottom), SKSamplingOptions.Default);
        canvas.DrawImage(_closed, new SKRect(RightLeaf.Left, Door.Top, RightLeaf.Right - shift, Door.Bottom),
            new SKRect(RightLeaf.Left + shift, Door.Top, RightLeaf.Right, Door.Bottom), SKSamplingOptions.Default);
    }

    static void Cabin(SKCanvas canvas, int seed)
    {
        Side(canvas, left: true);
        Side(canvas, left: false);
        Ceiling(canvas);
        Floor(canvas);
        FarWall(canvas);
        Grain(canvas, SKRect.Create(Width, Height), 0.012f, 0.5f, seed, 26);
    }

    static void FarWall(SKCanvas canvas)
    {
        canvas.DrawRect(Far, Ink.Linear(0, Far.Top, 0, Far.Bottom, (0, "#a3a6a9"), (1, "#76787b")));
        canvas.DrawRect(new SKRect(187, 103, 453, 398), Ink.Linear(0, 103, 0, 398, (0, "#cdd0d3"), (1, "#8f9295")));
        foreach (var leaf in new[] { LeftLeaf, RightLeaf })
        {
            canvas.DrawRect(
                leaf, Ink.Linear(
                    leaf.Left, 0, leaf.Right, 0, (0, "#8c8f92"), (0.34f, "#b9bcbf"), (0.6f, "#94979a"), (0.8f, "#a6a9ac"), (1, "#85888b")));
            canvas.DrawRect(leaf, Ink.Linear(0, leaf.Top, 0, leaf.Bottom, (0, "#00000000"), (1, "#40101216")));
        }
        canvas.DrawRect(318.5f, Door.Top, 3, Door.Height, Ink.Fill("#3a3c3f"));
        canvas.DrawRect(194, 111, 252, 1.5f, Ink.Fill("#55585b"));
        // The floor number above the doors.
        canvas.DrawRoundRect(290, 82, 60, 19, 2, 2, Ink.Fill("#1a1c1f"));
        canvas.Path("M304,86 l6,9 h-12 Z", Ink.Fill("#ff963c"));
        canvas.Path("M323,87 v9 M330,87 h6 v9 h-6 M331,91.500 h5", Ink.Line("#ff963c", 1.8f));
    }

    static void Side(SKCanvas canvas, bool left)
    {
        var (edge, near) = left ? (0f, Far.Left) : (Width, Far.Right);
        canvas.Save();
        canvas.Path($"M{edge},0 L{near},{Far.Top} L{near},{Far.Bottom} L{edge},{Height} Z",
            Ink.Linear(edge, 0, near, 0, (0, "#63666b"), (0.3f, "#96999e"), (0.5f, "#6f7277"), (0.75f, "#9c9fa3"), (1, "#74777b")));
        canvas.Path($"M{edge},0 L{near},{Far.Top} L{near},{Far.Bottom} L{edge},{Height} Z",
            Ink.Linear(0, 0, 0, Height, (0, "#22ffffff"), (0.35f, "#00000000"), (1, "#5a0b0d12")));
        // Shadow gaps between the panels, and a hand rail at hip height.
        foreach (var share in new[] { 0.42f, 0.74f })
        {
            var x = edge + (near - edge) * share;
            canvas.DrawLine(x, Far.Top * share, x, Height - (Height - Far.Bottom) * share, Ink.Line("#4b4e52", 1.6f));
        }
        canvas.DrawLine(edge, 322, near, 292, Ink.Line("#d4d6d9", 6));
        canvas.DrawLine(edge, 327, near, 295, Ink.Line("#55585c", 2.5f));
        if (!left) Buttons(canvas);
        canvas.Restore();
    }

    static void Buttons(SKCanvas canvas)
    {
        canvas.Path("M550,196 L584,190 L584,296 L550,282 Z", Ink.Fill("#3a3c40"));
        for (var row = 0; row < 5; row++)
        {
            for (var column = 0; column < 2; column++)
                canvas.DrawCircle(
                    560 + column * 14, 205 + row * 17 - column, 4.2f, Ink.Fill(row == 1 && column == 1 ? "#ffba5c" : "#d6d8da"));
        }
    }

    static void Ceiling(SKCanvas canvas)
    {
        canvas.Path($"M0,0 L{Far.Left},{Far.Top} L{Far.Right},{Far.Top} L{Width},0 Z",
            Ink.Linear(0, 0, 0, Far.Top, (0, "#aaa8a2"), (1, "#bdbbb5")));
        // Two long lights with glow.
        foreach (var light in new[] { "M110,-4 L228,72 L268,72 L190,-4 Z", "M450,-4 L372,72 L412,72 L530,-4 Z" })
        {
            canvas.Save();
            using (var ceiling = SKPath.ParseSvgPathData($"M0,0 L{Far.Left},{Far.Top} L{Far.Right},{Far.Top} L{Width},0 Z"))
                canvas.ClipPath(ceiling);
            canvas.Path(light, Ink.Fill("#fffaf0").Soft(14));
            canvas.Path(light, Ink.Fill("#fffcf4").Soft(2));
            canvas.Restore();
        }
    }

    static void Floor(SKCanvas canvas)
    {
        canvas.Path($"M0,{Height} L{Far.Left},{Far.Bottom} L{Far.Right},{Far.Bottom} L{Width},{Height} Z",
            Ink.Radial(320, 430, 300, (0, "#6d6a66"), (1, "#4e4b48")));
        for (var i = 0; i <= 5; i++) canvas.DrawLine(
            Far.Left + Far.Width * i / 5, Far.Bottom, Width * i / 5f, Height, Ink.Line("#3f3d3a", 1.4f));
        canvas.DrawLine(90, 424, 550, 424, Ink.Line("#3f3d3a", 1.4f));
    }

    static void Lobby(SKCanvas canvas, int seed)
    {
        canvas.DrawRect(Door, Ink.Linear(0, Door.Top, 0, Door.Bottom, (0, "#d8cdba"), (1, "#b3a892")));
        canvas.DrawRect(Door, Ink.Radial(320, 190, 150, (0, "#40fff8e8"), (1, "#00fff8e8")));
        canvas.DrawRect(356, 176, 52, 68, Ink.Linear(356, 176, 408, 244, (0, "#93ac9a"), (1, "#6f8a78")));
        canvas.DrawRect(Door.Left, 350, Door.Width, 6, Ink.Fill("#7e7060"));
        canvas.DrawRect(Door.Left, 356, Door.Width, 42, Ink.Fill("#968a7c"));
        Grain(canvas, Door, 0.08f, 0.3f, seed + 1, 10);
    }

    /// <summary>Fine streaked noise, as of brushed metal and a camera sensor.</summary>
    static void Grain(SKCanvas canvas, SKRect area, float alongX, float alongY, int seed, byte strength)
    {
        using var noise = SKShader.CreatePerlinNoiseFractalNoise(alongX, alongY, 2, seed);
        using var paint = new SKPaint
        {
            Shader = noise,
            BlendMode = SKBlendMode.SoftLight,
            ColorFilter = SKColorFilter.CreateColorMatrix([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, strength / 100f]),
        };
        canvas.DrawRect(area, paint);
    }
}
