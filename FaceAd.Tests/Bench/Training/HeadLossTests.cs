using FaceAd.Bench.Training;

namespace FaceAd.Tests.Bench.Training;

public sealed class HeadLossTests
{
    static readonly HeadTraining Training = new();

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, false)]
    [InlineData(19, true)]
    [InlineData(20, false)]
    [InlineData(47, true)]
    [InlineData(60, false)]
    [InlineData(116, true)]
    public void Gradient_AnyAge_EqualsTheDifferenceOfTheLoss(int age, bool male)
    {
        var random = new Random(7);
        float[] logits = [.. Enumerable.Range(0, 101).Select(_ => random.NextSingle() * 2 - 1)];
        var gradient = (float[])logits.Clone();
        HeadLoss.Gradient(gradient, age, male, 1, Training);

        foreach (var i in new[] { 0, 5, 18, 19, 38, 39, 46, 58, 59, 75, 99, 100 })
        {
            const float Step = 0.02f;
            var slope = (LossAt(i, Step) - LossAt(i, -Step)) / (2 * Step);
            Assert.Equal(slope, gradient[i], 0.003f);
        }

        float LossAt(int index, float step)
        {
            var moved = (float[])logits.Clone();
            moved[index] += step;
            return HeadLoss.Gradient(moved, age, male, 1, Training);
        }
    }

    [Fact]
    public void Gradient_Weighted_IsAsManyTimesAsLarge()
    {
        float[] once = [.. Enumerable.Range(0, 101).Select(i => i % 7 / 7f)], thrice = (float[])once.Clone();
        var loss = HeadLoss.Gradient(once, 30, true, 1, Training);

        Assert.Equal(3 * loss, HeadLoss.Gradient(thrice, 30, true, 3, Training), 3);
        Assert.Equal(3 * once[29], thrice[29], 4);
    }
}
