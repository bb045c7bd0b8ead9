using FaceAd.Bench.Training;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Bench.Training;

public sealed class MatrixProductTests
{
    [Fact]
    public void Products_AnyMatrices_EqualTheNaiveOnes()
    {
        var shape = Gen.Choose(1, 40)
            .SelectMany(rows => Gen.Choose(1, 40).SelectMany(inner => Gen.Choose(1, 300).SelectMany(columns => Gen.Choose(0, 10_000)
            .Select(seed => (Rows: rows, Inner: inner, Columns: columns, Seed: seed)))));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(shape.ToArbitrary(), s =>
        {
            var random = new Random(s.Seed);
            var (left, right) = (Fill(s.Rows * s.Inner, random), Fill(s.Inner * s.Columns, random));
            var (leftAcross, rightAcross) = (Transpose(left, s.Rows, s.Inner), Transpose(right, s.Inner, s.Columns));
            var expected = Naive(left, right, s.Rows, s.Inner, s.Columns);
            var result = new float[expected.Length];
            MatrixProduct.Multiply(left, right, result, s.Rows, s.Inner, s.Columns);
            var plain = Same(expected, result);
            MatrixProduct.MultiplyTransposed(leftAcross, right, result, s.Rows, s.Inner, s.Columns);
            var transposed = Same(expected, result);
            MatrixProduct.MultiplyByTransposed(left, rightAcross, result, s.Rows, s.Inner, s.Columns);
            return plain && transposed && Same(expected, result);
        }));
    }

    static float[] Fill(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(4) == 0 ? 0 : random.NextSingle() - 0.5f)];

    static float[] Transpose(float[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => matrix[(i % rows) * columns + i / rows])];

    static double[] Naive(float[] left, float[] right, int rows, int inner, int columns)
    {
        var result = new double[rows * columns];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                for (var k = 0; k < inner; k++) result[r * columns + c] += (double)left[r * inner + k] * right[k * columns + c];
            }
        }
        return result;
    }

    static bool Same(double[] expected, float[] actual) => expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max() < 1e-4;
}
