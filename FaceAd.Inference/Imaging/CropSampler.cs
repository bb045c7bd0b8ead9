using System.Numerics;
using System.Runtime.InteropServices;
using FaceAd.Inference.Models;

namespace FaceAd.Inference.Imaging;

/// <summary>
/// Resamples a rectangle of a picture into a tensor. The filter is a triangle scaled to a target pixel, at least to one source
/// pixel: bilinear when enlarging, averaging when shrinking, so detail does not alias. Beyond the picture its edge pixels
/// repeat. One per worker: not thread-safe. Allocates only while its scratch memory grows.
/// </summary>
sealed class CropSampler
{
    readonly Taps _columns = new();
    readonly Taps _rows = new();
    float[] _row = [];

    /// <param name="source">RGB pixels.</param>
    /// <param name="crop">Rectangle to sample, in pixels of the source; may extend beyond it.</param>
    /// <param name="format">Size and normalisation of the tensor.</param>
    /// <param name="tensor">Receives <see cref="ModelInput.Length"/> values.</param>
    public void Sample(PixelBuffer source, FaceBox crop, ModelInput format, Span<float> tensor)
    {
        if (source.Channels != 3) throw new ArgumentException("The source must have three channels.", nameof(source));
        _columns.Prepare(crop.X, crop.Width, format.Width, source.Width);
        _rows.Prepare(crop.Y, crop.Height, format.Height, source.Height);
        var (left, right) = _columns.Range;
        var length = (right - left + 1) * 3;
        if (_row.Length < length) _row = new float[length];
        var row = _row.AsSpan(0, length);
        var writer = new TensorWriter(format, tensor);
        for (var y = 0; y < format.Height; y++)
        {
            row.Clear();
            var weights = _rows.Weights(y);
            for (var t = 0; t < weights.Length; t++)
                Accumulate(source.Row(_rows.First(y) + t).Slice(left * 3, length), weights[t], row);
            for (var x = 0; x < format.Width; x++)
            {
                var (r, g, b) = (0f, 0f, 0f);
                var at = (_columns.First(x) - left) * 3;
                foreach (var weight in _columns.Weights(x))
                {
                    r += weight * row[at];
                    g += weight * row[at + 1];
                    b += weight * row[at + 2];
                    at += 3;
                }
                writer.Write(x, y, r, g, b);
            }
        }
    }

    /// <summary>sum += weight x row, vectorised.</summary>
    static void Accumulate(ReadOnlySpan<byte> row, float weight, Span<float> sum)
    {
        var step = Vector<byte>.Count;
        var quarter = Vector<float>.Count;
        var factor = new Vector<float>(weight);
        var i = 0;
        for (; i <= row.Length - step; i += step)
        {
            Vector.Widen(new Vector<byte>(row[i..]), out var low, out var high);
            Vector.Widen(low, out var a, out var b);
            Vector.Widen(high, out var c, out var d);
            var target = MemoryMarshal.Cast<float, Vector<float>>(sum.Slice(i, 4 * quarter));
            target[0] += factor * Vector.ConvertToSingle(Vector.AsVectorInt32(a));
            target[1] += factor * Vector.ConvertToSingle(Vector.AsVectorInt32(b));
            target[2] += factor * Vector.ConvertToSingle(Vector.AsVectorInt32(c));
            target[3] += factor * Vector.ConvertToSingle(Vector.AsVectorInt32(d));
        }
        for (; i < row.Length; i++) sum[i] += weight * row[i];
    }

    /// <summary>For each target position, the source positions it samples and their weights, which sum to 1.</summary>
    sealed class Taps
    {
        int[] _first = [];
        int[] _count = [];
        float[] _weights = [];
        int _width;

        public (int Low, int High) Range { get; private set; }

        public int First(int position) => _first[position];

        public ReadOnlySpan<float> Weights(int position) => _weights.AsSpan(position * _width, _count[position]);

        public void Prepare(float start, float extent, int targets, int sources)
        {
            var scale = extent / targets;
            var support = Math.Max(1, scale);
            _width = 2 * (int)MathF.Ceiling(support) + 1;
            if (_first.Length < targets) (_first, _count) = (new int[targets], new int[targets]);
            if (_weights.Length < targets * _width) _weights = new float[targets * _width];
            var (low, high) = (sources - 1, 0);
            for (var target = 0; target < targets; target++)
            {
                var centre = start + (target + 0.5f) * scale - 0.5f;
                var from = (int)MathF.Floor(centre - support) + 1;
                var to = Math.Max(from, (int)MathF.Ceiling(centre + support) - 1);
                var first = Math.Clamp(from, 0, sources - 1);
                var last = Math.Clamp(to, 0, sources - 1);
                var weights = _weights.AsSpan(target * _width, last - first + 1);
                weights.Clear();
                var sum = 0f;
                for (var source = from; source <= to; source++)
                {
                    var weight = Math.Max(0, 1 - MathF.Abs(source - centre) / support);
                    weights[Math.Clamp(source, 0, sources - 1) - first] += weight;
                    sum += weight;
                }
                for (var i = 0; i < weights.Length; i++) weights[i] /= sum;
                (_first[target], _count[target]) = (first, weights.Length);
                (low, high) = (Math.Min(low, first), Math.Max(high, last));
            }
            Range = (low, high);
        }
    }
}
