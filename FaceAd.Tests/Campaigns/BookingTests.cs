using System.Globalization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

/// <summary>Lists, bulk changes, groups and deletion against a real database.</summary>
public sealed class BookingTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    private static readonly Viewer Admin = new(Guid.NewGuid(), IsMediaOwner: true);
    private static readonly DateOnly Today = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow());

    private T Service<T>() where T : notnull => app.Services.GetRequiredService<T>();

    private Viewer Owner => new(app.First.Id, false);

    private Viewer Stranger => new(app.Second.Id, false);

    [Fact]
    public async Task Flights_BookedChangedCopiedAndMoved_AreKeptAndRestBetween()
    {
        var service = Service<CampaignService>();
        var draft = new CampaignDraft
        {
            Name = "Twice",
            Targets = { Segment.Silver },
            BudgetKrw = 1_000,
            Flights = [new(Today.AddDays(3), Today.AddDays(4)), new(Today.AddDays(-5), Today.AddDays(-3))],
        };
        var (campaign, problems) = await service.CreateAsync(Owner, draft, Today);
        Assert.Empty(problems);
        Flight[] flights = [new(Today.AddDays(-5), Today.AddDays(-3)), new(Today.AddDays(3), Today.AddDays(4))];
        var stored = (await service.FindAsync(Owner, campaign!.Id))!;
        Assert.Equal((Today.AddDays(-5), Today.AddDays(4)), (stored.StartsOn, stored.EndsOn));
        Assert.Equal(flights, stored.Flights);
        Assert.Equal(flights, CampaignDraft.Of(stored).Plan.Flights);

        // On the way to the screens it rests, and the page says until when.
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Approved));
        db.Add(
            new Creative
            {
                OrganisationId = app.First.Id,
                CampaignId = campaign.Id,
                Name = "Creative",
                Sha256 = new string('c', 64),
                Bytes = 1,
                Seconds = 1,
                Width = 1,
                Height = 1,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            });
        await db.SaveChangesAsync();
        await Service<SnapshotReader>().RefreshAsync();
        Assert.Equal(flights, Service<SnapshotReader>().Current.Campaigns.Single(c => c.Id == campaign.Id).Plan.Flights);
        var showing = await Service<FaceAd.Web.Delivery.DeliveryStatusReader>().WhyAsync(campaign.Id);
        Assert.Equal(("BetweenFlights", flights[1].StartsOn.ToDateTime(default)), (showing.Code, showing.NextHour));

        using var visitor = await app.SignInAsync(PeopleFixture.One);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        Assert.Contains(flights[1].StartsOn.ToString("'Between flights, back 'd MMM yyyy", CultureInfo.InvariantCulture),
            await visitor.Http.GetStringAsync("campaigns"), StringComparison.Ordinal);

        // A new last day moves the last flight's; a day before that flight begins is none.
        var bulk = Service<CampaignBulk>();
        async Task<BulkRow> EndAsync(DateOnly day) => Assert.Single(await bulk.ApplyAsync(
            Admin, new Dictionary<Guid, int> { [campaign.Id] = (await service.FindAsync(Owner, campaign.Id))!.Version },
            new BulkChange(BulkAction.EndsOn) { EndsOn = day }, Today));
        Assert.Equal(BulkRefusal.BadDay, (await EndAsync(Today.AddDays(2))).Refusal);
        Assert.Null((await EndAsync(Today.AddDays(9))).Refusal);
        Assert.Equal<Flight[]>(
            [flights[0], flights[1] with { EndsOn = Today.AddDays(9) }], (await service.FindAsync(Owner, campaign.Id))!.Flights);

        var copy = (await service.DuplicateAsync(Owner, campaign.Id, "Once more", Today))!;
        Assert.Equal<Flight[]>([new Flight(Today, Today.AddDays(2)), new Flight(Today.AddDays(8), Today.AddDays(14))],
            (await service.FindAsync(Owner, copy.Id))!.Flights);
        // And back to one.
        var single = CampaignDraft.Of((await service.FindAsync(Owner, copy.Id))!);
        single.Flights.Clear();
        Assert.Empty((await service.ChangeAsync(Owner, copy.Id, single, Today)).Problems);
        stored = (await service.FindAsync(Owner, copy.Id))!;
        Assert.Equal((null, Today, Today.AddDays(14)), (stored.Flights, stored.StartsOn, stored.EndsOn));
    }

    [Fact]
    public async Task Read_AnyFilterAndOrder_PagesAreTheNaiveListAndCountsAgree()
    {
        var random = new Random(7);
        await using var db = app.NewContext();
        var prefix = $"L{random.Next()}_%";
        for (var i = 0; i < 60; i++)
        {
            var starts = Today.AddDays(random.Next(-20, 20));
            db.Add(new Campaign
            {
                OrganisationId = random.Next(2) == 0 ? app.First.Id : app.Second.Id,
                Name = $"{prefix}{random.Next(20)}",
                State = (CampaignState)random.Next(5),
                StartsOn = starts,
                EndsOn = starts.AddDays(random.Next(12)),
                Targets = [Segment.Silver],
                BudgetKrw = random.Next(1, 9),
                CreatedAt = Sample.Noon.AddSeconds(random.Next(9)),
            });
        }
        await db.SaveChangesAsync();
        var all = await db.Campaigns.AsNoTracking().Where(c => c.Name.StartsWith(prefix)).ToListAsync();
        Assert.Equal(60, all.Count);
        var finder = Service<CampaignFinder>();
        foreach (var viewer in new[] { Admin, Owner })
        {
            var visible = all.Where(c => viewer.IsMediaOwner || c.OrganisationId == viewer.OrganisationId).ToList();
            foreach (var order in Enum.GetValues<CampaignOrder>())
            {
                foreach (var phase in Enum.GetValues<CampaignPhase>().Select(p => (CampaignPhase?)p).Append(null))
                {
                    var search = new CampaignSearch { Search = prefix.ToLowerInvariant(), Phase = phase, Order = order };
                    List<Campaign> paged = [];
                    do
                    {
                        var page = await finder.ReadAsync(viewer, search, Today, 7);
                        paged.AddRange(page.Campaigns);
                        // As it stands in an address.
                        search = search with { After = CampaignCursor.Read(page.Next?.ToString()) };
                    }
                    while (search.After is not null);
                    var expected = visible.Where(c => phase is null || CampaignPhases.Of(c, Today) == phase).ToList();
                    Assert.Equal(expected.Select(c => c.Id).Order(), paged.Select(c => c.Id).Order());
                    var keys = paged.Select(c => order switch
                    {
                        CampaignOrder.Newest => -c.CreatedAt.Ticks,
                        CampaignOrder.Starts => c.StartsOn.DayNumber,
                        CampaignOrder.Ends => c.EndsOn.DayNumber,
                        CampaignOrder.Budget => -c.BudgetKrw,
                        _ => 0,
                    }).ToList();
                    Assert.Equal(keys.Order(), keys);
                }
            }
            var counts = await finder.CountAsync(viewer, new CampaignSearch { Search = prefix }, Today);
            Assert.All(Enum.GetValues<CampaignPhase>(), p =>
                Assert.Equal(visible.Count(c => CampaignPhases.Of(c, Today) == p), counts.GetValueOrDefault(p)));
        }
        Assert.Empty((await finder.ReadAsync(Admin, new CampaignSearch { Search = prefix, Site = "no such building" }, Today)).Campaigns);
        Assert.NotEmpty(
            (await finder.ReadAsync(Admin, new CampaignSearch { Search = prefix, Site = "towe", Advertiser = "seco" }, Today)).Campaigns);
    }

    [Fact]
    public async Task Bulk_OneWasChangedSinceThePreview_NothingChanges()
    {
        var (a, b) = (await app.AddCampaignAsync(app.First, CampaignState.Approved),
            await app.AddCampaignAsync(app.First, CampaignState.Approved));
        var draft = await app.AddCampaignAsync(app.First);
        var foreign = await app.AddCampaignAsync(app.Second, CampaignState.Approved);
        var (bulk, pause) = (Service<CampaignBulk>(), new BulkChange(BulkAction.Pause));
        var preview = await bulk.PreviewAsync(Owner, [a.Id, b.Id, draft.Id, foreign.Id], pause, Today);
        Assert.Equal([null, null, BulkRefusal.NotRunning, BulkRefusal.Gone], preview.Select(r => r.Refusal));
        Assert.Equal("", preview[3].Name); // not even its name
        var accepted = preview.Where(r => r.Refusal is null).ToDictionary(r => r.Id, r => r.Version);

        await Service<CampaignService>().StepAsync(Owner, b.Id, CampaignAction.Pause);
        await Service<CampaignService>().StepAsync(Owner, b.Id, CampaignAction.Resume);
        var refused = await bulk.ApplyAsync(Owner, accepted, pause, Today);
        Assert.Equal(BulkRefusal.ChangedMeanwhile, refused.Single(r => r.Id == b.Id).Refusal);
        Assert.Equal(CampaignState.Approved, (await Service<CampaignService>().FindAsync(Owner, a.Id))!.State);

        accepted[b.Id] += 2;
        Assert.All(await bulk.ApplyAsync(Owner, accepted, pause, Today), r => Assert.Null(r.Refusal));
        Assert.Equal(CampaignState.Paused, (await Service<CampaignService>().FindAsync(Owner, a.Id))!.State);
        Assert.Equal(CampaignState.Paused, (await Service<CampaignService>().FindAsync(Owner, b.Id))!.State);
    }

    [Fact]
    public async Task Bulk_TermsOfABookedCampaign_AreTheMediaOwnersToChange()
    {
        var (booked, draft) = (await app.AddCampaignAsync(app.First, CampaignState.Approved), await app.AddCampaignAsync(app.First));
        var bulk = Service<CampaignBulk>();
        var more = new BulkChange(BulkAction.Budget) { Percent = 10 };
        Assert.Equal(
            [BulkRefusal.Booked, null], (await bulk.PreviewAsync(Owner, [booked.Id, draft.Id], more, Today)).Select(r => r.Refusal));
        var rows = await bulk.PreviewAsync(Admin, [booked.Id, draft.Id], more, Today);
        Assert.All(rows, r => Assert.Equal((1_000_000, 1_100_000), (r.Before.BudgetKrw, r.After.BudgetKrw)));
        Assert.Equal(
            BulkRefusal.BadDay,
            (await bulk.PreviewAsync(Admin, [booked.Id], new(BulkAction.EndsOn) { EndsOn = Today.AddDays(-1) }, Today))[0].Refusal);
        Assert.Equal(BulkRefusal.SiteUnknown,
            (await bulk.PreviewAsync(Admin, [booked.Id], new(BulkAction.Sites) { SiteIds = [Guid.NewGuid()] }, Today))[0].Refusal);
        Assert.Equal(BulkRefusal.Same, (await bulk.PreviewAsync(Admin, [booked.Id], new(BulkAction.Sites), Today))[0].Refusal);
    }

    [Fact]
    public async Task Group_Changed_CampaignsThatNameItFollowAndEndedOnesDoNot()
    {
        await using var db = app.NewContext();
        var (one, two) = (await AddSiteAsync(), await AddSiteAsync());
        var groups = Service<SiteGroups>();
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => groups.SaveAsync(Owner, null, "Mine", [one], Today));
        Assert.Equal(GroupRefusal.SitesMissing, await groups.SaveAsync(Admin, null, "Empty", [], Today));
        var name = $"Towers {one:N}";
        Assert.Null(await groups.SaveAsync(Admin, null, name, [one], Today));
        Assert.Equal(GroupRefusal.NameTaken, await groups.SaveAsync(Admin, null, name, [two], Today));
        var group = (await groups.ListAsync()).Single(g => g.Name == name);

        var campaign = await app.AddCampaignAsync(app.First);
        var terms = CampaignDraft.Of(campaign);
        terms.GroupIds.Add(group.Id);
        await Service<CampaignService>().ChangeAsync(Owner, campaign.Id, terms, Today);
        var ended = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        await db.Campaigns.Where(c => c.Id == ended.Id).ExecuteUpdateAsync(s => s
            .SetProperty(c => c.StartsOn, Today.AddDays(-9)).SetProperty(c => c.EndsOn, Today.AddDays(-1))
            .SetProperty(c => c.GroupIds, new[] { group.Id }).SetProperty(c => c.OwnSiteIds, Array.Empty<Guid>())
            .SetProperty(c => c.SiteIds, new[] { one }));
        Assert.Equal([one], (await FindAsync(campaign.Id)).SiteIds);

        Assert.Null(await groups.SaveAsync(Admin, group.Id, name, [one, two], Today));
        Assert.Equal(new[] { one, two }.Order(), (await FindAsync(campaign.Id)).SiteIds.Order());
        Assert.Equal([one], (await FindAsync(ended.Id)).SiteIds);
        Assert.Equal(GroupRefusal.InUse, await groups.DeleteAsync(Admin, group.Id, Today));
        // Taking the group out leaves the sites named besides it: none, that is all.
        terms = CampaignDraft.Of(await FindAsync(campaign.Id));
        terms.GroupIds.Clear();
        await Service<CampaignService>().ChangeAsync(Owner, campaign.Id, terms, Today);
        Assert.Empty((await FindAsync(campaign.Id)).SiteIds);
        Assert.Null(await groups.DeleteAsync(Admin, group.Id, Today));
    }

    [Fact]
    public async Task Delete_AndRestore_KeepsEverythingAndIsTheOwnersOnly()
    {
        var service = Service<CampaignService>();
        var running = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        Assert.False(await service.DeleteAsync(Owner, running.Id, Today));
        await service.StepAsync(Owner, running.Id, CampaignAction.Pause);
        Assert.False(await service.DeleteAsync(Stranger, running.Id, Today));
        Assert.True(await service.DeleteAsync(Owner, running.Id, Today));
        Assert.Null(await service.FindAsync(Owner, running.Id));
        Assert.DoesNotContain((await Service<CampaignFinder>().ReadAsync(Owner, new(), Today, 500)).Campaigns, c => c.Id == running.Id);
        Assert.DoesNotContain(await service.ListDeletedAsync(Stranger), c => c.Id == running.Id);
        Assert.False(await service.RestoreAsync(Stranger, running.Id));
        Assert.True(await service.RestoreAsync(Owner, running.Id));
        Assert.Equal(CampaignState.Paused, (await service.FindAsync(Owner, running.Id))!.State);

        await service.DeleteAsync(Owner, running.Id, Today);
        await using var db = app.NewContext();
        var tooLong = TimeProvider.System.GetUtcNow() - CampaignService.Restorable - TimeSpan.FromMinutes(1);
        await db.Campaigns.Where(c => c.Id == running.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.DeletedAt, tooLong));
        Assert.False(await service.RestoreAsync(Owner, running.Id));
        Assert.True(await db.Campaigns.AnyAsync(c => c.Id == running.Id)); // its figures still have it
    }

    private async Task<Campaign> FindAsync(Guid id) => (await Service<CampaignService>().FindAsync(Admin, id))!;

    private async Task<Guid> AddSiteAsync()
    {
        await using var db = app.NewContext();
        var site = new Site { Name = $"Site {Guid.NewGuid():N}", CreatedAt = Sample.Noon };
        db.Add(site);
        await db.SaveChangesAsync();
        return site.Id;
    }
}
