namespace FaceAd.Bench.Demonstration;

/// <summary>One opaque picture that sprites are drawn on: red, green, blue, rows from the top.</summary>
/// <param name="width">Pixels in a row.</param>
/// <param name="height">Rows.</param>
sealed class Canvas(int width, int height)
{
    /// <summary>Pixels in a row.</summary>
    public int Width => width;

    /// <summary>Rows.</summary>
    public int Height => height;

    /// <summary>Three bytes a pixel.</summary>
    public byte[] Pixels { get; } = new byte[width * height * 3];

    /// <summary>Draws a sprite, scaled and turned about its own middle, with bilinear sampling.</summary>
    /// <param name="sprite">What to draw.</param>
    /// <param name="centreX">Where its middle goes, pixels from the left.</param>
    /// <param name="centreY">Where its middle goes, pixels from the top.</param>
    /// <param name="scale">1 leaves the size; negative <paramref name="mirror"/> is separate. Nothing is drawn at 0 or below.</param>
    /// <param name="degrees">Turn, clockwise.</param>
    /// <param name="opacity">0 (nothing) to 1.</param>
    /// <param name="mirror">Whether left and right are exchanged.</param>
    /// <param name="gain">Brightness factor, 1 leaves the colours.</param>
    public void Draw(
        Raster sprite, double centreX, double centreY, double scale = 1, double degrees = 0, double opacity = 1, bool mirror = false, double gain = 1)
    {
        if (scale <= 0.001 || opacity <= 0.002) return;
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var (halfW, halfH) = (sprite.Width / 2.0, sprite.Height / 2.0);
        var extentX = scale * (Math.Abs(cos) * halfW + Math.Abs(sin) * halfH) + 1;
        var extentY = scale * (Math.Abs(sin) * halfW + Math.Abs(cos) * halfH) + 1;
        var (left, right) = (Math.Max(0, (int)(centreX - extentX)), Math.Min(Width - 1, (int)(centreX + extentX)));
        var (top, bottom) = (Math.Max(0, (int)(centreY - extentY)), Math.Min(Height - 1, (int)(centreY + extentY)));
        if (right < left || bottom < top) return;

        // 16.16 fixed point: a picture is at most 4,096 pixels wide, so 48 bits hold every product.
        var (cu, su) = (cos / scale, sin / scale);
        var (stepU, stepV) = ((int)(cu * 65536 * (mirror ? -1 : 1)), (int)(-su * 65536));
        var weight = (int)(opacity * 256);
        var light = (int)(gain * 256);
        for (var y = top; y <= bottom; y++)
        {
            var (dx, dy) = (left + 0.5 - centreX, y + 0.5 - centreY);
            var u0 = cu * dx + su * dy;
            var u = (long)(((mirror ? -u0 : u0) + halfW - 0.5) * 65536);
            var v = (long)((-su * dx + cu * dy + halfH - 0.5) * 65536);
            var row = (y * Width + left) * 3;
            var flipV = stepV;
            for (var x = left; x <= right; x++, row += 3, u += stepU, v += flipV)
                Blend(sprite, (int)(u >> 16), (int)(v >> 16), (int)(u >> 8) & 255, (int)(v >> 8) & 255, row, weight, light);
        }
    }

    /// <summary>Copies a picture of this canvas' size over everything.</summary>
    /// <param name="picture">Red, green, blue; as long as <see cref="Pixels"/>.</param>
    public void Clear(byte[] picture) => Buffer.BlockCopy(picture, 0, Pixels, 0, Pixels.Length);

    /// <summary>Mixes one colour into one pixel.</summary>
    /// <param name="x">Column; outside the canvas nothing happens.</param>
    /// <param name="y">Row; outside the canvas nothing happens.</param>
    /// <param name="colour">The colour.</param>
    /// <param name="cover">0 (nothing) to 1 (only the colour).</param>
    public void Mix(int x, int y, Colour colour, double cover)
    {
        if ((uint)x >= (uint)Width || (uint)y >= (uint)Height || cover <= 0) return;
        var at = (y * Width + x) * 3;
        cover = Math.Min(1, cover);
        Pixels[at] = Mixed(Pixels[at], colour.Red, cover);
        Pixels[at + 1] = Mixed(Pixels[at + 1], colour.Green, cover);
        Pixels[at + 2] = Mixed(Pixels[at + 2], colour.Blue, cover);
    }

    static byte Mixed(byte under, double over, double cover) => (byte)Math.Clamp(under + (over - under) * cover + 0.5, 0, 255);

    void Blend(Raster sprite, int u, int v, int fu, int fv, int at, int weight, int light)
    {
        if (u < -1 || v < -1 || u >= sprite.Width || v >= sprite.Height) return;
        var (w00, w10, w01, w11) = ((256 - fu) * (256 - fv), fu * (256 - fv), (256 - fu) * fv, fu * fv);
        var (red, green, blue, alpha) = (0, 0, 0, 0);
        if (v >= 0)
        {
            if (u >= 0) Add(u, v, w00);
            if (u + 1 < sprite.Width) Add(u + 1, v, w10);
        }
        if (v + 1 < sprite.Height)
        {
            if (u >= 0) Add(u, v + 1, w01);
            if (u + 1 < sprite.Width) Add(u + 1, v + 1, w11);
        }
        if (alpha == 0) return;
        // Sums are 8 bits times 2^16; bring colour and alpha to 8 bits after the weight of 2^8.
        var a = (int)(((long)alpha * weight) >> 24);
        Pixels[at] = Over(Pixels[at], red);
        Pixels[at + 1] = Over(Pixels[at + 1], green);
        Pixels[at + 2] = Over(Pixels[at + 2], blue);

        void Add(int x, int y, int w)
        {
            var p = (y * sprite.Width + x) * 4;
            red += sprite.Pixels[p] * w;
            green += sprite.Pixels[p + 1] * w;
            blue += sprite.Pixels[p + 2] * w;
            alpha += sprite.Pixels[p + 3] * w;
        }

        byte Over(byte under, int colour)
        {
            var c = (int)(((long)colour * weight * light) >> 32);
            return (byte)Math.Min(255, c + (under * (255 - a) + 127) / 255);
        }
    }
}

/// <summary>An opaque colour.</summary>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
readonly record struct Colour(double Red, double Green, double Blue)
{
    /// <summary>The colour between two.</summary>
    /// <param name="other">The colour at 1.</param>
    /// <param name="t">0 gives this colour, 1 the other.</param>
    public Colour Towards(Colour other, double t) =>
        new(Red + (other.Red - Red) * t, Green + (other.Green - Green) * t, Blue + (other.Blue - Blue) * t);

    /// <summary>The colour, brighter or darker.</summary>
    /// <param name="gain">1 leaves it.</param>
    public Colour Lit(double gain) => new(Red * gain, Green * gain, Blue * gain);
}
