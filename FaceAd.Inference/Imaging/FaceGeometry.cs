namespace FaceAd.Inference.Imaging;

/// <summary>Pose and sharpness, from a face's 68 points and grey crop without another model.</summary>
static class FaceGeometry
{
    // Corners of the eyes, tip of the nose, corners of the mouth, chin of an average head: x to the right of the picture, y
    // down, z towards the camera. Unit: half the distance between the outer corners of the eyes. Only the proportions matter.
    static readonly int[] Points = [36, 45, 30, 48, 54, 8];

    static readonly float[][] Head =
        [[-1, -0.756f, -0.6f], [1, -0.756f, -0.6f], [0, 0, 0], [-0.667f, 0.667f, -0.556f], [0.667f, 0.667f, -0.556f], [0, 1.467f, -0.289f]];

    /// <summary>Median pitch, in degrees, that the fit gives for portraits looking into the camera.</summary>
    internal const float NeutralPitch = 4;

    /// <summary>Rows of (X'X)^-1 X' for the centred head: 3 x 6. Multiplied by the selected points it gives the affine camera.</summary>
    static readonly float[,] Inverse = PseudoInverse();

    /// <summary>
    /// Pose under weak perspective: fits the affine camera that best maps an average head to the points. Its rows are the first two
    /// rows of the rotation, scaled.
    /// </summary>
    /// <param name="landmarks">68 points, x and y alternating, in square pixels.</param>
    public static FacePose Pose(ReadOnlySpan<float> landmarks)
    {
        Span<float> u = stackalloc float[3];
        Span<float> v = stackalloc float[3];
        u.Clear();
        v.Clear();
        for (var axis = 0; axis < 3; axis++)
        {
            for (var i = 0; i < Points.Length; i++)
            {
                u[axis] += Inverse[axis, i] * landmarks[2 * Points[i]];
                v[axis] += Inverse[axis, i] * landmarks[2 * Points[i] + 1];
            }
        }
        var (lengthU, lengthV) = (Length(u), Length(v));
        if (lengthU < 1e-6f || lengthV < 1e-6f) return default;
        return new FacePose(
            Degrees(MathF.Asin(Math.Clamp(u[2] / lengthU, -1, 1))),
            Degrees(MathF.Asin(Math.Clamp(v[2] / lengthV, -1, 1))) - NeutralPitch,
            Degrees(MathF.Atan2(v[0] / lengthV, u[0] / lengthU)));
    }

    /// <summary>
    /// Sharpness of a grey crop: energy of detail three to seven pixels wide (3 x 3 mean minus 7 x 7 mean) over the variance, so that
    /// brightness and contrast cancel out. Finer detail is mostly sensor noise and JPEG blocking, which would make a blurred face look
    /// sharp. A face smaller than the crop has been enlarged and scores low, as it should. About 0 for a blurred face, 0.05 for a
    /// sharp one.
    /// </summary>
    /// <param name="grey">Square crop, on any brightness scale.</param>
    /// <param name="side">Its side in pixels, at least 7.</param>
    public static float Sharpness(ReadOnlySpan<float> grey, int side)
    {
        Span<float> three = stackalloc float[side];
        Span<float> seven = stackalloc float[side];
        var (sum, squares, detail) = (0.0, 0.0, 0.0);
        for (var y = 3; y < side - 3; y++)
        {
            for (var x = 0; x < side; x++)
            {
                three[x] = grey[(y - 1) * side + x] + grey[y * side + x] + grey[(y + 1) * side + x];
                seven[x] = three[x] + grey[(y - 3) * side + x] + grey[(y - 2) * side + x] + grey[(y + 2) * side + x]
                    + grey[(y + 3) * side + x];
            }
            var wide = seven[0] + seven[1] + seven[2] + seven[3] + seven[4] + seven[5];
            for (var x = 3; x < side - 3; x++)
            {
                wide += seven[x + 3];
                var band = (three[x - 1] + three[x] + three[x + 1]) / 9 - wide / 49;
                detail += band * band;
                var value = grey[y * side + x];
                sum += value;
                squares += value * value;
                wide -= seven[x - 3];
            }
        }
        var count = (side - 6) * (side - 6);
        var variance = squares / count - sum / count * (sum / count);
        return variance < 1e-9 ? 0 : (float)(detail / count / variance);
    }

    static float Degrees(float radians) => radians * (180 / MathF.PI);

    static float Length(ReadOnlySpan<float> v) => MathF.Sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);

    static float[,] PseudoInverse()
    {
        var count = Head.Length;
        var centred = new double[count, 3];
        for (var axis = 0; axis < 3; axis++)
        {
            var mean = Head.Average(p => p[axis]);
            for (var i = 0; i < count; i++) centred[i, axis] = Head[i][axis] - mean;
        }
        var m = new double[3, 3];
        for (var r = 0; r < 3; r++)
        {
            for (var c = 0; c < 3; c++)
            {
                for (var i = 0; i < count; i++) m[r, c] += centred[i, r] * centred[i, c];
            }
        }
        double Minor(int r, int c) =>
            m[(r + 1) % 3, (c + 1) % 3] * m[(r + 2) % 3, (c + 2) % 3] - m[(r + 1) % 3, (c + 2) % 3] * m[(r + 2) % 3, (c + 1) % 3];
        var determinant = m[0, 0] * Minor(0, 0) + m[0, 1] * Minor(0, 1) + m[0, 2] * Minor(0, 2);
        var inverse = new float[3, count];
        for (var axis = 0; axis < 3; axis++)
        {
            for (var i = 0; i < count; i++)
            {
                var sum = 0.0;
                for (var k = 0; k < 3; k++) sum += Minor(k, axis) / determinant * centred[i, k];
                inverse[axis, i] = (float)sum;
            }
        }
        return inverse;
    }
}
