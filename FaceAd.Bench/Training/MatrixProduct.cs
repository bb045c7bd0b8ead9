using System.Numerics.Tensors;

namespace FaceAd.Bench.Training;

/// <summary>
/// Products of row-major matrices, in parallel over the rows of the result. Each value is summed in the same order on every machine,
/// so training is reproducible.
/// </summary>
static class MatrixProduct
{
    /// <summary>Columns per block, so that a block of the right matrix stays in the cache.</summary>
    const int Panel = 128;

    /// <summary>result (rows x columns) = left (rows x inner) x right (inner x columns).</summary>
    public static void Multiply(float[] left, float[] right, float[] result, int rows, int inner, int columns) =>
        ByRows(rows, (first, end) =>
        {
            Array.Clear(result, first * columns, (end - first) * columns);
            for (var panel = 0; panel < columns; panel += Panel)
            {
                var width = Math.Min(Panel, columns - panel);
                for (var row = first; row < end; row++)
                {
                    var sum = result.AsSpan(row * columns + panel, width);
                    for (var k = 0; k < inner; k++)
                    {
                        var factor = left[row * inner + k];
                        // Skip zeros: dropout and ReLU produce many.
                        if (factor != 0) TensorPrimitives.MultiplyAdd(right.AsSpan(k * columns + panel, width), factor, sum, sum);
                    }
                }
            }
        });

    /// <summary>
    /// result (rows x columns) = left' x right, left being inner x rows and right inner x columns: the gradient of the weights.
    /// </summary>
    public static void MultiplyTransposed(float[] left, float[] right, float[] result, int rows, int inner, int columns) =>
        ByRows(rows, (first, end) =>
        {
            Array.Clear(result, first * columns, (end - first) * columns);
            for (var row = first; row < end; row++)
            {
                var sum = result.AsSpan(row * columns, columns);
                for (var k = 0; k < inner; k++)
                {
                    var factor = left[k * rows + row];
                    if (factor != 0) TensorPrimitives.MultiplyAdd(right.AsSpan(k * columns, columns), factor, sum, sum);
                }
            }
        });

    /// <summary>
    /// result (rows x columns) = left x right', left being rows x inner and right columns x inner: the gradient of a layer's input.
    /// </summary>
    public static void MultiplyByTransposed(float[] left, float[] right, float[] result, int rows, int inner, int columns) =>
        ByRows(rows, (first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                for (var column = 0; column < columns; column++)
                    result[row * columns + column] = TensorPrimitives.Dot<float>(
                        left.AsSpan(row * inner, inner), right.AsSpan(column * inner, inner));
            }
        });

    static void ByRows(int rows, Action<int, int> work)
    {
        var shares = Math.Min(rows, Environment.ProcessorCount);
        Parallel.For(0, shares, share => work(rows * share / shares, rows * (share + 1) / shares));
    }
}
