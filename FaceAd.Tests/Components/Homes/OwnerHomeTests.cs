using Bunit;
using FaceAd.Tests.Support;
using FaceAd.Web.Components.Pages.Buildings;
using FaceAd.Web.Components.Pages.Homes;
using FaceAd.Web.Delivery.Sales;
using FaceAd.Web.Metrics.Places;

namespace FaceAd.Tests.Components.Homes;

/// <summary>The parts of the media owner's home, and the drawing of buildings: with nothing, something and much.</summary>
public sealed class OwnerHomeTests
{
    private static readonly DateOnly March = new(2026, 3, 1);

    [Fact]
    public async Task Revenue_WithoutAndWithAdvertisers_SaysItsMonthsAndWhoBringsIt()
    {
        await using var context = new HomesContext(Sample.Noon);
        var none = context.Render<OwnerRevenue>(p => p.Add(x => x.Revenue, new Revenue(March, default, default, [], null, 0)));
        Assert.Equal("₩0", none.Find("[data-revenue=accrued]").TextContent);
        Assert.Empty(none.FindAll("table, p[data-revenue=credits]"));

        var much = context.Render<OwnerRevenue>(p => p.Add(x => x.Revenue, new Revenue(
            March, new(1_000, 3_000, 100, 400), new(0, 2_000, 0, 0),
            [.. Enumerable.Range(1, 5).Select(i => new AdvertiserRevenue(Guid.NewGuid(), $"No. {i}", i, new(100, 500, 0, 80)))],
            new(Guid.Empty, "", 9, new(500, 500, 0, 0)), 2)));
        Assert.Equal("₩900", much.Find("[data-revenue=accrued]").TextContent);
        Assert.Equal("₩2,600", much.Find("[data-revenue=projected]").TextContent);
        Assert.Contains("₩100 to date, ₩400 projected", much.Find("p[data-revenue=credits]").TextContent, StringComparison.Ordinal);
        Assert.Equal(["1", "₩100", "₩80", "₩420"], much.FindAll("tbody tr")[0].QuerySelectorAll("td").Select(c => c.TextContent));
        Assert.Equal("Projected for March 2026", much.FindAll(".tile > span")[1].TextContent);
        Assert.Equal("₩2,000", much.Find("[data-revenue=next]").TextContent);
        Assert.Equal("At the rate so far; 2 campaigns as planned, too early to judge", much.FindAll(".tile > small")[1].TextContent);
        Assert.Equal(["No. 1", "No. 2", "No. 3", "No. 4", "No. 5", "All others"], much.FindAll("tbody th").Select(r => r.TextContent));
    }

    [Fact]
    public async Task Sales_ByBuildingAndHour_HasNumbersAndTheirColour()
    {
        await using var context = new HomesContext(Sample.Noon);
        var none = context.Render<SalesMap>(p => p.Add(x => x.Sales, new SalesPage([], 0)));
        Assert.Empty(none.FindAll("table"));

        var hours = new HourSales[24];
        (hours[8], hours[9]) = (new(10, 5, 40, 10), new(10, 0, 0, 0));
        SiteSales Site(string name) => new(Guid.NewGuid(), name, hours);
        var page = new SalesPage([Site("Tower"), Site("Square")], 25);
        var filled = context.Render<SalesMap>(p => p.Add(x => x.Sales, page).Add(x => x.Page, 1));
        var cells = filled.FindAll("tbody tr")[0].QuerySelectorAll("td");
        Assert.Equal(25, cells.Length); // the day, and each hour
        Assert.Equal(("25", "50", "0", "–"), (cells[0].TextContent, cells[9].TextContent, cells[10].TextContent, cells[1].TextContent));
        Assert.Equal(("--heat: 0.500", null), (cells[9].GetAttribute("style"), cells[1].GetAttribute("style")));
        Assert.Equal("These buildings", filled.Find("[data-site=all] th").TextContent);
        Assert.Equal(
            ["admin/overview?page=1", "admin/overview?page=3"], filled.FindAll(".home-pages a").Select(a => a.GetAttribute("href")));

        var ahead = context.Render<SalesMap>(p => p.Add(x => x.Sales, page).Add(x => x.Ahead, true));
        Assert.Equal("25", ahead.FindAll("tbody tr")[0].QuerySelectorAll("td")[9].TextContent);
        Assert.Equal("true", ahead.FindAll(".switches a")[1].GetAttribute("aria-current"));
    }

    [Fact]
    public void Plan_NamesOnEachOther_StandAboveAndBelowAndTheThirdIsNotWrittenWhereThereIsLittleRoom()
    {
        BuildingPoint[] points = [new(Guid.NewGuid(), "Hanbit Tower", 37.5, 127), new(Guid.NewGuid(), "한빛타워", 37.501, 127.001),
            new(Guid.NewGuid(), "Annex", 37.5015, 127.0005), new(Guid.NewGuid(), "Far away", 37.6, 127.2)];
        var dots = BuildingPlan.Of(points).Dots;
        Assert.Equal([false, true, true, false], dots.Select(d => d.IsNamedAbove));
        Assert.Equal([false, false, true, false], dots.Select(d => d.IsCrowded));
    }

    [Fact]
    public async Task Map_OfOneAndOfMany_KeepsDistancesAndStaysInside()
    {
        var seoul = new BuildingPoint(Guid.NewGuid(), "Seoul", 37.5, 127);
        var alone = BuildingPlan.Of([seoul]);
        Assert.Equal((BuildingPlan.Width / 2.0, BuildingPlan.Height / 2.0), (alone.Dots[0].X, alone.Dots[0].Y));

        BuildingPoint[] points = [seoul, new(Guid.NewGuid(), "North", 37.6, 127), new(Guid.NewGuid(), "East", 37.5, 127.2)];
        var plan = BuildingPlan.Of(points);
        Assert.All(plan.Dots, d => Assert.True(d.X is >= 0 and <= BuildingPlan.Width && d.Y is >= 0 and <= BuildingPlan.Height));
        var km = plan.ScaleLength / plan.ScaleKm;
        Assert.Equal(11.12, (plan.Dots[0].Y - plan.Dots[1].Y) / km, 0.01); // a tenth of a degree north
        Assert.Equal(17.64, (plan.Dots[2].X - plan.Dots[0].X) / km, 0.02); // two tenths east, at 37.55 degrees

        await using var context = new HomesContext(Sample.Noon);
        var map = context.Render<BuildingMap>(p => p.Add(x => x.Points, points).Add(x => x.Chosen, seoul.Id));
        Assert.Equal(["Seoul", "North", "East"], map.FindAll("a").Select(a => a.GetAttribute("aria-label")));
        Assert.Equal(3, map.FindAll("a text").Count);
        Assert.Single(map.FindAll("circle.chosen"));
    }
}
