using FaceAd.Bench.Evaluation;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;

namespace FaceAd.Tests.Bench.Evaluation;

public sealed class EvaluationScoresTests
{
    [Fact]
    public void Of_WorkedExample_GivesTheFiguresByHand()
    {
        Prediction[] predictions =
        [
            Said(4, male: true, maleProbability: 0.2, (5, 1)),           // kids, right; gender wrong; 1 year off
            Said(15, male: false, maleProbability: 0.1, (22, 1)),        // only in B: kids said to be 2030; 7 years off
            Said(30, male: true, maleProbability: 0.9, (25, 1)),         // 2030 M, right; 5 years off
            Said(35, male: false, maleProbability: 0.5, (35, 1)),        // 2030 F said to be M: .5 counts as a man; 0 years off
            Said(50, male: true, maleProbability: 1, (35, 0.4), (50, 0.35), (70, 0.25)), // 4050 said to be 2030; expected age 49
            Said(70, male: false, maleProbability: 0, (50, 0.5), (70, 0.5)), // tie: the younger band; expected age 60
            Prediction.NotFound(40, male: false),
            Prediction.NotFound(12, male: false),
        ];

        var scores = EvaluationScores.Of(predictions, new Bootstrap(100));

        Assert.Equal((8, 2), (scores.Pictures, scores.NotFound));
        Assert.Equal((6, 1), (scores.BandsA.Pictures, scores.BandsA.NotFound));
        Assert.Equal(Figure.Proportion(3, 5), scores.BandsA.Accuracy);
        Assert.Equal(Figure.Proportion(3, 6), scores.BandsA.AccuracyNotFoundWrong);
        Assert.Equal(Figure.Proportion(3, 6), scores.BandsB.Accuracy);
        Assert.Equal(Figure.Proportion(3, 8), scores.BandsB.AccuracyNotFoundWrong);
        Assert.Equal([Figure.Proportion(1, 2), Figure.Proportion(2, 2), Figure.Proportion(0, 1), Figure.Proportion(0, 1)],
            scores.BandsB.Classes.Select(c => c.Recall));
        Assert.Equal([Figure.Proportion(1, 1), Figure.Proportion(2, 4), Figure.Proportion(0, 1), Figure.None],
            scores.BandsB.Classes.Select(c => c.Precision));
        Assert.Equal(Figure.Proportion(2, 6), scores.Segments.Accuracy);
        Assert.Equal(Figure.Proportion(4, 6), scores.Gender);
        Assert.Equal(Figure.Proportion(4, 8), scores.GenderNotFoundWrong);
        Assert.Equal(Figure.Proportion(2, 3), scores.GenderAt20To59);
        Assert.Equal((1 + 7 + 5 + 0 + 1 + 10) / 6.0, scores.MeanAbsoluteError.Value!.Value, 6);
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(19, false)]
    [InlineData(20, true)]
    public void IsInA_BordersOfTheGap_LeavesOutNineToNineteen(int age, bool kept) => Assert.Equal(kept, EvaluationScores.IsInA(age));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(19, 0)]
    [InlineData(20, 2)]
    [InlineData(39, 2)]
    [InlineData(40, 4)]
    [InlineData(59, 4)]
    [InlineData(60, 5)]
    [InlineData(116, 5)]
    public void SegmentOf_WomenAtTheBorders_IsTheSegmentOfTheAge(int age, int segment) =>
        Assert.Equal(segment, EvaluationScores.SegmentOf(age, male: false));

    [Fact]
    public void Find_SeveralFaces_TakesTheOneNearestTheMiddleOfTheLargeOnes()
    {
        Assert.Equal(-1, SubjectFace.Find([], 200, 200));
        // Largest at the edge; half its size near the middle; tiny in the very middle.
        Assert.Equal(1, SubjectFace.Find([At(50, 50, 80), At(110, 100, 40), At(100, 100, 30)], 200, 200));
        // Less than half of the largest does not count.
        Assert.Equal(0, SubjectFace.Find([At(50, 50, 80), At(110, 100, 39)], 200, 200));
    }

    static Face At(float x, float y, float side) => new(new FaceBox(x - side / 2, y - side / 2, side, side), 0.9f, default, 1);

    static Prediction Said(int age, bool male, double maleProbability, params (int Years, double Weight)[] distribution)
    {
        var ages = new float[100];
        foreach (var (years, weight) in distribution) ages[years - 1] = (float)weight;
        return new Prediction(age, male, ages, maleProbability);
    }
}
