namespace FaceAd.Bench.Demonstration;

/// <summary>A drawn elevator cabin as its camera sees it: brushed metal, a lit ceiling, a stone floor, and doors that open to a lobby.</summary>
sealed class CabinInterior
{
    /// <summary>Width of the picture, pixels.</summary>
    public const int Width = 640;

    /// <summary>Height of the picture, pixels.</summary>
    public const int Height = 480;

    // One-point perspective: the far wall is a rectangle, the four other faces run from it to the edges of the picture.
    const double WallLeft = 132, WallRight = 508, WallTop = 74, WallBottom = 398;
    const int DoorLeft = 196, DoorRight = 444, DoorTop = 112, DoorBottom = 398;
    const int Leaf = (DoorRight - DoorLeft) / 2;
    static readonly Colour Steel = new(168, 171, 174);
    static readonly Colour Warm = new(255, 246, 228);
    readonly byte[] _closed = new byte[Width * Height * 3];
    readonly byte[] _lobby = new byte[Width * Height * 3];
    readonly int _seed;

    /// <summary>Draws the cabin once.</summary>
    /// <param name="seed">Seed of the grain of the metal and the floor.</param>
    public CabinInterior(int seed)
    {
        _seed = seed;
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                Put(_closed, x, y, Inside(x, y));
                Put(_lobby, x, y, Lobby(x, y));
            }
        }
    }

    /// <summary>Draws the empty cabin over everything.</summary>
    /// <param name="canvas">A canvas of the cabin's size.</param>
    /// <param name="open">How far the doors are open, 0 to 1.</param>
    public void Draw(Canvas canvas, double open)
    {
        canvas.Clear(_closed);
        var shift = (int)Math.Round(open * (Leaf - 6));
        if (shift <= 0) return;
        for (var y = DoorTop; y < DoorBottom; y++)
        {
            var row = y * Width;
            // The leaves slide away behind the frame: what shows of a leaf is its far part, moved.
            Buffer.BlockCopy(_closed, (row + DoorLeft + shift) * 3, canvas.Pixels, (row + DoorLeft) * 3, (Leaf - shift) * 3);
            Buffer.BlockCopy(_closed, (row + DoorLeft + Leaf) * 3, canvas.Pixels, (row + DoorLeft + Leaf + shift) * 3, (Leaf - shift) * 3);
            var gap = DoorLeft + Leaf - shift;
            Buffer.BlockCopy(_lobby, (row + gap) * 3, canvas.Pixels, (row + gap) * 3, 2 * shift * 3);
        }
    }

    /// <summary>A number that looks random and depends only on its arguments, 0 (included) to 1 (excluded).</summary>
    /// <param name="seed">Any.</param>
    /// <param name="a">Any.</param>
    /// <param name="b">Any.</param>
    public static double Noise(int seed, int a, int b)
    {
        var h = unchecked((uint)seed * 0x9E3779B1u ^ (uint)a * 0x85EBCA77u ^ (uint)b * 0xC2B2AE3Du);
        h = unchecked((h ^ (h >> 15)) * 0x2C1B3C6Du);
        h = unchecked((h ^ (h >> 12)) * 0x297A2D39u);
        return (h ^ (h >> 15)) / 4294967296.0;
    }

    static void Put(byte[] picture, int x, int y, Colour c)
    {
        var at = (y * Width + x) * 3;
        picture[at] = (byte)Math.Clamp(c.Red, 0, 255);
        picture[at + 1] = (byte)Math.Clamp(c.Green, 0, 255);
        picture[at + 2] = (byte)Math.Clamp(c.Blue, 0, 255);
    }

    static double Bump(double x, double middle, double width) => Math.Exp(-Math.Pow((x - middle) / width, 2));

    Colour Inside(int x, int y)
    {
        // Depth of the pixel's face: 0 at the far wall, 1 at the edge of the picture.
        var left = (WallLeft - x) / WallLeft;
        var right = (x - WallRight) / (Width - WallRight);
        var top = (WallTop - y) / WallTop;
        var bottom = (y - WallBottom) / (Height - WallBottom);
        var depth = Math.Max(Math.Max(left, right), Math.Max(top, bottom));
        if (depth <= 0) return FarWall(x, y);
        if (top >= depth) return Ceiling(x, depth);
        if (bottom >= depth) return Floor(x, depth);
        return SideWall(x, y, depth, left >= depth);
    }

    Colour FarWall(int x, int y)
    {
        var falloff = 1.04 - 0.30 * (y - WallTop) / (WallBottom - WallTop);
        if (x >= DoorLeft && x < DoorRight && y >= DoorTop)
        {
            var inLeaf = (x - DoorLeft) % Leaf / (double)Leaf;
            var sheen = 0.9 + 0.2 * Bump(inLeaf, 0.34, 0.2) + 0.1 * Bump(inLeaf, 0.8, 0.12);
            var seam = x is DoorLeft + Leaf - 1 or DoorLeft + Leaf ? 0.45 : x is DoorLeft + Leaf - 2 or DoorLeft + Leaf + 1 ? 0.8 : 1;
            return Steel.Lit((sheen + Grain(x, y / 40, 0.045)) * seam * falloff * 0.97).Towards(Warm, 0.04);
        }
        var frame = x >= DoorLeft - 9 && x < DoorRight + 9 && y >= DoorTop - 9;
        if (frame) return Steel.Lit((x is DoorLeft - 1 or DoorRight || y == DoorTop - 1 ? 0.5 : 1.16) * falloff);
        // The floor number above the doors.
        if (y is >= 84 and < 99 && x is >= 290 and < 350)
        {
            var arrow = Math.Abs(x - 304) + (y - 87) is >= 0 and <= 9 && y >= 87 && Math.Abs(x - 304) <= (y - 86) * 0.6 && y < 96;
            var digit = y is >= 87 and < 97 && (x is 322 or 323 or 324 || (x is >= 331 and < 338 && (y is 87 or 88 or 91 or 92 or 95 or 96 || x >= 336)));
            return arrow || digit ? new Colour(255, 150, 60) : new Colour(26, 28, 31);
        }
        return Steel.Lit((0.86 + Grain(x / 30, y, 0.03) + 0.08 * Bump(x, 160, 16) + 0.08 * Bump(x, 480, 16)) * falloff);
    }

    Colour SideWall(int x, int y, double depth, bool left)
    {
        // The side faces are panels between thin shadow gaps, with a hand rail at hip height.
        var wallY = (y - WallTop * (1 - depth)) / (WallBottom - WallTop + depth * (Height - WallBottom + WallTop));
        var along = Math.Log(1 + depth * 1.8) / Math.Log(2.8);
        var panel = along * 3 % 1;
        var gap = panel < 0.02 ? 0.62 : 1;
        var falloff = 0.96 - 0.34 * wallY + 0.12 * Bump(wallY, 0.1, 0.14);
        var sheen = 0.74 + 0.16 * Bump(panel, left ? 0.35 : 0.62, 0.22);
        var rail = wallY is > 0.66 and < 0.695 ? 1.35 - 26 * Math.Abs(wallY - 0.672) : wallY is >= 0.695 and < 0.715 ? 0.72 : 1;
        if (!left && depth is > 0.34 and < 0.62 && wallY is > 0.4 and < 0.66) return Buttons((depth - 0.34) / 0.28, (wallY - 0.4) / 0.26);
        return Steel.Lit((sheen + Grain(x, (int)(wallY * 400), 0.035)) * falloff * gap * rail).Towards(new Colour(120, 132, 148), 0.10);
    }

    static Colour Buttons(double u, double v)
    {
        var (column, row) = (u * 2 % 1 - 0.5, v * 5 % 1 - 0.5);
        var d = Math.Sqrt(column * column + row * row);
        var lit = (int)(v * 5) == 1 && u > 0.5;
        return d < 0.24 ? lit ? new Colour(255, 186, 92) : new Colour(214, 216, 218) : d < 0.32 ? new Colour(92, 94, 98) : new Colour(58, 60, 64);
    }

    static Colour Ceiling(int x, double depth)
    {
        // Two long lights between darker strips.
        var across = (x - 320.0) / (188 + depth * 132);
        var light = Math.Max(Bump(across, -0.42, 0.2), Bump(across, 0.42, 0.2));
        return new Colour(196, 194, 188).Lit(0.82 - 0.1 * depth).Towards(new Colour(255, 252, 244), Math.Min(1, 1.25 * light));
    }

    Colour Floor(int x, double depth)
    {
        var across = (x - 320.0) / (188 + depth * 132);
        var joint = Math.Abs((across * 2.5 + 100) % 1 - 0.5) > 0.485 || Math.Abs(depth * 2.2 % 1 - 0.5) > 0.47 ? 0.8 : 1;
        return new Colour(112, 108, 104).Lit((0.74 + 0.2 * Bump(across, 0, 0.7) + Grain((int)(across * 300), (int)(depth * 90), 0.05)) * joint);
    }

    Colour Lobby(int x, int y)
    {
        var wall = new Colour(214, 203, 186).Lit(0.98 - 0.18 * (y - DoorTop) / (DoorBottom - DoorTop) + 0.06 * Bump(x, 320, 70));
        if (y > 356) return new Colour(150, 138, 124).Lit(0.9 + Grain(x / 6, y, 0.03));
        if (y is > 350 and <= 356) return new Colour(126, 112, 96);
        return x is > 356 and < 408 && y is > 176 and < 244 ? new Colour(126, 148, 132).Lit(1 + 0.2 * Bump(y, 200, 18)) : wall;
    }

    double Grain(int x, int y, double strength) => (Noise(_seed, x, y) - 0.5) * 2 * strength;
}
