using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions.Value;

/// <summary>A screen's evening, decision after decision: what may never happen, told from plain lists of what was shown and seen.</summary>
public sealed class ValueHistoryTests
{
    [Fact]
    public void Decide_AnyEvening_NoGateIsPassedByAWinnerAndNoBudgetByMoreThanOneExposure() => Prop.ForAll<int>(seed =>
    {
        var (random, world, decider) = (new Random(seed), new ValueWorld(seed, 1 + Math.Abs(seed % 30), voices: true), new ValueDecider());
        Queue<(Guid Decision, BookedCampaign Campaign, double Expected)> underWay = [];
        for (var slot = 0; slot < 60; slot++)
        {
            world.Now = world.Now.AddSeconds(15 + (random.Next(4) == 0 ? random.Next(3_000) : 0));
            world.Book.Refresh(world.Now);
            if (underWay.Count > 3 && underWay.TryDequeue(out var play))
                world.Book.Report(play.Decision, play.Campaign.Campaign.Id, (int)(random.NextDouble() * play.Expected));
            var cabin = world.DrawCabin();
            var why = decider.Decide(world.Book, cabin, world.Screen, world.Now);
            if (why.Winner is not { } winner) continue;
            var campaign = why.Table[winner.Number];
            var stop = NaiveValue.StopOf(world, campaign, cabin);
            // A share of voice runs for whoever is there, and has no goal.
            Assert.True(stop == Gate.None || (why.ByShare && stop is Gate.Budget or Gate.Confidence), $"{stop} of seed {seed}");
            Assert.Equal(campaign.Terms.InSequence, why.Creative is not null);
            if (campaign.Terms.InSequence)
                Assert.Equal(campaign.Campaign.Creatives[NaiveValue.StepOf(world, campaign, cabin)].Id, why.Creative);
            var decision = Guid.NewGuid();
            Assert.True(world.Book.TryCommit(decision, campaign.Campaign.Id, winner.Expected, world.Now));
            if (!why.ByShare) Assert.True(world.Book.TakenBy(winner.Number) <= campaign.Goal + 1 + 1e-9);
            underWay.Enqueue((decision, campaign, winner.Expected));
            world.Show(campaign, cabin, world.Now);
            foreach (var person in cabin.Riders.Where(r => r.Person is not null).Select(r => r.Person!.Id))
            {
                world.Expose(person, campaign, world.Now.AddSeconds(15), why.Creative);
                foreach (var cap in campaign.Terms.Caps.Where(c => c.Hard))
                    Assert.True(NaiveValue.Count(world, campaign, person, cap.Per) <= cap.Most);
            }
        }
    }).QuickCheckThrowOnFailure();

    // Credit grows by share x time; whoever would be a play behind first is served first.
    [Fact]
    public void Decide_AnySharesOfVoice_AreNeverAPlayAheadOrBehind() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        double[] weights = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.NextDouble() + 0.02)];
        var all = weights.Sum() / (random.Next(2) == 0 ? 1 : random.NextDouble());
        BookedCampaign[] campaigns = [.. weights.Select((w, i) => Of(i + 1) with { Terms = new() { ShareOfVoice = w / all } }), Of(99)];
        var book = new PacingBook(Sample.Calendar, new CampaignTable(campaigns));
        book.Refresh(Sample.Noon);
        var (decider, screen, plays) = (new ValueDecider(), new ScreenMemory(Guid.NewGuid()), new int[book.Table.Count]);
        var cabin = new Cabin(
            ValueWorld.Sites[0], Sample.Calendar, [new Rider(Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon, 1))]);
        for (var slot = 1; slot <= 400; slot++)
        {
            var now = Sample.Noon.AddSeconds(slot * 10);
            var why = decider.Decide(book, cabin, screen, now);
            plays[why.Winner!.Value.Number]++;
            screen.Show(book.Table, cabin, why.Winner!.Value.Number, 10, now);
            Assert.All(book.Table.Voices, v => Assert.InRange(plays[v] - (book.Table[v].Terms.ShareOfVoice * slot), -1.000001, 1.000001));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_ShareOfVoiceHeldBackAWhile_MakesUpForTwoPlaysOnly()
    {
        var voice = Of(1) with { Terms = new() { ShareOfVoice = 0.5, NotForChildren = true } };
        var book = new PacingBook(Sample.Calendar, new CampaignTable([voice, Of(2)]));
        book.Refresh(Sample.Noon);
        var (decider, screen, number) = (new ValueDecider(), new ScreenMemory(Guid.NewGuid()), book.Table.NumberOf(voice.Campaign.Id));
        List<bool> shares = [];
        for (var slot = 0; slot < 60; slot++)
        {
            var rider = Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon, 1) with { ChildProbability = slot < 40 ? 0.9 : 0 };
            var cabin = new Cabin(ValueWorld.Sites[0], Sample.Calendar, [new Rider(rider)]);
            var winner = decider.Decide(book, cabin, screen, Sample.Noon).Winner?.Number;
            shares.Add(winner == number);
            screen.Show(book.Table, cabin, winner, 10, Sample.Noon);
        }
        Assert.DoesNotContain(true, shares.Take(40));
        Assert.InRange(shares.Skip(40).Count(s => s), 11, 13);
    }

    private static BookedCampaign Of(int number) => new(Sample.Snapshot(new Guid(number, 1, 0, new byte[8])))
    {
        PriceKrw = 10,
        Goal = 100_000,
        Curve = Curves.Even,
    };
}
