using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Components.Search;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Components.Search;

/// <summary>What is found by its name, and by whom.</summary>
public sealed class NameSearchTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private NameSearch NewSearch() => new(app.Services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>());

    [Theory]
    [InlineData(PeopleFixture.Admin, true, true, true, true)]
    [InlineData(RolesFixture.MediaAnalyst, true, true, true, false)]
    [InlineData(RolesFixture.Owner, true, false, false, true)]
    [InlineData(RolesFixture.Analyst, true, false, false, false)]
    [InlineData(RolesFixture.OtherOwner, false, false, false, false)]
    public async Task FindAsync_ByEachRole_FindsOnlyWhatTheyMaySee(
        string email, bool campaign, bool screens, bool advertisers, bool person)
    {
        using var search = NewSearch();
        var mark = $"{Guid.NewGuid():N}";
        await FillAsync(mark);
        var viewer = await app.ViewerAsync(email);
        async Task<FoundName?> One(NameKind kind) => (await search.FindAsync(viewer, kind, mark.ToUpperInvariant())).SingleOrDefault();
        Assert.Equal(campaign, await One(NameKind.Campaign) is not null);
        Assert.Equal(screens, await One(NameKind.Screen) is not null);
        Assert.NotNull(await One(NameKind.Site));
        Assert.Equal(person, await One(NameKind.Person) is not null);
        Assert.Equal(advertisers, (await search.FindAsync(viewer, NameKind.Advertiser, "First")).Count > 0);

        // By its id it is found by the same people.
        await using var db = app.NewContext();
        var id = await db.Campaigns.Where(c => c.Name.Contains(mark) && c.DeletedAt == null).Select(c => c.Id).SingleAsync();
        Assert.Equal(campaign, await search.GetAsync(viewer, NameKind.Campaign, id) is not null);
    }

    [Fact]
    public async Task FindAsync_WildcardsAndWorse_AreLookedForAsTheyAre()
    {
        using var search = NewSearch();
        var mark = $"{Guid.NewGuid():N}";
        await FillAsync(mark);
        var admin = await app.ViewerAsync(PeopleFixture.Admin);
        foreach (var hostile in new[] { $"{mark}%", "_", @"\", "a\0", "\ud800", new string('x', 10_000), "' OR 1=1 --" })
            Assert.Empty(await search.FindAsync(admin, NameKind.Campaign, hostile));
        // Of what nobody sees nothing is looked for.
        Assert.Equal(
            await search.FindAsync(admin, NameKind.Campaign, null), await search.FindAsync(admin, NameKind.Campaign, "\0\u200b"));
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Name.Contains(mark)).ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, @"100% \_" + mark));
        Assert.Equal(@"100% \_" + mark, Assert.Single(await search.FindAsync(admin, NameKind.Campaign, @"100% \_" + mark)).Name);
    }

    [Fact]
    public async Task FindAsync_ManyMatch_ThoseThatBeginWithItComeFirstAndNotAllComeAtAll()
    {
        using var search = NewSearch();
        var (mark, admin) = ($"{Guid.NewGuid():N}", await app.ViewerAsync(PeopleFixture.Admin));
        await using var db = app.NewContext();
        for (var i = 0; i < 12; i++)
            db.Add(new Site { Name = i < 10 ? $"A{i} {mark}" : $"{mark} {i}", CreatedAt = TimeProvider.System.GetUtcNow() });
        await db.SaveChangesAsync();
        var found = await search.FindAsync(admin, NameKind.Site, mark);
        Assert.Equal(NameSearch.Most, found.Count);
        Assert.Equal([$"{mark} 10", $"{mark} 11", $"A0 {mark}"], found.Take(3).Select(f => f.Name));
    }

    // A campaign and a person of the first advertiser, a deleted campaign, a screen in a building; all of one name.
    private async Task FillAsync(string mark)
    {
        var now = TimeProvider.System.GetUtcNow();
        var (_, email) = await app.AddUserAsync(app.First, FaceAd.Web.Accounts.Roles.Analyst);
        await using var db = app.NewContext();
        await db.Users.Where(u => u.Email == email).ExecuteUpdateAsync(s => s.SetProperty(u => u.DisplayName, $"Person {mark}"));
        var site = new Site { Name = $"Building {mark}", CreatedAt = now };
        db.Add(site);
        db.Add(new Screen { SiteId = site.Id, Name = "Screen", TokenHash = Guid.NewGuid().ToByteArray(), CreatedAt = now });
        for (var i = 0; i < 2; i++)
        {
            db.Add(new Campaign
            {
                OrganisationId = app.First.Id,
                Name = $"Campaign {mark}",
                StartsOn = new(2026, 3, 9),
                EndsOn = new(2026, 3, 10),
                Targets = [Segment.Silver],
                BudgetKrw = 1,
                CreatedAt = now,
                DeletedAt = i == 0 ? null : now,
            });
        }
        await db.SaveChangesAsync();
    }
}
