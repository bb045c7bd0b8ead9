using FaceAd.Bench.Evaluation;
using FaceAd.Bench.Verification;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Bench.Verification;

public sealed class VerificationScoresTests
{
    [Fact]
    public void Of_SeparablePairs_TellsThemAllAndCountsWhatWasNotFound()
    {
        List<ScoredPair> pairs = [];
        for (var i = 0; i < 50; i++) pairs.AddRange(
            [new ScoredPair(0.5 + i / 1000.0, true, i >= 20), new ScoredPair(0.1 + i / 1000.0, false, false)]);
        pairs.Add(new ScoredPair(null, true, false));

        var scores = VerificationScores.Of(pairs, productThreshold: 4);

        Assert.Equal((101, 51, 1), (scores.Pairs, scores.SamePairs, scores.PairsNotFound));
        Assert.Equal(Figure.Proportion(100, 100), scores.AccuracyTenFold);
        Assert.Equal(Figure.Proportion(100, 101), scores.AccuracyTenFoldNotFoundWrong);
        Assert.Equal(Figure.Proportion(30, 50), scores.Product.TrueMatch);
        Assert.Equal(Figure.Proportion(0, 50), scores.Product.FalseMatch);
        Assert.Equal(Figure.Proportion(80, 100), scores.Product.Accuracy);
        Assert.Equal((0.5 + 0.149) / 2, scores.Best.Threshold, tolerance: 1e-9);
    }

    [Fact]
    public void Of_OneHighStranger_IsAllowedByTheRateThatAllowsIt()
    {
        List<ScoredPair> pairs = [.. Enumerable.Range(0, 100)
            .Select(i => new ScoredPair(i == 0 ? 0.7 : 0.1, false, i == 0)), new(0.6, true, true), new(0.8, true, true)];

        var scores = VerificationScores.Of(pairs, 0.5);

        Assert.Equal(Figure.Proportion(2, 2), scores.AtRates[0].TrueMatch); // 1 of 100 may match
        Assert.Equal(Figure.Proportion(1, 2), scores.AtRates[1].TrueMatch); // none may
        Assert.InRange(scores.AtRates[1].Threshold, 0.7, 0.70001);
        Assert.Equal(Figure.Proportion(1, 100), scores.Product.FalseMatch);
    }

    [Fact]
    public void Of_AnyPairs_BestIsNoWorseThanAnyThresholdAndRatesAreKept()
    {
        var pair = from similarity in Gen.Choose(-100, 100)
                   from same in Gen.Elements(true, false)
                   select new ScoredPair(similarity / 100.0, same, similarity >= 45);
        Prop.ForAll(pair.NonEmptyListOf().ToArbitrary(), pairs =>
        {
            var scores = VerificationScores.Of([.. pairs], 0.45);
            double Right(double t) => pairs.Count(p => p.Similarity >= t == p.Same) / (double)pairs.Count;
            Assert.Equal(Enumerable.Range(-101, 203).Max(i => Right(i / 100.0)), scores.Best.Accuracy.Value!.Value, tolerance: 1e-9);
            var different = pairs.Where(p => !p.Same).ToList();
            foreach (var rate in scores.AtRates)
                Assert.True(different.Count(p => p.Similarity >= rate.Threshold) <= rate.FalseMatchRate * different.Count);
            Assert.Equal(Right(0.45), scores.Product.Accuracy.Value!.Value, tolerance: 1e-9);
        }).QuickCheckThrowOnFailure();
    }
}
