using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics;
using FaceAd.Web.Screens;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Metrics;

/// <summary>
/// Random histories of two buildings around midnights and the end of an epoch, told late, twice and out of order: every metric of every
/// window and part must be what a naive count over the truth gives, and the rollups must be what a rebuild gives.
/// </summary>
public sealed class MetricsHistoryTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public void ReadAsync_AnyHistoryToldInAnyOrder_EqualsTheNaiveCount() =>
        Prop.ForAll<int>(seed => CheckAsync(seed).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(7));

    private async Task CheckAsync(int seed)
    {
        var random = new Random(seed);
        await using var db = _database.Contexts.CreateDbContext();
        var (first, second) = (await Sample.AddSiteAsync(db), await Sample.AddSiteAsync(db));
        ScreenEntry[] screens = [first.A, first.B, second.A];
        List<(Campaign Campaign, Creative Creative)> ads =
        [
            await AdAsync(db, first.Advertiser, [first.Site.Id, second.Site.Id], PriceModel.Flat, Segment.Men2030, Segment.Silver),
            await AdAsync(db, first.Advertiser, [first.Site.Id], PriceModel.PerThousand, Segment.Women2030),
        ];
        ads.Add((ads[0].Campaign, await SecondCreativeAsync(db, ads[0].Campaign)));
        var (presences, plays, messages) = InventedHistory.Invent(random, screens, ads);

        await using var facts = new Facts(_database, new SetClock(Sample.Calendar.StartOf(InventedHistory.LastDay.AddDays(3))),
            PrivacyTerms.Default with { Grace = TimeSpan.FromDays(28) });
        foreach (var message in messages.Concat(messages.Where(_ => random.Next(4) == 0)).OrderBy(_ => random.Next()).ToList())
        {
            await message(facts);
            if (random.Next(6) == 0) await facts.UpdateExposuresAsync();
            if (random.Next(40) == 0) Assert.Empty(await facts.Auditor.CompareAsync()); // right at any moment, not only in the end
        }
        await facts.UpdateExposuresAsync();
        Assert.Empty(await facts.Auditor.CompareAsync());

        var naive = new NaiveMetrics(presences, plays);
        foreach (var campaign in ads.Select(f => f.Campaign).Distinct())
        {
            foreach (var query in Queries(random, campaign, screens, ads))
                Same(naive, query, campaign, screens, await facts.Metrics.ReadAsync(query));
            await SameHoursAsync(facts, naive, new MetricsQuery(campaign.Id), campaign);
            await SameHoursAsync(facts, naive, new MetricsQuery(campaign.Id) { From = new DateOnly(2026, 3, 22) }, campaign);
            await SamePartsAsync(
                facts, new MetricsQuery(campaign.Id) { To = random.Next(2) == 0 ? InventedHistory.LastDay : new DateOnly(2026, 3, 22) });
        }
        await SameSummariesAsync(facts, [.. ads.Select(f => f.Campaign.Id).Distinct()]);
        await SameAudienceAsync(facts, naive, presences, first.Site.Id);
    }

    // On each building's clock; a play over midnight belongs to the day on which it began, up to its last hour.
    private static async Task SameHoursAsync(Facts facts, NaiveMetrics naive, MetricsQuery query, Campaign campaign)
    {
        var hours = await facts.Metrics.ReadHoursAsync(query);
        var seen = naive.Of(query, MetricsDays.Of(query.From, query.To, campaign.StartsOn, campaign.EndsOn)).Select(e => (
            e.Day, Hour: e.Play.Screen.Calendar.DayOf(e.At) > e.Day ? 23 : e.Play.Screen.Calendar.HourOf(e.At))).ToList();
        foreach (var weekday in Enum.GetValues<DayOfWeek>())
        {
            for (var hour = 0; hour < 24; hour++)
            {
                var counted = hours!.Impressions[((int)weekday + 6) % 7][hour];
                Assert.Equal(seen.Count(e => e.Day.DayOfWeek == weekday && e.Hour == hour), counted);
            }
        }
        var at = seen.Select(e => (e.Day.DayNumber * 24) + e.Hour).ToList();
        Assert.Equal(at.Count == 0 ? TimeSpan.Zero : TimeSpan.FromHours(at.Max() - at.Min() + 1), hours!.Covered);
        Assert.Null(await facts.Metrics.ReadHoursAsync(query with { SiteId = Guid.NewGuid() }));
        var curve = (await facts.Metrics.ReadHourlyAsync(query))!.Select(p => (p.Impressions, p.Plays)).ToList();
        Assert.Equal(at.CountBy(h => h).OrderBy(h => h.Key).Select(h => (long)h.Value), curve.Select(p => p.Impressions).Where(n => n > 0));
        Assert.Equal((await facts.Metrics.ReadAsync(query)).Plays, curve.Sum(p => p.Plays));
        Assert.Null(await facts.Metrics.ReadHourlyAsync(query with { SiteId = Guid.NewGuid() }));
    }

    // A part of a breakdown says what a query for that part says.
    private static async Task SamePartsAsync(Facts facts, MetricsQuery query)
    {
        foreach (var dimension in Enum.GetValues<MetricsDimension>())
        {
            var parts = await facts.Breakdown.ReadAsync(query, dimension);
            var whole = await facts.Metrics.ReadAsync(query);
            Assert.Equal(
                (whole.Impressions, whole.Plays, whole.Views.Completed),
                (parts.Sum(p => p.Impressions), parts.Sum(p => p.Plays), parts.Sum(p => p.Views.Completed)));
            // Each part's cost is in whole won.
            var rounding = parts.Sum(p => p.CostKrw!.Value) - whole.CostKrw!.Value;
            if (parts.Count > 0) Assert.InRange(rounding, -parts.Count / 2m, parts.Count / 2m);
            foreach (var part in parts)
            {
                var m = await facts.Metrics.ReadAsync(dimension switch
                {
                    MetricsDimension.Site => query with { SiteId = part.Id },
                    MetricsDimension.Screen => query with { ScreenId = part.Id },
                    _ => query with { CreativeId = part.Id },
                });
                Assert.Equal(
                    (m.Plays, m.Coverage, m.Impressions, m.TargetImpressions, m.PeriodTargetImpressions, (int?)m.Reached),
                    (part.Plays, part.Coverage, part.Impressions, part.TargetImpressions, part.PeriodTargetImpressions, part.Reached));
                Assert.Equal(
                    (m.TargetPersonExposures, m.CostKrw, m.CpmKrw, m.Views),
                    (part.TargetPersonExposures, part.CostKrw, part.CpmKrw, part.Views));
                Assert.Equal(dimension == MetricsDimension.Creative ? null : m.Universe, part.Universe);
            }
        }
    }

    private static async Task SameSummariesAsync(Facts facts, Guid[] campaigns)
    {
        var summaries = await facts.Metrics.ReadSummariesAsync(campaigns);
        Assert.Equal(campaigns.Length, summaries.Count);
        foreach (var id in campaigns)
        {
            var m = await facts.Metrics.ReadAsync(id);
            Assert.Equal(CampaignSummary.Of(m), summaries[id]);
            await SamePeriodsAsync(facts, m);
        }
    }

    // What adds up does so over the counting periods, too; people stay apart.
    private static async Task SamePeriodsAsync(Facts facts, CampaignMetrics whole)
    {
        var periods = await facts.Metrics.ReadPeriodsAsync(whole, Sample.Calendar);
        Assert.Equal(2, periods.Count);
        Assert.Equal(whole.Impressions, periods.Sum(p => p.Segments.Sum(s => s.PeriodImpressions)));
        var alone = await Task.WhenAll(periods.Select(p => facts.Metrics.ReadAsync(
            whole.Query with { From = p.Window.FirstDay, To = p.Window.LastDay })));
        Assert.Equal(
            (whole.Plays, whole.Views.Completed, whole.CostKrw),
            (alone.Sum(p => p.Plays), alone.Sum(p => p.Views.Completed), alone.Sum(p => p.CostKrw)));
        foreach (var (period, of) in periods.Zip(alone))
            Assert.Equal((period.Reached, period.Universe, period.Frequency), (of.Reached, of.Universe, of.Frequency));
    }

    private static async Task SameAudienceAsync(Facts facts, NaiveMetrics naive, List<TruePresence> presences, Guid site)
    {
        var day = new DateOnly(2026, 3, 22);
        var got = await facts.Audience.ComputeAsync(site, InventedHistory.FirstDay, day, default);
        var seen = presences.Where(s => s.Screen.SiteId == site && s.Screen.Calendar.DayOf(s.From) <= day).ToList();
        Assert.Equal(seen.Count, got.All.Ots);
        Assert.Equal(seen.Count(s => Math.Round((s.To - s.From).TotalSeconds / 2, 3) >= 1), got.All.Watchers);
        Near(seen.Count == 0 ? null : seen.Average(s => (s.To - s.From).TotalSeconds), got.All.DwellSeconds);
        Near(seen.Count == 0 ? null : seen.Average(s => (s.To - s.From).TotalSeconds) / 2, got.All.AttentionSeconds);
        foreach (var (segment, count) in got.Segments) Assert.Equal(seen.Count(s => naive.SegmentOf(s) == segment), count.Ots);
        for (var hour = 0; hour < 24; hour++) Assert.Equal(seen.Count(s => s.Screen.Calendar.HourOf(s.From) == hour), got.Hours[hour].Ots);
    }

    private static IEnumerable<MetricsQuery> Queries(
        Random random, Campaign campaign, ScreenEntry[] screens, List<(Campaign Campaign, Creative Creative)> ads)
    {
        var one = new MetricsQuery(campaign.Id);
        foreach (var to in new[] { new DateOnly(2026, 3, 22), InventedHistory.LastDay, InventedHistory.FirstDay.AddDays(random.Next(6)) })
        {
            foreach (var from in new DateOnly?[] { null, to.AddDays(-random.Next(3)) })
            {
                var days = one with { From = from, To = to };
                yield return days;
                yield return days with { SiteId = screens[random.Next(3)].SiteId };
                yield return days with { ScreenId = screens[random.Next(3)].Id };
                yield return days with
                {
                    CreativeId = ads.Where(f => f.Campaign == campaign)
                    .ElementAt(random.Next(ads.Count(f => f.Campaign == campaign))).Creative.Id
                };
            }
        }
    }

    private static void Same(NaiveMetrics naive, MetricsQuery query, Campaign campaign, ScreenEntry[] screens, CampaignMetrics got)
    {
        var (days, window) = (got.Days, got.Window);
        var first = query.From > InventedHistory.FirstDay ? query.From.Value : InventedHistory.FirstDay;
        Assert.Equal(new MetricsDays(first, query.To!.Value), days);
        var epoch = Sample.Calendar.EpochOf(query.To.Value);
        var begins = Sample.Calendar.FirstDayOf(epoch);
        Assert.Equal(new MetricsWindow(begins > first ? begins : first, query.To.Value, epoch), window);
        var (exposures, plays) = (naive.Of(query, days), naive.PlaysOf(query, days));
        var period = exposures.Where(e => window.Contains(e.Day)).ToList();
        bool Counts(ScreenEntry s) => query.ScreenId is { } screen ? s.Id == screen : query.SiteId is { } site
            ? s.SiteId == site : campaign.SiteIds.Contains(s.SiteId);

        Assert.Equal((plays.Count, plays.Count(p => p.Measured)), (got.Plays, got.MeasuredPlays));
        Assert.Equal(exposures.Count, got.Impressions);
        var target = exposures.Where(e => campaign.Targets.Contains(e.Segment)).ToList();
        Assert.Equal(target.Count, got.TargetImpressions);
        var met = period.Where(e => campaign.Targets.Contains(e.Segment)).ToList();
        Assert.Equal(met.Count, got.PeriodTargetImpressions);
        Assert.Equal(naive.Exposures.Count(e => e.Play.Campaign == campaign && campaign.Targets.Contains(e.Segment)), got.Delivered);
        var perPerson = met.Where(e => e.Person is not null).GroupBy(e => e.Person).Select(g => g.Count()).ToList();
        Assert.False(got.PersonsGone);
        Assert.Equal(perPerson.Count, got.Reached);
        Assert.Equal(campaign.Targets.Sum(t => naive.Universe(window, t, Counts)), got.Universe);
        Assert.Equal(perPerson.Count == 0 ? null : perPerson.Average(), got.Frequency);
        Assert.Equal(Enumerable.Range(1, 10).Select(n => perPerson.Count(c => Math.Min(c, 10) == n)), got.FrequencyHistogram);
        foreach (var s in got.Segments)
        {
            var mine = exposures.Where(e => e.Segment == s.Segment).ToList();
            var ofPeriod = period.Where(e => e.Segment == s.Segment).ToList();
            var persons = s.Segment == Segment.Unknown ? 0 : ofPeriod.Select(e => e.Person).OfType<string>().Distinct().Count();
            Assert.Equal((mine.Count, ofPeriod.Count, persons), (s.Impressions, s.PeriodImpressions, s.Persons));
            Assert.Equal(s.Segment is Segment.Unknown or Segment.Kids ? 0 : naive.Universe(window, s.Segment, Counts), s.Universe);
            Assert.Equal(ofPeriod.Count(e => e.Person is not null), s.PersonExposures);
        }
        Assert.Equal(exposures.Count(e => e.Seconds >= 9.5), got.Views.Completed);
        Near(exposures.Count == 0 ? null : exposures.Average(e => e.Seconds), got.Views.DwellSeconds);
        Near(exposures.Count == 0 ? null : exposures.Average(e => e.Seconds) / 2, got.Views.AttentionSeconds);
        SameCost(naive, query, campaign, plays, got);
        SameTimeline(exposures, met, plays, got);
    }

    private static void Near(double? expected, double? got)
    {
        Assert.Equal(expected is null, got is null);
        Assert.Equal(expected ?? 0, got ?? 0, 0.002);
    }

    private static void SameCost(NaiveMetrics naive, MetricsQuery query, Campaign campaign, List<TruePlay> plays, CampaignMetrics got)
    {
        var everywhere = new MetricsQuery(query.CampaignId);
        decimal whole;
        if (campaign.PriceModel == PriceModel.Flat)
        {
            whole = campaign.BudgetKrw * (got.Days.LastDay.DayNumber - got.Days.FirstDay.DayNumber + 1) / 6m;
        }
        else
        {
            decimal Charged(DateOnly until) => Math.Min(campaign.BudgetKrw, campaign.PricePerThousandKrw!.Value / 1000m * naive.Exposures
                .Count(e => e.Play.Campaign == campaign && campaign.Targets.Contains(e.Segment) && e.Day <= until));
            whole = Charged(got.Days.LastDay) - Charged(got.Days.FirstDay.AddDays(-1));
        }
        var (part, all) = (plays.Sum(p => (p.To - p.From).TotalSeconds), naive.PlaysOf(everywhere, got.Days)
            .Sum(p => (p.To - p.From).TotalSeconds));
        var expected = query.Everywhere ? whole : all == 0 ? 0 : whole * (decimal)(part / all);
        Assert.Equal((double)expected, (double)got.CostKrw!.Value, 0.501);
        Assert.Equal(0, got.CostKrw.Value % 1);
    }

    private static void SameTimeline(List<NaiveExposure> exposures, List<NaiveExposure> met, List<TruePlay> plays, CampaignMetrics got)
    {
        Assert.Equal(got.Impressions, got.Timeline.Sum(p => p.Impressions));
        Assert.Equal(got.Plays, got.Timeline.Sum(p => p.Plays));
        Assert.Equal(got.Reached, got.Timeline.LastOrDefault(p => p.ReachedSoFar is not null)?.ReachedSoFar ?? 0);
        Assert.All(got.Timeline, p => Assert.Equal(got.Window.Contains(Sample.Calendar.DayOf(p.At)), p.ReachedSoFar is not null));
        // In steps of a day: exactly the people up to that day.
        if (got.Timeline.Any(p => Sample.Calendar.HourOf(p.At) != 0)) return;
        foreach (var point in got.Timeline)
        {
            var day = Sample.Calendar.DayOf(point.At);
            if (point.ReachedSoFar is { } reached)
                Assert.Equal(met.Where(e => e.Day <= day).Select(e => e.Person).OfType<string>().Distinct().Count(), reached);
            Assert.Equal(exposures.Count(e => e.Day == day), point.Impressions);
            Assert.Equal(plays.Count(p => p.Screen.Calendar.DayOf(p.From) == day), point.Plays);
        }
    }

    private static async Task<(Campaign, Creative)> AdAsync(
        FaceAdDbContext db, Web.Accounts.Organisation advertiser, Guid[] sites, PriceModel model, params Segment[] targets)
    {
        var (campaign, creative) = await Sample.AddCampaignAsync(
            db, advertiser, targets, 600, model, model == PriceModel.Flat ? null : 40_000);
        (campaign.StartsOn, campaign.EndsOn, campaign.SiteIds) = (InventedHistory.FirstDay, InventedHistory.LastDay, sites);
        await db.SaveChangesAsync();
        return (campaign, creative);
    }

    private static async Task<Creative> SecondCreativeAsync(FaceAdDbContext db, Campaign campaign)
    {
        var creative = new Creative
        {
            OrganisationId = campaign.OrganisationId,
            CampaignId = campaign.Id,
            Name = "Second",
            Sha256 = new string('b', 64),
            Bytes = 1,
            Seconds = 10,
            Width = 640,
            Height = 360,
            CreatedAt = Sample.Noon,
        };
        db.Add(creative);
        await db.SaveChangesAsync();
        return creative;
    }
}
