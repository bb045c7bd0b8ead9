using FaceAd.Bench.Cabins;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Bench.Cabins;

public sealed class CabinScoresTests
{
    static readonly Guid[] Ids = [.. Enumerable.Range(1, 6).Select(i => new Guid(i, 0, 0, new byte[8]))];

    [Fact]
    public void Of_WorkedExample_GivesTheFiguresByHand()
    {
        // Anna rides three times and is taken for two people; Bora's ride is taken for one of Anna's.
        var scores = CabinScores.Of([("anna", Ids[0]), ("anna", Ids[0]), ("anna", Ids[1]), ("bora", Ids[0]), ("cho", Ids[2])]);

        Assert.Equal(new CabinScores(Persons: 3, Counted: 3, Rides: 5, TruePairs: 1, FalsePairs: 2, MissedPairs: 2), scores);
        Assert.Equal((1 / 3.0, 1 / 3.0, 1 / 3.0, 0.0), (scores.Precision, scores.Recall, scores.F, scores.CountError));
    }

    [Fact]
    public void Of_StrangersAlone_HaveACountErrorAndNoRecall()
    {
        var scores = CabinScores.Of([("a", Ids[0]), ("b", Ids[0]), ("c", Ids[1]), ("d", Ids[2])]);
        Assert.Equal((0.0, null, 0.0, -0.25), (scores.Precision, scores.Recall, scores.F, scores.CountError));
    }

    [Fact]
    public void Of_AnyRides_EqualsTheNaivePairs()
    {
        var ride = from identity in Gen.Elements("a", "b", "c", "d") from person in Gen.Elements(Ids) select (identity, person);
        Prop.ForAll(ride.ListOf().ToArbitrary(), rides =>
        {
            var scores = CabinScores.Of([.. rides]);
            var (both, falsely, missed) = (0, 0, 0);
            for (var i = 0; i < rides.Count; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    var (same, together) = (rides[i].identity == rides[j].identity, rides[i].person == rides[j].person);
                    if (same && together) both++;
                    if (!same && together) falsely++;
                    if (same && !together) missed++;
                }
            }
            Assert.Equal((both, falsely, missed), (scores.TruePairs, scores.FalsePairs, scores.MissedPairs));
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("Anna_Kim_0002.jpg", "Anna_Kim")]
    [InlineData("folder/Anna_Kim_12.png", "Anna_Kim")]
    [InlineData("00001A02.jpg", "00001A02")]
    [InlineData("Anna_Kim.jpg", "Anna_Kim")]
    [InlineData("_1.jpg", "_1")]
    [InlineData("a_.jpg", "a_")]
    public void IdentityOf_FileName_IsEverythingBeforeTheNumber(string file, string identity) =>
        Assert.Equal(identity, Ride.IdentityOf(file));

    [Fact]
    public void Spread_Simulations_GivesMeanAndMiddle()
    {
        var spread = Spread.Of(Enumerable.Range(0, 101).Select(i => (double?)i).Append(null));
        Assert.Equal((50.0, 2.5, 97.5), (spread.Mean!.Value, spread.Low!.Value, spread.High!.Value));
        Assert.Equal("-", Spread.Of([null]).ToText());
    }
}
