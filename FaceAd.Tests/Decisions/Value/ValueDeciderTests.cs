using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions.Value;

public sealed class ValueDeciderTests
{
    private static readonly Guid Site = ValueWorld.Sites[0];
    private readonly ValueDecider _decider = new();
    private readonly ScreenMemory _screen = new(new Guid(7, 7, 7, new byte[8]));

    [Fact]
    public void Decide_AnyCampaignsAndCabin_IsTheNaiveAnswerWithItsLosers() => Prop.ForAll<int>(seed =>
    {
        var world = new ValueWorld(seed, 1 + (Math.Abs(seed % 4) * 60));
        world.DrawPast();
        foreach (var floor in new[] { 0.0, 25 })
        {
            var cabin = world.DrawCabin();
            var all = NaiveValue.Judge(world, cabin, floor);
            var why = new ValueDecider(floor).Decide(world.Book, cabin, world.Screen, world.Now);
            Guid IdOf(Scored scored) => why.Table[scored.Number].Campaign.Id;
            var open = all.Values.Where(v => v.Gate == Gate.None).Select(v => v.Score).ToList();
            Assert.Equal(open.Count > 0, why.Winner is not null);
            if (why.Winner is { } winner)
            {
                Same(open.Max(), winner.ScoreKrw);
                Assert.Equal(Gate.None, all[IdOf(winner)].Gate);
            }
            List<Scored> losers = [.. Enumerable.Range(0, why.LoserCount).Select(i => why.Loser(i))];
            var others = all.Where(v => why.Winner is not { } best || v.Key != IdOf(best)).Select(v => v.Value.Score).OrderDescending();
            Assert.Equal(Math.Min(5, others.Count()), losers.Count);
            foreach (var (expected, loser) in others.Zip(losers))
            {
                Same(expected, loser.ScoreKrw);
                Same(all[IdOf(loser)].Score, loser.ScoreKrw);
                Assert.Equal(all[IdOf(loser)].Gate is Gate.None ? Gate.Outbid : all[IdOf(loser)].Gate, loser.Gate);
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_MixedCabin_TakesWhoIsWorthMostToAll()
    {
        var (men, women) = (Of(1, 50, [Segment.Men2030]), Of(2, 30, [Segment.Women4050]));
        Assert.Equal(1, Winner([men, women], Rider(Segment.Men2030), Rider(Segment.Women4050)));
        Assert.Equal(2, Winner([men, women], Rider(Segment.Men2030), Rider(Segment.Women4050), Rider(Segment.Women4050)));
    }

    [Fact]
    public void Decide_RiderRecognisedLate_ChangesTheNextChoice()
    {
        var (capped, other) = (Of(1, 50) with { Terms = new() { Caps = [new FrequencyCap(1, CapUnit.Day, Hard: true)] } }, Of(2, 30));
        var person = new RecognisedPerson(Guid.NewGuid(), new Dictionary<Guid, int>()) { Seen = new SeenAds() };
        person.Seen.Add(capped.Campaign.Id, Guid.NewGuid(), 0, Sample.Noon.AddHours(-1));
        Assert.Equal(1, Winner([capped, other], Rider(Segment.Men2030)));
        Assert.Equal(2, Winner([capped, other], Rider(Segment.Men2030) with { Person = person }));
        Assert.Equal(1, Winner([capped, other], Rider(Segment.Men2030) with { Person = person with { Seen = new SeenAds() } }));
    }

    [Fact]
    public void Decide_SamePlansOnManyScreens_AreNotAllWonByOne()
    {
        var book = BookOf(Of(1, 50), Of(2, 50), Of(3, 50));
        List<int> winners = [.. Enumerable.Range(1, 60).Select(i => _decider.Decide(
            book, CabinOf(Rider(Segment.Men2030)), new ScreenMemory(new Guid(i, 4, 0, new byte[8])), Sample.Noon).Winner!.Value.Number)];
        Assert.Equal([0, 1, 2], winners.Distinct().Order());
    }

    [Fact]
    public void Decide_NobodyOrNobodyKnown_PlaysOnlyWhatIsForEverybody()
    {
        var (narrow, broad) = (Of(1, 50), Of(2, 30) with { Terms = new() { Broad = true } });
        var unsure = new Rider(Sample.Viewer(null, Sample.Noon, Sample.Noon, 1) with
        {
            Segments = new SegmentProbabilities(0.1, 0.5, 0.1, 0.1, 0.1, 0.1),
        });
        Assert.Null(Winner([narrow, broad]));
        Assert.Equal(2, Winner([narrow, broad], unsure));
        Assert.Equal(1, Winner([narrow, broad], unsure, Rider(Segment.Men2030)));
    }

    [Fact]
    public void Decide_OverAndOver_AllocatesNothing()
    {
        var world = new ValueWorld(3, 300, voices: true);
        world.DrawPast();
        Cabin[] cabins = [.. Enumerable.Range(0, 16).Select(_ => world.DrawCabin())];
        Guid[] decisions = [.. Enumerable.Range(0, 64).Select(_ => Guid.NewGuid())];
        Run(2_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(2_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Run(int count)
        {
            for (var i = 0; i < count; i++)
            {
                if (i % 50 == 0) world.Book.Refresh(world.Now);
                var why = _decider.Decide(world.Book, cabins[i % cabins.Length], world.Screen, world.Now);
                world.Screen.Show(why.Table, cabins[i % cabins.Length], why.Winner?.Number, 15, world.Now);
                if (why.Winner is not { } winner) continue;
                var id = why.Table[winner.Number].Campaign.Id;
                if (world.Book.TryCommit(decisions[i % 64], id, winner.Expected, world.Now))
                    world.Book.GiveUp(decisions[i % 64]);
            }
        }
    }

    private static void Same(double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-9 * Math.Abs(expected), $"{expected} and {actual}");

    private int? Winner(BookedCampaign[] campaigns, params Rider[] riders)
    {
        var why = _decider.Decide(BookOf(campaigns), CabinOf(riders), _screen, Sample.Noon);
        return why.Winner is { } winner ? 1 + Array.FindIndex(campaigns, c => c.Campaign.Id == why.Table[winner.Number].Campaign.Id) : null;
    }

    private static PacingBook BookOf(params BookedCampaign[] campaigns)
    {
        var book = new PacingBook(Sample.Calendar, new CampaignTable(campaigns));
        book.Refresh(Sample.Noon);
        return book;
    }

    private static Cabin CabinOf(params Rider[] riders) => new(Site, Sample.Calendar, riders);

    private static Rider Rider(Segment segment) => new(Sample.Viewer(segment, Sample.Noon, Sample.Noon, 1));

    private static BookedCampaign Of(int number, double price, Segment[]? targets = null) =>
        new(Sample.Snapshot(new Guid(number, 1, 0, new byte[8]), targets))
        {
            PriceKrw = price,
            Goal = 1_000,
            Curve = Curves.Even,
        };
}
