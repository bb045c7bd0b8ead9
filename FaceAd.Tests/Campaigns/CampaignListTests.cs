using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

/// <summary>Numbered pages of campaigns, sorted by what is shown.</summary>
public sealed class CampaignListTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    private static readonly Viewer Admin = new(Guid.NewGuid(), IsMediaOwner: true);
    private static readonly DateOnly Today = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow());

    private CampaignFinder Finder => app.Services.GetRequiredService<CampaignFinder>();

    [Fact]
    public async Task ReadAsync_SortedByEachColumn_PagesAreTheNaiveOrderOfWhatTheViewerSees()
    {
        var prefix = await FillAsync();
        Dictionary<CampaignSort, Func<Campaign, CampaignRank?, IComparable?>> exact = new()
        {
            [CampaignSort.Created] = (c, _) => c.CreatedAt,
            [CampaignSort.Advertiser] = (c, _) => c.Organisation!.Name,
            [CampaignSort.Starts] = (c, _) => c.StartsOn,
            [CampaignSort.Budget] = (c, _) => c.BudgetKrw,
            [CampaignSort.Impressions] = (_, r) => r?.Impressions ?? 0,
            [CampaignSort.Reach] = (_, r) => r?.Reach,
            [CampaignSort.Frequency] = (_, r) => r?.Frequency,
            [CampaignSort.Cpm] = (_, r) => r?.CpmKrw,
        };
        var shown = new Dictionary<CampaignSort, Func<Campaign, CampaignRank?, IComparable?>>(exact)
        {
            [CampaignSort.Reach] = (_, r) => r?.ShownReach,
            [CampaignSort.Frequency] = (_, r) => r?.ShownFrequency,
        };
        await using var db = app.NewContext();
        var ranks = db.Set<CampaignRank>().ToDictionary(r => r.CampaignId);
        foreach (var (viewer, keys) in new[] { (Admin, exact), (new Viewer(app.First.Id, false), shown) })
        {
            foreach (var ((sort, key), descending) in keys.SelectMany(k => new[] { (k, true), (k, false) }))
            {
                List<Campaign> all = [];
                for (var skip = 0; skip == 0 || all.Count == skip; skip += 7)
                    all.AddRange(await Finder.ReadAsync(viewer, new() { Search = prefix }, sort, descending, Today, skip, 7));
                Assert.Equal(viewer.IsMediaOwner ? 30 : 15, all.DistinctBy(c => c.Id).Count());
                Assert.True(viewer.IsMediaOwner || all.TrueForAll(c => c.OrganisationId == app.First.Id));
                var values = all.Select(c => key(c, ranks.GetValueOrDefault(c.Id))).ToList();
                var there = values.OfType<IComparable>().ToList();
                Assert.Equal(there, values.Take(there.Count)); // those without the figure come last, in both directions
                Assert.Equal(descending ? there.OrderDescending() : there.Order(), there);
            }
        }
    }

    [Fact]
    public async Task ReadAsync_OfABuildingOrAnAdvertiser_FindsThoseThatMayRunThereAndNobodyElses()
    {
        var prefix = await FillAsync();
        var (owner, search) = (new Viewer(app.First.Id, false), new CampaignSearch { Search = prefix });
        Task<IReadOnlyList<Campaign>> Read(Viewer viewer, CampaignSearch filter) =>
            Finder.ReadAsync(viewer, filter, CampaignSort.Name, false, Today, 0, 100);
        Assert.All(await Read(Admin, search with { AdvertiserId = app.Second.Id }), c => Assert.Equal(app.Second.Id, c.OrganisationId));
        Assert.Equal(15, (await Read(owner, search with { AdvertiserId = app.Second.Id })).Count); // not theirs to ask: their own
        await using var db = app.NewContext();
        Assert.Equal(30, (await Read(Admin, search with { SiteId = db.Sites.First().Id })).Count);
        Assert.Empty(await Read(Admin, search with { SiteId = Guid.NewGuid() }));
        foreach (var hostile in new[] { "%", "_", @"\", "a\0", new string('x', 10_000), "'; --" })
            Assert.DoesNotContain(await Read(Admin, new() { Search = hostile }), c => c.Name.StartsWith(prefix, StringComparison.Ordinal));
    }

    // Thirty campaigns, every other one of the first advertiser; a third have never played.
    private async Task<string> FillAsync()
    {
        var (random, prefix) = (new Random(11), $"Listed {Guid.NewGuid():N} ");
        await using var db = app.NewContext();
        for (var i = 0; i < 30; i++)
        {
            var campaign = new Campaign
            {
                OrganisationId = i % 2 == 0 ? app.First.Id : app.Second.Id,
                Name = prefix + random.Next(20),
                StartsOn = Today.AddDays(random.Next(-9, 9)),
                EndsOn = Today.AddDays(10),
                Targets = [Segment.Silver],
                BudgetKrw = random.Next(1, 9),
                CreatedAt = Sample.Noon.AddSeconds(random.Next(9)),
            };
            db.Add(campaign);
            if (i % 3 == 0) continue;
            var (impressions, reach, few) = (random.Next(50), random.NextDouble(), i % 3 == 1);
            db.Add(new CampaignTotal { CampaignId = campaign.Id, Impressions = impressions });
            db.Add(new CampaignRank
            {
                CampaignId = campaign.Id,
                ComputedAt = TimeProvider.System.GetUtcNow().AddHours(1), // the app's own worker lets it be
                Impressions = impressions,
                Reach = reach,
                ShownReach = few ? null : reach,
                Frequency = 1 + reach,
                ShownFrequency = few ? null : 1 + reach,
                CpmKrw = few ? null : random.Next(1_000, 9_000),
            });
        }
        await db.SaveChangesAsync();
        return prefix;
    }
}
