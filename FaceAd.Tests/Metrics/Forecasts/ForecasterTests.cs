using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Tests.Support;
using FaceAd.Web.Metrics.Forecasts;

namespace FaceAd.Tests.Metrics.Forecasts;

public sealed class ForecasterTests
{
    // A Monday, the first day of a counting period; plans run for two weeks from it.
    private static readonly DateOnly Today = SiteCalendar.Default.FirstDayOf(30);
    private static readonly Guid A = Guid.NewGuid(), B = Guid.NewGuid();

    // Ten men of 20 to 39 and five women an hour, from 8 to 18, at A; half of that at B.
    private static readonly ForecastFacts Facts = new()
    {
        Calendar = SiteCalendar.Default,
        Supply = new Supply(Week(1.5), new Dictionary<Guid, double[]> { [A] = Week(1), [B] = Week(0.5) }),
        Presences = new Dictionary<Guid, double[]> { [Guid.Empty] = Weeks(1.5), [A] = Weeks(1), [B] = Weeks(0.5) },
        Measured = ForecastFacts.Weeks,
        Exposures = 2,
        Companions = 0,
        Patterns = new Dictionary<(Guid, Segment), IReadOnlyList<VisitPattern>>
        {
            [(A, Segment.Men2030)] = [new(14, [.. Enumerable.Repeat(0L, 9), 70], Rides(10, 1400))],
        },
    };

    private const double MenAtA = 10 * 10 * 14 * 2; // a hundred presences a day in two weeks, two plays each

    [Fact]
    public void Make_NothingElseBooked_IsAllThatComesUpToTheGoal()
    {
        var large = Of(Plan(10_000_000));
        Assert.Equal((MenAtA, MenAtA), (Math.Round(large.Free.Value, 6), Math.Round(large.Impressions.Value, 6)));
        Assert.Equal(10_000_000 / 10.0, large.Goal);
        Assert.True(large.Certainty < 0.01);
        Assert.InRange(large.Impressions.Low, MenAtA * 0.8, MenAtA * 0.99);
        Assert.InRange(large.Impressions.High, MenAtA * 1.01, MenAtA * 1.25);
        Assert.Equal(10_000, large.CpmKrw!.Value.Value, 6);
        Assert.Equal(MenAtA * 10, large.CostKrw.Value, 3);

        var small = Of(Plan(5_000));
        Assert.Equal(new Estimate(500, 500, 500), small.Impressions);
        Assert.True(small.Certainty > 0.99);
    }

    // It has booked a quarter of the men of A, in the first of the two weeks.
    [Fact]
    public void Make_OthersHaveAGoal_TheirShareIsNotFree()
    {
        var other = Plan((long)(MenAtA / 2 / 4 * 10), ends: Today.AddDays(6));
        var forecast = Of(Plan(10_000_000), other);
        Assert.Equal(MenAtA * (1 - (1 / 8.0)), forecast.Free.Value, 3);
        var rival = Assert.Single(forecast.Rivals);
        Assert.Equal((other.Id, 0.125, false), (rival.Campaign, Math.Round(rival.Share, 3), rival.Yields));
    }

    [Fact]
    public void Make_OthersElsewhereOrForOthersOrAtOtherTimes_TakeNothing()
    {
        var far = Plan(1_000_000, sites: [B]);
        SnapshotCampaign[] others =
        [
            far, Plan(1_000_000) with { Targets = [Segment.Silver] }, Plan(1_000_000) with { Hours = 1 << 20 },
            Plan(1_000_000) with { StartsOn = Today.AddDays(14), EndsOn = Today.AddDays(20) },
        ];
        var forecast = Of(Plan(10_000_000), others);
        Assert.Equal(MenAtA, forecast.Free.Value, 3);
        Assert.Empty(forecast.Rivals);
        Assert.Single(Of(Plan(10_000_000, sites: []), [far]).Rivals); // everywhere includes B
    }

    [Fact]
    public void Make_OversoldByOthers_NothingIsFreeAndEachHasItsPart()
    {
        var forecast = Of(Plan(1_000), Plan(1_000_000), Plan(1_000_000));
        Assert.Equal(0, forecast.Free.Value);
        Assert.Equal(MenAtA * (100 / MenAtA) / (2 + (100 / MenAtA)), forecast.Impressions.Value, 3); // a hundred are wanted
        Assert.True(forecast.Certainty < 0.05);
    }

    // Campaigns at a flat price share people as they share money; they yield to goals.
    // Women are a third of all riders. Who booked all plays before them has those before every man who rides with one: with one companion
    // each, every third man.
    [Fact]
    public void Make_OthersBookedThoseWhoRideAlong_TheirPlaysAreNotFree()
    {
        var women = Plan((long)(MenAtA * 10)) with { Targets = [Segment.Women2030] };
        var forecast = new Forecaster(Plan(10_000_000), Facts with { Companions = 1 }, [women], Today).Make();
        Assert.Equal(MenAtA * 2 / 3, forecast.Free.Value, 3);
        Assert.Empty(forecast.Rivals); // it does not want men
    }

    // Whoever pays more is served first.
    [Fact]
    public void Make_OversoldAtOtherPrices_TheDearerIsServedFirst()
    {
        var (dear, cheap) = (Plan((long)(MenAtA * 20)) with { PricePerThousandKrw = 20_000 }, Plan((long)(MenAtA * 10)));
        Assert.Equal(MenAtA, Of(dear, cheap).Impressions.Value, 3);
        Assert.Equal(0, Of(cheap, dear).Impressions.Value, 3);
        Assert.Equal(0, Of(dear, cheap).Free.Value, 3);
    }

    [Fact]
    public void Make_FlatPrice_TakesItsShareOfWhatIsLeft()
    {
        var (one, other) = (Plan(300_000) with { PriceModel = PriceModel.Flat, PricePerThousandKrw = null },
            Plan(900_000) with { PriceModel = PriceModel.Flat, PricePerThousandKrw = null });
        var forecast = Of(one, other);
        Assert.Equal(MenAtA / 4, forecast.Impressions.Value, 3);
        Assert.Null(forecast.Goal);
        Assert.True(Assert.Single(forecast.Rivals).Yields);
        Assert.Equal(300_000, forecast.CostKrw.Value, 6);
        var beside = Of(one, other, Plan((long)(MenAtA / 2 * 10)));
        Assert.Equal(MenAtA / 8, beside.Impressions.Value, 3);
    }

    [Fact]
    public void Make_RunningCampaign_CountsWhatItHasHad()
    {
        var running = Plan(10_000_000) with { StartsOn = Today.AddDays(-7), EndsOn = Today.AddDays(6), TargetImpressions = 300 };
        Assert.Equal(300 + (MenAtA / 2), Of(running).Impressions.Value, 3);
    }

    // Seventy men, each seen on ten of fourteen days, twice on each: the ride count of a day is 1 + Poisson(1).
    [Fact]
    public void Make_PatternOfTheSameLength_ReachIsThatOfItsPeople()
    {
        var goal = MenAtA / 10;
        var reach = Of(Plan((long)(goal * 10))).Reach!;
        Assert.Equal((Today, Today.AddDays(13), 70.0), (reach.From, reach.To, Math.Round(reach.Universe.Value, 6)));
        var miss = Math.Pow(0.9, 2); // of a presence with two plays
        Assert.Equal(1 - Math.Pow(miss * Math.Exp(miss - 1), 10), reach.Share.Value, 6);
        Assert.True(reach.Share.Low < reach.Share.Value && reach.Share.Value < reach.Share.High);
        Assert.Equal(goal / reach.Reached.Value, reach.Frequency!.Value.Value, 6); // 1400 rides in two weeks: all were recognised
    }

    [Fact]
    public void Make_NobodyWasCounted_HasNoReach() => Assert.Null(Of(Plan(100_000, sites: [B])).Reach);

    // A cap of one a day leaves little of three to four plays a day.
    [Fact]
    public void Make_FrequencyCap_LeavesWhatItAllows()
    {
        var capped = Plan(10_000_000) with { Delivery = new() { Caps = [new FrequencyCap(1, CapUnit.Day, Hard: false)] } };
        var expected = 70 * 10 * (1 - Math.Exp(-4)); // visits that see one or more of four plays
        Assert.Equal(expected, Of(capped).Free.Value, 1);
        var epoch = Plan(10_000_000) with { Delivery = new() { Caps = [new FrequencyCap(3, CapUnit.Epoch, Hard: false)] } };
        Assert.Equal(210, Of(epoch).Free.Value, 1);
    }

    [Fact]
    public void Curve_FromNothingToAllThatIsFree_RisesAndIsInvertedByImpressionsFor()
    {
        var forecaster = New(Plan(10_000_000));
        var curve = forecaster.Curve(8);
        Assert.Equal((9, 0.0), (curve.Count, curve[0].Impressions));
        Assert.Equal(curve.Select(p => p.Reach!.Value.Value), curve.Select(p => p.Reach!.Value.Value).Order());
        var needed = forecaster.ImpressionsFor(0.6)!.Value;
        Assert.Equal(0.6, Of(Plan((long)(needed * 10))).Reach!.Share.Value, 2);
        Assert.Null(New(Plan(10_000_000), Plan((long)(MenAtA * 20)) with { PricePerThousandKrw = 20_000 }).ImpressionsFor(0.6));
    }

    [Fact]
    public void Make_NothingMeasured_SaysSo()
    {
        var forecast = new Forecaster(Plan(100_000), Facts with
        {
            Supply = Supply.Unknown,
            Measured = 0,
            Presences = new Dictionary<Guid, double[]>(),
        }, [], Today).Make();
        Assert.Equal(0, forecast.Weeks);
        Assert.True(forecast.Free.High > 5 * forecast.Free.Low);
    }

    private static Forecast Of(SnapshotCampaign plan, params SnapshotCampaign[] others) => New(plan, others).Make();

    private static Forecaster New(SnapshotCampaign plan, params SnapshotCampaign[] others) => new(plan, Facts, others, Today);

    // Ten won an impression.
    private static SnapshotCampaign Plan(long budget, Guid[]? sites = null, DateOnly? ends = null) => Sample.Snapshot(
        budget: budget, model: PriceModel.PerThousand, price: 10_000, sites: sites ?? [A], starts: Today, ends: ends ?? Today.AddDays(13));

    // Of people seen on so many days, alike in each hour from 8 to 18.
    private static long[] Rides(int days, long count)
    {
        var rides = new long[days * 24];
        for (var hour = 8; hour < 18; hour++) rides[VisitPattern.Place(days, hour)] = count / 10;
        return rides;
    }

    private static double[] Week(double share)
    {
        var week = Supply.NewWeek();
        for (var day = 0; day < 7; day++)
        {
            for (var hour = 8; hour < 18; hour++)
            {
                week[Supply.Place(Segment.Men2030, day, hour)] = 10 * share;
                week[Supply.Place(Segment.Women2030, day, hour)] = 5 * share;
            }
        }
        return week;
    }

    private static double[] Weeks(double share)
    {
        var weeks = new double[6 * ForecastFacts.Weeks];
        for (var week = 0; week < ForecastFacts.Weeks; week++)
        {
            weeks[(((int)Segment.Men2030 - 1) * ForecastFacts.Weeks) + week] = 700 * share;
            weeks[(((int)Segment.Women2030 - 1) * ForecastFacts.Weeks) + week] = 350 * share;
        }
        return weeks;
    }
}
