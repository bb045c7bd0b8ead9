using System.Text.Json;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Core.Offline;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions.Value;

/// <summary>The choice by value on a screen whose server is away.</summary>
public sealed class OfflineTableTests
{
    /// <summary>The device and the server choose alike from the same table, for a cabin without recognised persons.</summary>
    [Fact]
    public void Choose_CabinWithoutPersons_IsWhatTheServerWouldHaveChosen()
    {
        var chosen = 0;
        var property = Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var (random, world) = (new Random(seed), new ValueWorld(seed, 1 + Math.Abs(seed % 6), voices: seed % 5 == 0));
            // So much is left that no slice is too small for a play; some are ahead of their plans, but none rests.
            var book = new PacingBook(Sample.Calendar, new CampaignTable(world.Campaigns.Select(c => c with
            {
                Goal = 1e7 * c.Goal,
                Terms = c.Terms with { ShareOfVoice = c.Terms.ShareOfVoice * (0.5 + (random.NextDouble() / 2)) },
            })));
            book.Refresh(world.Now);
            for (var number = 0; number < book.Table.Count; number++)
            {
                if (random.Next(2) == 0) continue;
                var ahead = random.NextDouble() * 0.9 * book.Table[number].Goal / PacingBook.Gain;
                Assert.True(book.TryCommit(Guid.NewGuid(), book.Table[number].Campaign.Id, ahead, world.Now));
            }
            for (var i = random.Next(8); i > 0; i--)
                world.Screen.Categories.Add(random.Next(5), world.Now.AddSeconds(-i * random.Next(100)));
            var cabin = world.DrawCabin();
            cabin = cabin with { Riders = [.. cabin.Riders.Select(r => r with { Person = null })] };
            (world.Screen.Cached, world.Screen.LeftOut) = (null, null);
            var why = new ValueDecider().Decide(book, cabin, world.Screen, world.Now);

            var snapshot = new DecisionSnapshot(world.Now, [.. world.Campaigns.Select(c => c.Campaign)], []);
            var shares = OfflineSlices.Of(snapshot, cabin.SiteId, Sample.Calendar, _ => 1, world.Now, book);
            var sent = JsonSerializer.SerializeToUtf8Bytes(OfflineSlicesTests.Schedule(shares));
            var schedule = JsonSerializer.Deserialize<OfflineSchedule>(sent)!;
            var ticket = new OfflineTable(schedule).Choose(cabin.Riders, world.Screen, _ => true, _ => default, world.Now);
            if (ticket is not null) chosen++;
            var winner = why.Winner is { } best ? why.Table[best.Number].Campaign : null;
            var alone = world.Campaigns.SingleOrDefault(c => c.Campaign.Creatives.Any(x => x.Id == ticket?.CreativeId));
            Assert.Equal(winner?.Id, alone?.Campaign.Id);
            if (why.Creative is { } creative) Assert.Equal(creative, ticket!.CreativeId);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), property);
        Assert.True(chosen > 40, $"{chosen} chose a campaign.");
    }

    [Fact]
    public void Choose_NobodyCanTellWhoIsThere_RunsNothingThatIsNotForChildrenOrTooSoon()
    {
        OfflineOffer Offer(Func<OfflineTerms, OfflineTerms> with) => new(
            [Segment.Men2030], [OfflineRuleTests.Ticket(new(Sample.Noon.AddHours(-1), Sample.Noon.AddHours(7), 100))])
        {
            Terms = with(new OfflineTerms(Guid.NewGuid(), 10, 15)),
        };
        var schedule = new OfflineSchedule(Guid.NewGuid(),
        [
            Offer(t => t with { NotForChildren = true }),
            Offer(t => t with { Separation = new Separation(3, 1, TimeSpan.FromMinutes(5)) }),
        ]);
        var (table, screen) = (new OfflineTable(schedule), new ScreenMemory(Guid.NewGuid()));
        OfflineTicket? Next(DateTimeOffset at, params Rider[]? riders) =>
            table.Choose(riders, screen, _ => true, _ => default, at);
        var (adult, near) = (schedule.Offers[0].Tickets[0], schedule.Offers[1].Tickets[0]);
        Assert.Equal(near, Next(Sample.Noon, null));
        table.Show(screen, near.CreativeId, 15, Sample.Noon);
        Assert.Null(Next(Sample.Noon.AddSeconds(15), null));
        var rider = new Rider(Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon, 1));
        Assert.Equal(adult, Next(Sample.Noon.AddSeconds(15), rider));
        Assert.Null(Next(Sample.Noon.AddSeconds(15), rider with { Presence = rider.Presence with { ChildProbability = 0.5 } }));
        table.Show(screen, Guid.NewGuid(), 15, Sample.Noon.AddSeconds(15)); // the house loop
        Assert.Null(Next(Sample.Noon.AddSeconds(314), null));
        Assert.Equal(near, Next(Sample.Noon.AddSeconds(315), null));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Choose_OnceMore_AllocatesNothing(bool isSeen)
    {
        var slice = new OfflineSlice(Sample.Noon, Sample.Noon.AddHours(8), 100);
        var schedule = new OfflineSchedule(Guid.NewGuid(), [.. Enumerable.Range(1, 40).Select(i => new OfflineOffer(
            [Segment.Men2030], [.. Enumerable.Range(0, 3).Select(_ => OfflineRuleTests.Ticket(slice))])
        {
            Terms = new OfflineTerms(Guid.NewGuid(), i, 15) { Separation = new Separation(1 + (i % 5), 1, TimeSpan.FromMinutes(1)) },
        })]);
        var (table, screen, chosen) = (new OfflineTable(schedule), new ScreenMemory(Guid.NewGuid()), 0);
        Rider[]? riders = isSeen ? [new Rider(Sample.Viewer(Segment.Men2030, Sample.Noon, Sample.Noon, 1))] : null;
        Func<Guid, bool> isReady = _ => true;
        Func<OfflineTicket, OfflineUse> used = _ => default;
        Choose(); // what is kept for the next one
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Choose();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(101, chosen);

        void Choose() => chosen += table.Choose(riders, screen, isReady, used, Sample.Noon) is null ? 0 : 1;
    }

    // Whatever a goal has room for, all screens together are given no more.
    [Fact]
    public void Of_GoalThatIsNearlyReached_GivesOutNoMoreThanIsLeft()
    {
        var campaign = Sample.Snapshot(budget: 100_000_000, model: PriceModel.PerThousand, price: 1_000) with
        {
            Delivery = new DeliveryTerms { Goal = 5_000 },
            TargetImpressions = 1_000,
        };
        var book = new PacingBook(Sample.Calendar, new Bookings(Supply.Unknown).TableOf([campaign]));
        book.Refresh(Sample.Noon);
        var share = Assert.Single(OfflineSlices.Of(
            new(Sample.Noon, [campaign], []), Guid.NewGuid(), Sample.Calendar, _ => 10, Sample.Noon, book));
        Assert.InRange(share.Slices.Sum(s => s.Slice.Plays), 18, 4_000 / (10 * OfflineSlices.ImpressionsPerPlay));
        var done = campaign with { TargetImpressions = 5_000 };
        book.Count([done], 0);
        Assert.Empty(OfflineSlices.Of(new(Sample.Noon, [done], []), Guid.NewGuid(), Sample.Calendar, _ => 10, Sample.Noon, book));
        var unknown = campaign with
        {
            Delivery = new DeliveryTerms { Caps = [new FrequencyCap(1, CapUnit.Day, false) { SkipsUnrecognised = true }] },
        };
        book.Take(new Bookings(Supply.Unknown).TableOf([unknown]), Sample.Noon);
        Assert.Empty(OfflineSlices.Of(new(Sample.Noon, [unknown], []), Guid.NewGuid(), Sample.Calendar, _ => 10, Sample.Noon, book));
    }
}
