using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

/// <summary>Copies of campaigns against a real database.</summary>
public sealed class CampaignCopiesTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    private static readonly DateOnly Today = Sample.Calendar.DayOf(TimeProvider.System.GetUtcNow());

    private Viewer Owner => new(app.First.Id, false);

    private Viewer Stranger => new(app.Second.Id, false);

    private T Service<T>() where T : notnull => app.Services.GetRequiredService<T>();

    [Fact]
    public async Task Duplicate_WithCreatives_IsADraftWithTheSameTermsAndFiles()
    {
        var original = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        await using var db = app.NewContext();
        db.AddRange(Enumerable.Range(1, 2).Select(i => new Creative
        {
            OrganisationId = app.First.Id,
            CampaignId = original.Id,
            Name = $"Creative {i}",
            Sha256 = new string((char)('d' + i), 64),
            Bytes = 1,
            Seconds = 10,
            Width = 640,
            Height = 360,
            Weight = i,
            CreatedAt = original.CreatedAt.AddSeconds(i),
        }));
        await db.Campaigns.Where(c => c.Id == original.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.StartsOn, Today.AddDays(-3)).SetProperty(c => c.Hours, 0b1100));
        await db.SaveChangesAsync();
        Assert.Null(await Service<CampaignService>().DuplicateAsync(Stranger, original.Id, "Copy", Today));
        var copy = (await Service<CampaignService>().DuplicateAsync(Owner, original.Id, new string('x', 200), Today))!;
        var found = (await Service<CampaignService>().FindAsync(Owner, copy.Id))!;
        Assert.Equal((CampaignState.Draft, 120, Today, Today.AddDays(12), 0b1100),
            (found.State, found.Name.Length, found.StartsOn, found.EndsOn, found.Hours));
        Assert.Equal([("Creative 1", 1), ("Creative 2", 2)], found.Creatives.Select(c => (c.Name, c.Weight)));
        await Service<SnapshotReader>().RefreshAsync();
        Assert.DoesNotContain(Service<SnapshotReader>().Current.Campaigns, c => c.Id == copy.Id);
        Assert.Equal([1, 2], Service<SnapshotReader>().Current.Campaigns.Single(c => c.Id == original.Id).Creatives.Select(c => c.Weight));
    }
}
