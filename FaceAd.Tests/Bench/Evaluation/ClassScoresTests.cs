using FaceAd.Bench.Evaluation;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Bench.Evaluation;

public sealed class ClassScoresTests
{
    static readonly string[] Names = ["a", "b", "c", "d"];

    [Fact]
    public void Of_SixCasesByHand_GivesTheFiguresByHand()
    {
        ClassCase[] cases = [new(0, 0, 0.9), new(0, 1, 0.5), new(1, 1, 0.7), new(1, 1, 0.9), new(2, 1, 0.9), new(1, 2, 0.6)];

        var scores = ClassScores.Of(Names, cases, notFound: 2, new Bootstrap(200));

        Assert.Equal((8, 2), (scores.Pictures, scores.NotFound));
        Assert.Equal(Figure.Proportion(3, 6), scores.Accuracy);
        Assert.Equal(Figure.Proportion(3, 8), scores.AccuracyNotFoundWrong);
        Assert.Equal(
            [Figure.Proportion(1, 2), Figure.Proportion(2, 3), Figure.Proportion(0, 1), Figure.None], scores.Classes.Select(c => c.Recall));
        Assert.Equal([Figure.Proportion(1, 1), Figure.Proportion(2, 4), Figure.Proportion(0, 1), Figure.None],
            scores.Classes.Select(c => c.Precision));
        Assert.Equal((1 / 2.0 + 2 / 3.0 + 0) / 3, scores.BalancedAccuracy.Value!.Value, 12);
        Assert.Equal(0, scores.LowestRecall.Value);
        Assert.Equal([[1, 1, 0, 0], [0, 2, 1, 0], [0, 1, 0, 0], [0, 0, 0, 0]], scores.Confusion.Select(row => row.ToArray()));
        // Bins of 1/15: .9, .9, .9 (two right of three); .5; .6 (first of its bin); .7 - each a bin of its own.
        var error = 3 / 6.0 * Math.Abs(2 / 3.0 - 0.9) + 1 / 6.0 * 0.5 + 1 / 6.0 * 0.6 + 1 / 6.0 * 0.3;
        Assert.Equal(error, scores.CalibrationError.Value!.Value, 12);
        Assert.Equal(Figure.Proportion(5, 6), scores.Coverage[0].Coverage);
        Assert.Equal(Figure.Proportion(3, 5), scores.Coverage[0].Accuracy);
        Assert.Equal(Figure.Proportion(3, 6), scores.Coverage[1].Coverage);
        Assert.Equal(Figure.Proportion(2, 3), scores.Coverage[1].Accuracy);
    }

    [Fact]
    public void Of_NoCases_HasNoValues()
    {
        var scores = ClassScores.Of(Names, [], notFound: 3, new Bootstrap(10));

        Assert.Equal(Figure.None, scores.Accuracy);
        Assert.Equal(0, scores.AccuracyNotFoundWrong.Value);
        Assert.Equal(Figure.None, scores.CalibrationError);
        Assert.Equal(Figure.None, scores.BalancedAccuracy);
    }

    [Fact]
    public void Of_AnyCases_EqualsTheNaiveFigures() => Check(cases =>
    {
        var scores = ClassScores.Of(Names, cases, notFound: 0, new Bootstrap(0));
        Close(cases.Count(c => c.Right) / (double)cases.Length, scores.Accuracy.Value);
        Close(NaiveCalibrationError(cases), scores.CalibrationError.Value);
        List<double> recalls = [];
        for (var c = 0; c < Names.Length; c++)
        {
            var (of, said) = (cases.Where(x => x.Truth == c).ToList(), cases.Where(x => x.Predicted == c).ToList());
            if (of.Count > 0) recalls.Add(of.Average(x => x.Right ? 1.0 : 0.0));
            Close(of.Count > 0 ? recalls[^1] : null, scores.Classes[c].Recall.Value);
            Close(said.Count > 0 ? said.Average(x => x.Right ? 1.0 : 0.0) : null, scores.Classes[c].Precision.Value);
        }
        Close(recalls.Average(), scores.BalancedAccuracy.Value);
        Close(recalls.Min(), scores.LowestRecall.Value);
    });

    [Fact]
    public void Of_AnyCasesInAnyOrder_IntervalsHoldTheirFigures() => Check(cases =>
    {
        var (forward, backward) = (ClassScores.Of(Names, cases, 0, new Bootstrap(40)),
            ClassScores.Of(Names, [.. cases.Reverse()], 0, new Bootstrap(40)));
        Close(forward.CalibrationError.Value, backward.CalibrationError.Value);
        Figure[] figures =
        [
            forward.Accuracy, forward.BalancedAccuracy, forward.LowestRecall, forward.CalibrationError,
            .. forward.Classes.SelectMany(c => new[] { c.Recall, c.Precision }),
            .. forward.Coverage.SelectMany(c => new[] { c.Coverage, c.Accuracy }),
        ];
        foreach (var figure in figures.Where(f => f.Value is not null))
        {
            Assert.InRange(figure.Low!.Value, 0, figure.Value!.Value);
            Assert.InRange(figure.High!.Value, figure.Value!.Value, 1);
        }
    });

    [Fact]
    public void ClassCase_Tie_TheEarlierClassWins() =>
        Assert.Equal(new ClassCase(3, 1, 0.4), ClassCase.Of(3, [0.1, 0.4, 0.4, 0.1]));

    /// <summary>By its definition: bin by bin, with the mean confidence and the share of right ones of each.</summary>
    static double NaiveCalibrationError(ClassCase[] cases)
    {
        var sum = 0.0;
        for (var bin = 0; bin < 15; bin++)
        {
            var inside = cases.Where(c => c.Confidence * 15 >= bin && (c.Confidence * 15 < bin + 1 || bin == 14)).ToList();
            if (inside.Count > 0)
                sum += inside.Count / (double)cases.Length * Math.Abs(
                    inside.Average(c => c.Right ? 1 : 0) - inside.Average(c => c.Confidence));
        }
        return sum;
    }

    static void Check(Action<ClassCase[]> holds)
    {
        var one = from truth in Gen.Choose(0, 3)
                  from predicted in Gen.Choose(0, 3)
                  from confidence in Gen.Choose(0, 1000)
                  select new ClassCase(truth, predicted, confidence / 1000.0);
        Prop.ForAll(one.NonEmptyListOf().Select(list => list.ToArray()).ToArbitrary(), holds).QuickCheckThrowOnFailure();
    }

    static void Close(double? expected, double? actual)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is { } value) Assert.Equal(value, actual!.Value, tolerance: 1e-9);
    }
}
