using System.Globalization;
using System.Text;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Delivery;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Reports;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Metrics;

/// <summary>
/// What an advertiser sees of a campaign agrees with itself: some number of people fits all of it, every figure can be recomputed from the
/// others, and page, print, file and API say the same.
/// </summary>
public sealed class ShownFiguresTests
{
    private static readonly Segment[] Targets = [Segment.Men2030, Segment.Silver];

    /// <summary>A person seen on the screens.</summary>
    /// <param name="Segment">The person's segment.</param>
    /// <param name="Exposures">Exposures in the current counting period.</param>
    /// <param name="Earlier">Exposures before it.</param>
    /// <param name="Completed">How many of all of them were completed.</param>
    private sealed record Rider(Segment Segment, int Exposures, int Earlier, int Completed);

    /// <summary>A campaign at a moment; hours since its start.</summary>
    private sealed record History(IReadOnlyList<Rider> Riders, PriceModel Price, int Budget, int Hours, int Changed, int Unmeasured);

    private static readonly Gen<Rider> DrawnRider =
        from segment in Gen.Elements(Segment.Men2030, Segment.Silver, Segment.Women2030, Segment.Kids)
        from exposures in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(1, 12)))
        from earlier in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 40)))
        from completed in Gen.Choose(0, exposures + earlier)
        select new Rider(segment, exposures, earlier, completed);

    private static readonly Gen<History> Drawn =
        from riders in DrawnRider.ListOf()
        from price in Gen.Elements(PriceModel.Flat, PriceModel.PerThousand)
        from budget in Gen.Choose(1, 9_000_000)
        from hours in Gen.Choose(1, 60 * 24)
        from changed in Gen.Choose(1, 60 * 24)
        from unmeasured in Gen.Choose(0, 20)
        select new History([.. riders], price, budget, hours, changed, unmeasured);

    [Fact]
    public void Of_AnyRiders_EveryFigureAgreesWithTheOthers() =>
        Prop.ForAll(Drawn.ToArbitrary(), history =>
        {
            var (_, metrics) = Metrics(history);
            var shown = SmallCounts.Of(metrics, exact: false);
            var (reachedLeast, reachedMost) = Ends(shown.Reached);
            var (universeLeast, universeMost) = Ends(shown.Universe);
            Assert.True(reachedLeast <= universeLeast && reachedMost <= universeMost, "more people reached than seen");
            if (shown.Reach.Value is { } reach and > 0)
                Assert.True(reach >= reachedLeast / universeMost && reach <= reachedMost / universeLeast, "Reach of other counts");
            if (shown.Frequency.Value is { } frequency)
                Assert.True(
                    frequency * reachedLeast <= metrics.PeriodTargetImpressions + 1e-6
                        && frequency * reachedMost >= metrics.PeriodTargetImpressions - 1e-6,
                    "Frequency of other impressions");
            Assert.Equal(shown.Reached.Few, shown.Reach.Few);
            Assert.Equal(shown.Reached.Few, shown.Frequency.Few);
            Assert.Equal(NoFigure.OtherPeriod, shown.ReachedSoFar[0].Why);
            Assert.Equal(shown.Reached, shown.ReachedSoFar[^1]);
            AssertFits(shown.Reached, shown.Histogram);
            AssertFits(shown.Reached, [.. Targets.Select(t => shown.Segments[t].Persons)]);
            Assert.Equal(NoFigure.Children, shown.Segments[Segment.Kids].Reach.Why);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Figures_AnyHistory_PagePrintFileAndApiCanBeRecomputedFromEachOther()
    {
        await using var screen = new ShownScreen();
        Prop.ForAll(Drawn.ToArbitrary(), history =>
        {
            var (scope, m) = Metrics(history);
            var pacing = Pacing.Of(scope.Campaign, scope.Calendar, scope.Now, m.Delivered);
            var table = ReportReader.Figures(m, null, exact: false, pacing, whole: true);
            var file = Encoding.UTF8.GetString(ReportFile.Write(table)).Split("\r\n").Skip(1).Where(l => l.Length > 0)
                .Select(l => l.Split(',')).ToDictionary(l => l[0], l => l[1]);
            double? Number(string key) => double.TryParse(file[key], CultureInfo.InvariantCulture, out var n) ? n : null;
            AssertRecomputable(m, pacing, Number, file, history.Price == PriceModel.PerThousand);
            ShownScreen.AssertSame(table, file);
            screen.AssertSaysWhatTheFileSays(scope, m, table, Number);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static void AssertRecomputable(
        CampaignMetrics m, Pacing pacing, Func<string, double?> number, Dictionary<string, string> file, bool charged)
    {
        var (impressions, target, completed) =
            (number("impressions")!.Value, number("target_impressions")!.Value, number("completed_views")!.Value);
        Assert.True(target <= impressions && completed <= impressions && number("measured_plays") <= number("plays"));
        Assert.Equal(impressions, m.Segments.Sum(s => s.Impressions));
        Assert.Equal(target, m.Segments.Where(s => s.Targeted).Sum(s => s.Impressions));
        Assert.Equal(completed, m.Segments.Sum(s => s.Views.Completed));
        Quotient(completed, impressions, 1, number("completion_rate"));
        Quotient(number("measured_plays")!.Value, number("plays")!.Value, 1, number("coverage"));

        var (committed, accrued, projected) =
            (number("committed_cost_krw")!.Value, number("accrued_cost_krw")!.Value, number("projected_cost_krw"));
        Assert.Equal((double)pacing.AccruedKrw!.Value, accrued);
        Assert.True(accrued <= (projected ?? committed) && (projected ?? 0) <= committed, "costs out of order");
        Cost(impressions, "cpm_krw", 1000);
        Cost(target, "target_cpm_krw", 1000);
        Cost(completed, "cost_per_completed_view_krw", 1);

        void Cost(double count, string key, int per)
        {
            if (Math.Min(count, charged ? target : count) < CostFigures.Least) Assert.Equal("too early", file[key]);
            else Quotient(accrued, count, per, number(key));
        }
    }

    private static void Quotient(double whole, double by, int times, double? got)
    {
        Assert.Equal(by == 0, got is null);
        if (by > 0) Assert.Equal(whole / by * times, got!.Value, 1e-5);
    }

    // The parts can add up to the total; withheld parts can be anything.
    private static void AssertFits(ShownFigure total, IReadOnlyList<ShownFigure>? parts)
    {
        if (parts is null || parts.Any(p => p is { Few: false, Value: null })) return;
        var ends = parts.Select(Ends).ToList();
        var (least, most) = Ends(total);
        Assert.True(ends.Sum(e => e.Least) <= most && ends.Sum(e => e.Most) >= least, "parts of another total");
    }

    private static (double Least, double Most) Ends(ShownFigure figure) =>
        figure.Few ? (0, SmallCounts.Step - 1) : (figure.Value!.Value, figure.UpTo ?? figure.Value.Value);

    private static (MetricsScope Scope, CampaignMetrics Metrics) Metrics(History history)
    {
        var first = Sample.Calendar.FirstDayOf(20);
        var campaign = new Campaign
        {
            OrganisationId = Guid.NewGuid(),
            Name = "C",
            State = CampaignState.Approved,
            StartsOn = first,
            EndsOn = first.AddDays(59),
            Targets = Targets,
            PriceModel = history.Price,
            BudgetKrw = history.Budget,
            PricePerThousandKrw = history.Price == PriceModel.PerThousand ? 7_777 : null,
            // A third of what has accrued at the price of now, at the change of terms.
            Accruals = history.Changed >= history.Hours ? null
                : [new(Sample.Calendar.StartOf(first).AddHours(history.Changed),
                    (decimal)history.Budget * history.Changed / (3 * 60 * 24))],
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        var scope = MetricsScope.Everywhere(campaign, Sample.Calendar, Sample.Calendar.StartOf(first).AddHours(history.Hours));
        var riders = history.Riders;
        Dictionary<Segment, T> By<T>(Func<IGrouping<Segment, Rider>, T> of) => riders.GroupBy(r => r.Segment).ToDictionary(g => g.Key, of);
        var target = riders.Where(r => Targets.Contains(r.Segment)).ToList();
        var (delivered, met) = (target.Sum(r => r.Exposures + r.Earlier), target.Where(r => r.Exposures > 0).ToList());
        var plays = riders.Sum(r => r.Exposures + r.Earlier);
        var metrics = MetricsReader.Compose(
            scope, new PlayFigures(plays + history.Unmeasured, plays, 10_000 * plays),
            By(g => new ExposureFigures(g.Sum(r => r.Exposures + r.Earlier), g.Sum(r => r.Completed), 0, 0, 0)),
            By(g => new PeriodFigures(g.Sum(r => r.Exposures), g.Key == Segment.Kids ? 0 : g.Sum(r => r.Exposures))),
            By(g => g.Key == Segment.Kids ? 0 : g.Count(r => r.Exposures > 0)), By(g => g.Key == Segment.Kids ? 0 : g.Count()),
            MetricsReader.Cost(scope, new Charged(0, delivered)));
        return (scope, metrics with
        {
            Delivered = delivered,
            FrequencyHistogram = [.. Enumerable.Range(1, 10).Select(n => met.Count(r => Math.Min(r.Exposures, 10) == n))],
            Timeline = [new MetricsPoint(scope.Start, plays, null, plays), new MetricsPoint(scope.Now, 0, met.Count, 0)],
        });
    }
}
