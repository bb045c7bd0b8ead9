using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions.Value;

public sealed class PacingBookTests
{
    private static readonly Guid Id = new(1, 1, 0, new byte[8]);

    // Ten hours of even supply for 1,000 impressions: 100 an hour.
    [Fact]
    public void Bid_AheadOrBehindTheCurve_FallsOrRisesWithinItsClip()
    {
        var book = BookOf(1_000);
        Assert.Equal(50, book.BidOf(0));
        book.Refresh(Sample.Noon.AddHours(1));
        Assert.Equal(150, book.BidOf(0), 6); // a tenth behind: v + p, with p = 2 v
        Assert.True(book.TryCommit(Guid.NewGuid(), Id, 99, Sample.Noon));
        Assert.Equal(50 + (50 * 300 / 1_000.0), book.BidOf(0), 6); // one behind
        Assert.True(book.TryCommit(Guid.NewGuid(), Id, 10, Sample.Noon));
        Assert.Equal(0, book.BidOf(0)); // nine ahead
    }

    [Fact]
    public void Settle_AfterACommitment_ReplacesWhatWasExpected()
    {
        var (book, decision) = (BookOf(10), Guid.NewGuid());
        Assert.True(book.TryCommit(decision, Id, 4, Sample.Noon));
        book.Report(decision, Id, 3);
        book.Report(Guid.NewGuid(), Id, 2); // one that was given up, or decided elsewhere
        Assert.Equal(5, book.TakenBy(0));
    }

    [Fact]
    public void TryCommit_PlaysBroughtMoreThanExpected_ReservesMore()
    {
        var (book, decision) = (BookOf(10_000), Guid.NewGuid());
        Assert.True(book.TryCommit(decision, Id, 200, Sample.Noon));
        book.Report(decision, Id, 260);
        book.Report(decision, Id, 0); // once more
        Assert.Equal(1.15, book.Yield, 6); // beside 200 that are taken to have brought what was expected
        Assert.True(book.TryCommit(Guid.NewGuid(), Id, 100, Sample.Noon));
        Assert.Equal(260 + 115, book.TakenBy(0), 6);
    }

    [Fact]
    public void Refresh_ReportThatNeverCame_GivesBackWhatWasReserved()
    {
        var book = BookOf(10);
        Assert.True(book.TryCommit(Guid.NewGuid(), Id, 4, Sample.Noon));
        book.Refresh(Sample.Noon + PacingBook.Patience - TimeSpan.FromSeconds(1));
        Assert.Equal(4, book.TakenBy(0));
        book.Refresh(Sample.Noon + PacingBook.Patience);
        Assert.Equal(0, book.TakenBy(0));
    }

    [Fact]
    public void Take_OtherTerms_KeepsWhatIsUnderWayAndTakesTheLargerCount()
    {
        var book = BookOf(10);
        Assert.True(book.TryCommit(Guid.NewGuid(), Id, 2, Sample.Noon));
        book.Report(Guid.NewGuid(), Id, 3);
        book.Take(new CampaignTable([Of(20, delivered: 1)]), Sample.Noon);
        Assert.Equal(5, book.TakenBy(0));
        book.Take(new CampaignTable([Of(20, delivered: 7)]), Sample.Noon);
        Assert.Equal(9, book.TakenBy(0));
        book.Take(new CampaignTable([]), Sample.Noon);
        Assert.False(book.TryCommit(Guid.NewGuid(), Id, 1, Sample.Noon));
    }

    // What is stored replaces what was reserved, never before it can have been read.
    [Fact]
    public void Count_PlaysSettledBeforeTheReading_EndTheirReservations()
    {
        var (book, first, second) = (BookOf(10), Guid.NewGuid(), Guid.NewGuid());
        Assert.True(book.TryCommit(first, Id, 3, Sample.Noon));
        Assert.True(book.TryCommit(second, Id, 4, Sample.Noon));
        book.Settle([(first, null), (Guid.NewGuid(), 4)]);
        var settled = book.BeginCount();
        book.Settle([(second, null)]);
        book.Count([Sample.Snapshot(Id, target: 2), Sample.Snapshot()], settled);
        Assert.Equal(2 + 4, book.TakenBy(0));
        book.Count([Sample.Snapshot(Id, target: 5)], book.BeginCount());
        Assert.Equal(5, book.TakenBy(0));
        book.Count([Sample.Snapshot(Id, target: 4)], book.BeginCount()); // a count was put right
        Assert.Equal(4, book.TakenBy(0));
    }

    [Fact]
    public void GiveUp_PlayThatWillNotHappen_EndsItsReservation()
    {
        var (book, decision) = (BookOf(10), Guid.NewGuid());
        Assert.True(book.TryCommit(decision, Id, 3, Sample.Noon));
        book.GiveUp(decision);
        book.GiveUp(decision);
        Assert.Equal(0, book.TakenBy(0));
    }

    [Fact]
    public void TryCommit_OpenEnd_GoesOnBeyondItsShareAtALowBid()
    {
        var book = new PacingBook(Sample.Calendar, new CampaignTable([Of(10) with { IsOpenEnded = true }]));
        book.Refresh(Sample.Noon);
        Assert.True(book.TryCommit(Guid.NewGuid(), Id, 50, Sample.Noon));
        Assert.True(book.TryCommit(Guid.NewGuid(), Id, 50, Sample.Noon));
        Assert.Equal(50 * (1 - PacingBook.Rest), book.BidOf(0), 9);
    }

    [Fact]
    public void Refresh_NextNight_SpreadsWhatIsLeftOverWhatIsLeft()
    {
        var curve = Curves.Of(Sample.Calendar.DayOf(Sample.Noon), 2, _ => 1);
        var book = new PacingBook(Sample.Calendar, new CampaignTable([Of(480) with { Curve = curve }]));
        book.Refresh(Sample.Noon.AddHours(-12));
        book.Refresh(Sample.Noon.AddHours(12)); // half of it is missed: 480 in 24 hours from here
        Assert.Equal(50, book.BidOf(0), 6);
        book.Refresh(Sample.Noon.AddHours(13));
        Assert.True(book.TryCommit(Guid.NewGuid(), Id, 20, Sample.Noon));
        Assert.Equal(50, book.BidOf(0), 6);
    }

    [Fact]
    public void Refresh_AsFastAsPossible_AllOfItIsDue()
    {
        var day = Sample.Calendar.DayOf(Sample.Noon);
        var week = new WeeklySupply([.. Enumerable.Repeat(1.0, WeeklySupply.Hours)]);
        var curve = new TargetCurve(new FlightPlan(day, day.AddDays(9), null), week, Pace.AsFastAsPossible);
        var book = new PacingBook(Sample.Calendar, new CampaignTable([Of(480) with { Curve = curve }]));
        for (var night = 0; night < 2; night++)
        {
            book.Refresh(Sample.Noon.AddDays(night));
            Assert.True(book.TryCommit(Guid.NewGuid(), Id, 200, Sample.Noon));
            Assert.Equal(50 * (1 + PacingBook.Penalty), book.BidOf(0), 6);
        }
    }

    [Fact]
    public void Bid_AnythingThatHappens_NeverLeavesItsClip() => Prop.ForAll<int>(seed =>
    {
        var (random, book, now) = (new Random(seed), BookOf(1 + Math.Abs(seed % 300)), Sample.Noon);
        List<Guid> underWay = [];
        for (var step = 0; step < 200; step++)
        {
            var decision = Guid.NewGuid();
            switch (random.Next(4))
            {
                case 0: book.Refresh(now = now.AddMinutes(random.Next(300))); break;
                case 1 when book.TryCommit(decision, Id, random.NextDouble() * 5, now): underWay.Add(decision); break;
                case 2: book.Report(underWay.Count == 0 ? decision : underWay[random.Next(underWay.Count)], Id, random.Next(4)); break;
                case 3: book.Take(new CampaignTable([Of(1 + random.Next(400))]), now); break;
            }
            Assert.InRange(book.BidOf(0), 0, 50 * (1 + PacingBook.Penalty));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryCommit_ManyScreensAtOnce_NeverMoreThanOneExposureOver()
    {
        var (book, taken) = (BookOf(1_000), 0);
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 400; i++)
            {
                var expected = random.Next(1, 5);
                if (book.TryCommit(Guid.NewGuid(), Id, expected, Sample.Noon)) Interlocked.Add(ref taken, expected);
            }
        });
        Assert.InRange(taken, 1_000, 1_001);
        Assert.Equal(taken, book.TakenBy(0));
    }

    [Fact]
    public void PassedAt_UnevenSupply_IsItsShare()
    {
        var (curve, noon) = (Curves.FromNoon(1, 0, 3), Sample.Calendar.ClockAt(Sample.Noon));
        Assert.Equal(
            [0, 0.125, 0.25, 0.25, 0.625, 1, 1], new[] { -1, 0.5, 1, 1.5, 2.5, 3, 13 }.Select(h => curve.PassedAt(noon.AddHours(h))));
        Assert.Equal(1, Curves.FromNoon().PassedAt(noon)); // nothing to wait for
    }

    private static PacingBook BookOf(double goal)
    {
        var book = new PacingBook(Sample.Calendar, new CampaignTable([Of(goal)]));
        book.Refresh(Sample.Noon);
        return book;
    }

    private static BookedCampaign Of(double goal, long delivered = 0) => new(Sample.Snapshot(Id, target: delivered))
    {
        PriceKrw = 50,
        Goal = goal,
        Curve = Curves.FromNoon([.. Enumerable.Repeat(1.0, 10)]),
    };
}
