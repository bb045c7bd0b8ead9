using FaceAd.Contracts;

namespace FaceAd.Bench.Demonstration;

/// <summary>One person of the cast, cut out softly, with drawn shoulders.</summary>
sealed class CabinRider
{
    static readonly Colour[] Adult =
        [new(52, 60, 78), new(92, 74, 66), new(70, 88, 84), new(116, 60, 62), new(58, 58, 62), new(140, 128, 112), new(64, 84, 122), new(176, 170, 160)];

    static readonly Colour[] Child = [new(232, 176, 64), new(92, 158, 206), new(216, 104, 96), new(120, 182, 116)];
    const int RimWidth = 8;
    readonly Raster _sharp;
    readonly Raster _soft;
    readonly Colour _cloth;
    readonly bool _child;
    readonly int _number;

    /// <summary>Cuts a portrait out.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="portrait">A square picture with the face in the middle.</param>
    public CabinRider(CabinPerson person, Raster portrait)
    {
        _child = person.Segment == Segment.Kids;
        _number = person.Portrait;
        _cloth = _child ? Child[person.Portrait % Child.Length] : Adult[person.Portrait % Adult.Length];
        _sharp = CutOut(portrait);
        _soft = _sharp.Blurred(1);
    }

    /// <summary>Draws the person.</summary>
    /// <param name="canvas">The frame.</param>
    /// <param name="ride">The ride in progress: place and size.</param>
    /// <param name="near">0 at the door to 1 at the place.</param>
    /// <param name="seed">Seed of the small movements.</param>
    /// <param name="frame">Index of the frame.</param>
    public void Draw(Canvas canvas, CabinRide ride, double near, int seed, int frame)
    {
        // Three slow swings and a little jitter, different for everybody.
        var own = seed * 31 + _number * 17 + (int)(ride.Enters * 10);
        var turn = CabinInterior.Noise(own, 1, 0) * 6.28;
        var sway = Math.Sin(frame * 0.31 + turn);
        var nod = Math.Sin(frame * 0.23 + turn * 2.3);
        var jitter = CabinInterior.Noise(own, 2, frame) - 0.5;

        var standing = ride.Size * (1 + 0.018 * Math.Sin(frame * 0.17 + turn * 1.7));
        var size = standing * (0.62 + 0.38 * near);
        var placeX = 92 + 152 * ride.Place;
        var standY = (_child ? 292 : 214) + (ride.Size - 140) * 0.3;
        var x = 320 + (placeX - 320) * near + 4.5 * sway * near + jitter;
        var y = (_child ? 262 : 208) * (1 - near) + standY * near + 2.5 * nod + (near < 1 ? 3 * Math.Abs(Math.Sin(frame * 1.9)) : 0);
        var gain = (0.90 + 0.10 * near) * (1 + 0.03 * Math.Sin(frame * 0.11 + turn) + 0.02 * jitter);
        var moving = near < 1;
        var soft = moving || CabinInterior.Noise(own, 3, frame / 3) > 0.7;
        var mirror = CabinInterior.Noise(own, 4, 0) > 0.5;

        DrawShoulders(canvas, x, y + size * 0.30, size, gain);
        canvas.Draw(soft ? _soft : _sharp, x, y, size / _sharp.Width, 1.6 * nod, 1, mirror, gain);
    }

    void DrawShoulders(Canvas canvas, double x, double neck, double size, double gain)
    {
        // The outline in units of the portrait: round shoulders that fall off to the sides, arms straight down.
        var half = size * (_child ? 0.66 : 0.80);
        var ground = Math.Min(canvas.Height, neck + size * (_child ? 2.3 : 3.2));
        for (var py = (int)neck; py < ground; py++)
        {
            for (var px = (int)(x - half - 2); px <= x + half + 2; px++)
            {
                var u = Math.Abs(px - x) / half;
                var edge = neck + size * (0.02 + 0.20 * u * u + 0.42 * Math.Pow(u, 7));
                var cover = Math.Min(Math.Clamp(py - edge, 0, 1), Math.Clamp((1 - u) * half, 0, 1));
                if (cover <= 0) continue;
                var down = (py - neck) / size;
                var shade = (1.08 - 0.34 * u * u - 0.10 * down) * gain;
                if (u is > 0.60 and < 0.63 && down > 0.55) shade *= 0.82;
                var vee = down < 0.42 && u < 0.26 * (1 - down / 0.42);
                if (!vee && u < 0.012) shade *= 0.86;
                canvas.Mix(px, py, vee ? _cloth.Towards(new Colour(240, 236, 228), 0.72).Lit(shade) : _cloth.Lit(shade), cover);
            }
        }
    }

    /// <summary>Keeps head, hair and neck inside a soft egg shape, and less of what looks like the picture's own background near its rim.</summary>
    static Raster CutOut(Raster portrait)
    {
        var (w, h) = (portrait.Width, portrait.Height);
        var matte = new byte[w * h * 4];
        for (var y = 0; y < h; y++)
        {
            var v = (y + 0.5) / h;
            var (left, right) = (Rim(portrait, 0, y), Rim(portrait, w - RimWidth, y));
            for (var x = 0; x < w; x++)
            {
                var u = (x + 0.5) / w;
                var rx = 0.40 - 0.13 * Math.Max(0, v - 0.5) / 0.5;
                var d = Math.Sqrt(Math.Pow((u - 0.5) / rx, 2) + Math.Pow((v - 0.48) / 0.485, 2));
                var alpha = Smooth(1.0, 0.86, d);
                if (alpha > 0 && d > 0.6 && v < 0.7)
                    alpha *= 1 - Smooth(0.6, 0.84, d) * Alike(portrait, x, y, x < w / 2 ? left : right);
                matte[(y * w + x) * 4 + 3] = (byte)(alpha * 255);
            }
        }
        // The decision per pixel is ragged; its mean over a few pixels is a soft edge.
        var soft = new Raster(w, h, matte).Blurred(3).Pixels;
        var pixels = (byte[])portrait.Pixels.Clone();
        for (var i = 3; i < pixels.Length; i += 4) pixels[i] = soft[i];
        return Raster.FromStraight(w, h, pixels);
    }

    /// <summary>The mean colour of one rim of the portrait around a row.</summary>
    static Colour Rim(Raster portrait, int x, int y)
    {
        var (red, green, blue, n) = (0, 0, 0, 0);
        for (var v = Math.Max(0, y - 14); v <= Math.Min(portrait.Height - 1, y + 14); v++)
        {
            for (var u = x; u < x + RimWidth; u++, n++)
            {
                var p = (v * portrait.Width + u) * 4;
                red += portrait.Pixels[p];
                green += portrait.Pixels[p + 1];
                blue += portrait.Pixels[p + 2];
            }
        }
        return new Colour(red / (double)n, green / (double)n, blue / (double)n);
    }

    /// <summary>1 when a pixel has a colour, 0 when it is far from it.</summary>
    static double Alike(Raster portrait, int x, int y, Colour colour)
    {
        var p = (y * portrait.Width + x) * 4;
        return Smooth(
            130, 45,
            Math.Abs(portrait.Pixels[p] - colour.Red) + Math.Abs(portrait.Pixels[p + 1] - colour.Green) + Math.Abs(portrait.Pixels[p + 2] - colour.Blue));
    }

    static double Smooth(double zero, double one, double value)
    {
        var t = Math.Clamp((value - zero) / (one - zero), 0, 1);
        return t * t * (3 - 2 * t);
    }
}
