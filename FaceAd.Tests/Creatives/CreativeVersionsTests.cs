using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Transcoding;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Creatives;

/// <summary>Replacing a creative keeps what was, and needs an approval of its own where the campaign already has one.</summary>
public sealed class CreativeVersionsTests(IdleQueueFixture app) : IClassFixture<IdleQueueFixture>
{
    private static readonly TranscodedVideo Video = new(
        new string('d', 64), 10, new VideoProperties { Width = 640, Height = 360, Seconds = 5 });

    private CreativeReview Review => app.Services.GetRequiredService<CreativeReview>();

    private Viewer Advertiser => new(app.First.Id, false);

    [Fact]
    public async Task Replace_InADraft_TakesThePlaceAtOnceAndKeepsTheFirst()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var first = await AddAsync(campaign.Id, null);
        var second = await AddAsync(campaign.Id, first.Id);
        Assert.Equal((CreativeState.Current, 2, first.Id), (second.State, second.Version, second.LineId));
        var history = await Review.HistoryAsync(Advertiser, campaign.Id);
        Assert.Equal([(2, CreativeState.Current), (1, CreativeState.Replaced)], history.Select(c => (c.Version, c.State)));
        await using var db = app.NewContext();
        Assert.Equal(second.Id, (await db.Campaigns.Include(c => c.Creatives).SingleAsync(c => c.Id == campaign.Id)).Creatives.Single().Id);
    }

    [Fact]
    public async Task Replace_InARunningCampaign_TheOldOnePlaysUntilTheNewOneIsApproved()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var old = await AddAsync(campaign.Id, null);
        await StateAsync(campaign.Id, CampaignState.Approved);
        var refused = await AddAsync(campaign.Id, old.Id);
        var proposed = await AddAsync(campaign.Id, old.Id); // in the place of a proposal that nobody has decided about
        Assert.Equal(CreativeState.Proposed, proposed.State);
        Assert.Equal(old.Id, await ShowingAsync(campaign.Id));

        var admin = await ViewerAsync(PeopleFixture.Admin);
        Assert.Null(await Review.ApproveAsync(Advertiser, proposed.Id)); // not theirs to decide
        Assert.Null(await Review.ApproveAsync(admin, refused.Id)); // overtaken
        Assert.Equal(ApprovalOutcome.Enough, await Review.ApproveAsync(admin, proposed.Id, [ReviewItem.AllAges]));
        Assert.Null(await Review.ApproveAsync(admin, proposed.Id)); // once
        Assert.Equal(proposed.Id, await ShowingAsync(campaign.Id));
        Assert.Equal(
            [(3, CreativeState.Current), (2, CreativeState.Replaced), (1, CreativeState.Replaced)],
            (await Review.HistoryAsync(Advertiser, campaign.Id)).Select(c => (c.Version, c.State)));

        var next = await AddAsync(campaign.Id, proposed.Id);
        Assert.True(await Review.RefuseAsync(admin, next.Id, "Blurred"));
        Assert.Equal(proposed.Id, await ShowingAsync(campaign.Id));
        var one = await ViewerAsync(PeopleFixture.One);
        var told = await app.Services.GetRequiredService<NotificationInbox>().NewestAsync(one, 10);
        Assert.Equal([NotificationKind.VersionRefused, NotificationKind.VersionApproved], told.Where(n => n.CampaignId == campaign.Id)
            .Select(n => n.Kind));
        Assert.Equal("Blurred", told[0].Detail);
    }

    [Fact]
    public async Task Replace_CreativeOfAnotherCampaign_IsRefused()
    {
        var (mine, other) = (await app.AddCampaignAsync(app.First), await app.AddCampaignAsync(app.First));
        var creative = await AddAsync(other.Id, null);
        Assert.Equal(CreativeRefusal.CampaignClosed,
            (await app.Uploads.BeginAsync(Advertiser, new UploadPlan(mine.Id, "a.mp4", 10, creative.Id))).Refusal);
    }

    [Fact]
    public async Task Replace_ManyAtOnce_EachLineHasOneCurrentVersionAndNumbersWithoutGaps()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var first = await AddAsync(campaign.Id, null);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => AddAsync(campaign.Id, first.Id)));
        var history = await Review.HistoryAsync(Advertiser, campaign.Id);
        Assert.Equal([7, 6, 5, 4, 3, 2, 1], history.Select(c => c.Version));
        Assert.Equal(7, Assert.Single(history, c => c.State == CreativeState.Current).Version);
    }

    private async Task<Creative> AddAsync(Guid campaignId, Guid? replaces)
    {
        await using var db = app.NewContext();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var campaign = (await CreativeVersions.LockAsync(db, Advertiser, campaignId))!;
        var now = TimeProvider.System.GetUtcNow();
        var creative = await CreativeVersions.AddAsync(db, campaign, replaces, (root, version, state) =>
            Video.AsCreative(app.First.Id, campaignId, "Creative", now, root, version, state), now);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return creative!;
    }

    private async Task<Guid> ShowingAsync(Guid campaign)
    {
        var snapshots = app.Services.GetRequiredService<SnapshotReader>();
        await snapshots.RefreshAsync();
        return Assert.Single(Assert.Single(snapshots.Current.Campaigns, c => c.Id == campaign).Creatives).Id;
    }

    private async Task StateAsync(Guid campaign, CampaignState state)
    {
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == campaign).ExecuteUpdateAsync(s => s.SetProperty(c => c.State, state));
    }

    private async Task<Viewer> ViewerAsync(string name)
    {
        await using FaceAdDbContext db = app.NewContext();
        var user = await db.Users.SingleAsync(u => u.Email == name);
        return new Viewer(user.OrganisationId, name == PeopleFixture.Admin) { UserId = user.Id, Name = user.UserName };
    }
}
