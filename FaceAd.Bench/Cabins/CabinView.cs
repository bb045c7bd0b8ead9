using FaceAd.Inference.Imaging;

namespace FaceAd.Bench.Cabins;

/// <summary>
/// How one frame of a simulated ride shows a face: shifted, scaled, tilted, blurred, lit and compressed slightly differently each
/// time. Pose, expression and light on the face stay those of the photograph, so the views of one ride are more alike than those of
/// a real track.
/// </summary>
/// <param name="FaceSide">Longer side of the face in the frame, in pixels.</param>
/// <param name="ShiftX">Offset of the face's centre to the right of the frame's, in face sides.</param>
/// <param name="ShiftY">Offset of the face's centre below the frame's, in face sides.</param>
/// <param name="Degrees">Tilt in degrees.</param>
/// <param name="Blur">Standard deviation of the blur, in pixels of the frame.</param>
/// <param name="Gain">Brightness factor.</param>
/// <param name="Noise">Standard deviation of the camera noise, on the scale 0..255.</param>
/// <param name="Quality">JPEG quality, 1 to 100.</param>
sealed record CabinView(double FaceSide, double ShiftX, double ShiftY, double Degrees, double Blur, double Gain, double Noise, int Quality)
{
    /// <summary>Side of the square frame in pixels.</summary>
    const int FrameSide = 288;

    /// <summary>Frames of one ride: same position and light in the cabin, small changes from frame to frame.</summary>
    /// <param name="count">Number of frames.</param>
    /// <param name="random">Source of the differences.</param>
    public static IReadOnlyList<CabinView> Ride(int count, Random random)
    {
        var (side, blur, gain) = (Between(90, 170), Between(0, 1), Between(0.75, 1.25));
        return [.. Enumerable.Range(0, count).Select(_ => new CabinView(
            side * Between(0.92, 1.08), Between(-0.12, 0.12), Between(-0.12, 0.12), Between(-6, 6), Math.Max(0, blur + Between(-0.3, 0.5)),
            gain * Between(0.92, 1.08), Between(0, 4), random.Next(55, 91)))];

        double Between(double low, double high) => low + (high - low) * random.NextDouble();
    }

    /// <summary>Frames of a person moving in front of a poor camera: size, blur, light and noise change from frame to frame.</summary>
    /// <param name="count">Number of frames.</param>
    /// <param name="random">Source of the differences.</param>
    public static IReadOnlyList<CabinView> Walk(int count, Random random)
    {
        return [.. Enumerable.Range(0, count).Select(_ => new CabinView(
            FaceSide: Between(40, 130), Between(-0.12, 0.12), Between(-0.12, 0.12), Degrees: Between(-8, 8), Blur: Between(0, 2.5),
            Gain: Between(0.6, 1.3), Noise: Between(0, 10), Quality: 100))];

        double Between(double low, double high) => low + (high - low) * random.NextDouble();
    }

    /// <summary>Draws the frame.</summary>
    /// <param name="picture">The photograph, RGB.</param>
    /// <param name="face">The face in it.</param>
    /// <param name="random">Source of the camera noise.</param>
    public PixelBuffer Draw(PixelBuffer picture, FaceBox face, Random random)
    {
        var light = new float[FrameSide * FrameSide * 3];
        Resample(picture, face, light);
        if (Blur > 0)
        {
            var kernel = Kernel();
            var half = new float[light.Length];
            Smear(light, half, kernel, along: 3);
            Smear(half, light, kernel, along: 3 * FrameSide);
        }
        var frame = new PixelBuffer();
        frame.Resize(FrameSide, FrameSide, 3);
        var pixels = frame.Pixels;
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)Math.Clamp(light[i] * Gain + Noise * Gaussian(random) + 0.5, 0, 255);
        return frame;
    }

    /// <summary>Takes several samples per pixel where the photograph is finer than the frame, so detail does not alias.</summary>
    void Resample(PixelBuffer picture, FaceBox face, Span<float> light)
    {
        var step = face.LongerSide / FaceSide;
        var (sin, cos) = Math.SinCos(Degrees * Math.PI / 180);
        var samples = (int)Math.Clamp(Math.Ceiling(step), 1, 8);
        for (var i = 0; i < FrameSide * FrameSide; i++)
        {
            var colour = light.Slice(3 * i, 3);
            for (var sample = 0; sample < samples * samples; sample++)
            {
                var u = i % FrameSide + (sample % samples + 0.5) / samples - FrameSide / 2.0 - ShiftX * FaceSide;
                var v = i / FrameSide + (sample / samples + 0.5) / samples - FrameSide / 2.0 - ShiftY * FaceSide;
                Add(picture, face.CentreX + (u * cos - v * sin) * step, face.CentreY + (u * sin + v * cos) * step,
                    1f / (samples * samples), colour);
            }
        }
    }

    /// <summary>Adds the interpolated colour at a point; beyond the picture its edge pixels repeat.</summary>
    static void Add(PixelBuffer picture, double x, double y, float weight, Span<float> colour)
    {
        (x, y) = (Math.Clamp(x - 0.5, 0, picture.Width - 1), Math.Clamp(y - 0.5, 0, picture.Height - 1));
        var (left, top) = ((int)x, (int)y);
        var (right, bottom) = (Math.Min(left + 1, picture.Width - 1), Math.Min(top + 1, picture.Height - 1));
        var (fx, fy) = ((float)(x - left), (float)(y - top));
        var upper = picture.Row(top);
        var lower = picture.Row(bottom);
        for (var c = 0; c < 3; c++)
        {
            var above = upper[3 * left + c] * (1 - fx) + upper[3 * right + c] * fx;
            var below = lower[3 * left + c] * (1 - fx) + lower[3 * right + c] * fx;
            colour[c] += weight * (above * (1 - fy) + below * fy);
        }
    }

    float[] Kernel()
    {
        var radius = (int)Math.Ceiling(3 * Blur);
        var kernel = new float[2 * radius + 1];
        for (var i = 0; i < kernel.Length; i++) kernel[i] = (float)Math.Exp(-(i - radius) * (i - radius) / (2 * Blur * Blur));
        var sum = kernel.Sum();
        return Array.ConvertAll(kernel, k => k / sum);
    }

    /// <summary>Blurs along one axis.</summary>
    /// <param name="from">The picture.</param>
    /// <param name="to">Receives it.</param>
    /// <param name="kernel">Weights, odd in number, with sum 1.</param>
    /// <param name="along">Distance between neighbours in the array: 3 horizontally, the row length vertically.</param>
    static void Smear(float[] from, float[] to, float[] kernel, int along)
    {
        for (var i = 0; i < from.Length; i++)
        {
            var place = i / along % FrameSide;
            var sum = 0f;
            for (var k = 0; k < kernel.Length; k++)
            {
                var neighbour = Math.Clamp(place + k - kernel.Length / 2, 0, FrameSide - 1);
                sum += kernel[k] * from[i + (neighbour - place) * along];
            }
            to[i] = sum;
        }
    }

    /// <summary>Normal deviate by the Box-Muller transform.</summary>
    static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
