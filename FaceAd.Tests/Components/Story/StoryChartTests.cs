using Bunit;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Components.Charts;
using FaceAd.Web.Components.Pages.Campaigns.Details;
using FaceAd.Web.Delivery;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using MudBlazor.Services;

namespace FaceAd.Tests.Components.Story;

/// <summary>What the campaign's charts say to those who read their tables.</summary>
public sealed class StoryChartTests : IAsyncLifetime
{
    private readonly BunitContext _context = new();

    public StoryChartTests()
    {
        _context.JSInterop.Mode = JSRuntimeMode.Loose;
        _context.Services.AddMudServices();
        _context.Services.AddLocalization();
        _context.Services.AddSingleton<IStringLocalizer<Texts>, CountedTexts>();
        _context.Services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        _context.Services.AddSingleton<TimeProvider>(new SetClock(Sample.Noon));
        _context.Services.AddScoped<FaceAd.Web.Language.Display>();
        _context.Services.AddSingleton<FaceAd.Web.Components.ComponentHtml>();
        _context.Services.AddSingleton<FaceAd.Web.Components.Controls.MetricTips>();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _context.DisposeAsync();

    [Fact]
    public void Chart_WithMarks_TellsThemBelowItAndBesideTheirStep()
    {
        var chart = _context.Render<ApexChart>(p => p.Add(c => c.Spec, new ChartSpec
        {
            Kind = ChartKind.Time,
            Title = "Impressions",
            Across = "Day",
            Labels = ["Monday", "Tuesday", "Wednesday"],
            Times = [0, 10, 20],
            Step = 10,
            Series = [new("Impressions", "--accent", [1, 2, 3])],
            Marks = [new(-5, 2, "before", "--bad"), new(10, null, "paused", "--amber"), new(19, null, "resumed", "--amber"),
                new(29, null, "last", "--info")],
        }));
        Assert.Equal(["before", "paused", "resumed", "last"], chart.FindAll(".chart-marks li").Select(l => l.TextContent));
        Assert.Empty(chart.FindAll(".chart-table table")); // what nobody has opened costs nothing
        chart.Find(".chart-table").TriggerEvent("ontoggle", EventArgs.Empty);
        Assert.Equal(["before", "paused; resumed", "last"], chart.FindAll("tbody tr td:last-child").Select(c => c.TextContent));
    }

    [Fact]
    public void Figures_ComparedWithAWeekBefore_StandOnTheDaysTheyAreComparedWith()
    {
        var (now, before) = (Metrics(7, [10, 20, 30]), Metrics(0, [1, 2, 3, 4, 5, 6, 7]));
        var figures = _context.Render<CampaignFigures>(p => p
            .Add(f => f.Metrics, now).Add(f => f.Persons, SmallCounts.Of(now, true)).Add(f => f.Calendar, Sample.Calendar)
            .Add(f => f.Before, before)
            .Add(f => f.Marks, [new DeliveryMark(DeliveryMarkKind.Paused, Start(8).AddHours(3), null, 0)]));
        figures.FindAll(".chart-table")[0].TriggerEvent("ontoggle", EventArgs.Empty);
        var table = figures.Find(".chart-table table");
        Assert.Equal(5, table.QuerySelectorAll("thead th").Length); // day, impressions, plays, those before, what happened
        Assert.Equal(["9 Mar 2026", "10 Mar 2026", "11 Mar 2026"], table.QuerySelectorAll("tbody th").Select(h => h.TextContent));
        var rows = table.QuerySelectorAll("tbody tr").Select(r => r.QuerySelectorAll("td").Select(c => c.TextContent).ToArray()).ToList();
        Assert.Equal(["1", "2", "3"], rows.Select(r => r[2]));
        Assert.Equal(["10", "20", "30"], rows.Select(r => r[0]));
        Assert.Equal(["", "x", ""], rows.Select(r => r[3].Length == 0 ? "" : "x"));
    }

    [Fact]
    public void By_LargerSteps_AddsUpWhatFallsIntoThem()
    {
        var minutes = Enumerable.Range(0, 180).Select(i => new MetricsPoint(Start(1).AddHours(22).AddMinutes(i), 1, i, 2)).ToList();
        Assert.Null(Timelines.StepOf(minutes, Sample.Calendar));
        var hours = Timelines.By(minutes, TimelineStep.Hour, Sample.Calendar);
        Assert.Equal(TimelineStep.Hour, Timelines.StepOf(hours, Sample.Calendar));
        Assert.Equal(
            [(60, 120, 59), (60, 120, 119), (60, 120, 179)], hours.Select(p => ((int)p.Impressions, p.Plays, p.ReachedSoFar!.Value)));
        var days = Timelines.By(minutes, TimelineStep.Day, Sample.Calendar);
        Assert.Equal(TimelineStep.Day, Timelines.StepOf(days, Sample.Calendar));
        Assert.Equal([(Start(1), 120), (Start(2), 60)], days.Select(p => (p.At, (int)p.Impressions)));
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void HasHours_OfManyDays_IsFalse(int days, bool has)
    {
        var metrics = Metrics(0, [.. Enumerable.Repeat(1L, days)]);
        Assert.Equal(has, Timelines.HasHours(metrics, Sample.Calendar));
        Assert.False(Timelines.HasHours(metrics with { Query = metrics.Query with { SiteId = Guid.NewGuid() } }, Sample.Calendar));
        Assert.False(Timelines.HasHours(metrics with { Timeline = [] }, Sample.Calendar));
    }

    private static DateTimeOffset Start(int day) => Sample.Calendar.StartOf(new DateOnly(2026, 3, 2).AddDays(day));

    // Days with these impressions, from a day on.
    private static CampaignMetrics Metrics(int first, long[] impressions)
    {
        var campaign = new Web.Campaigns.Campaign
        {
            OrganisationId = Guid.NewGuid(),
            Name = "C",
            StartsOn = new DateOnly(2026, 3, 2),
            EndsOn = new DateOnly(2026, 3, 20),
            Targets = [Segment.Silver],
            BudgetKrw = 1,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        var scope = MetricsScope.Everywhere(campaign, Sample.Calendar, Start(18)) with
        {
            Days = new(campaign.StartsOn.AddDays(first), campaign.StartsOn.AddDays(first + 6)),
        };
        return MetricsReader.Compose(scope, default, [], [], [], [], null) with
        {
            Timeline = [.. impressions.Select((n, i) => new MetricsPoint(Start(first + i), n, 0, 1))],
        };
    }
}
