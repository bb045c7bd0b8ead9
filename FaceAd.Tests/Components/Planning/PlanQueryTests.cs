using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Components.Pages.Campaigns.Planning;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Components.Planning;

public sealed class PlanQueryTests
{
    private static readonly DateOnly Today = new(2026, 3, 9);

    [Fact]
    public void Read_WhatOfWrote_IsTheSamePlan()
    {
        var plan = new CampaignDraft
        {
            StartsOn = Today.AddDays(3),
            EndsOn = Today.AddDays(20),
            Targets = new SortedSet<Segment> { Segment.Women2030, Segment.Silver },
            SiteIds = new HashSet<Guid> { Guid.NewGuid(), Guid.NewGuid() },
            GroupIds = new HashSet<Guid> { Guid.NewGuid() },
            Days = 0b1_1111,
            Hours = 1 << 8,
            BudgetKrw = 1_234_567,
            PriceModel = PriceModel.PerThousand,
            PricePerThousandKrw = 9_800,
            Delivery = new() { Goal = 50_000 },
        };
        var read = Read(PlanQuery.Of(plan));
        Assert.Equal(PlanQuery.Of(plan), PlanQuery.Of(read));
        Assert.Equal((plan.StartsOn, plan.EndsOn, plan.Days, plan.Hours), (read.StartsOn, read.EndsOn, read.Days, read.Hours));
        Assert.Equal((plan.BudgetKrw, plan.PricePerThousandKrw, plan.PriceModel, plan.Delivery),
            (read.BudgetKrw, read.PricePerThousandKrw, read.PriceModel, read.Delivery));
        Assert.True(plan.Targets.SetEquals(read.Targets) && plan.SiteIds.SetEquals(read.SiteIds) && plan.GroupIds.SetEquals(read.GroupIds));
    }

    [Fact]
    public void Read_SeveralFlights_AreKeptAndBrokenOnesLeftOut()
    {
        var plan = new CampaignDraft();
        plan.Take(FlightPlan.Of([new(Today.AddDays(1), Today.AddDays(3)), new(Today.AddDays(9), Today.AddDays(9))]));
        Assert.Equal(plan.Plan.Flights, Read(PlanQuery.Of(plan)).Plan.Flights);
        Assert.Equal(plan.Plan.Flights, Read(PlanQuery.Of(plan) + ",2026-03-30_2026-03-29,x_y,2026-03-08_2026-03-09").Plan.Flights);
        Assert.Empty(Read("?flights=2026-03-10_2026-03-12").Flights); // one is the usual days
        Assert.Equal(Today.AddDays(1), Read("?flights=2026-03-10_2026-03-12").StartsOn);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?for=Unknown,99,-1,,Nobody&site=x,0&group=%00&days=0&hours=-1&budget=1e9&price=0&goal=99999999999999999999")]
    [InlineData("?from=2026-03-08&to=2020-01-01")]
    [InlineData("?from=9999-12-31&to=9999-12-31&days=128&hours=16777216")]
    [InlineData("?from=2026-03-09&to=2036-03-09&for=" + "Silver%2CSilver&for=Kids%3Cscript%3E")]
    public void Read_WhatMakesNoSense_IsAsForANewCampaign(string query)
    {
        var draft = Read(query);
        Assert.Equal((Today, Today.AddDays(27)), (draft.StartsOn, draft.EndsOn));
        Assert.Equal((Dayparting.AllDays, Dayparting.AllHours, 0L, PriceModel.Flat, DeliveryTerms.Default),
            (draft.Days, draft.Hours, draft.BudgetKrw, draft.PriceModel, draft.Delivery));
        Assert.Empty(draft.SiteIds);
        Assert.Empty(draft.GroupIds);
        Assert.Subset(new HashSet<Segment> { Segment.Silver }, draft.Targets.ToHashSet());
    }

    [Fact]
    public void Read_AnyText_NeverFailsAndWritesWhatItReads() => Prop.ForAll<string?>(text =>
    {
        var draft = Read("?" + string.Join('&', PlanQuery.Keys.Select(k => $"{k}={Uri.EscapeDataString(text ?? "")}")));
        Assert.Equal(PlanQuery.Of(draft), PlanQuery.Of(Read(PlanQuery.Of(draft))));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Read_ThousandsOfPlaces_KeepsAHundred() =>
        Assert.Equal(100, Read("?site=" + string.Join(',', Enumerable.Range(0, 5_000).Select(_ => Guid.NewGuid()))).SiteIds.Count);

    private static CampaignDraft Read(string query) => PlanQuery.Read("https://facead.example/planner" + query, Today);
}
