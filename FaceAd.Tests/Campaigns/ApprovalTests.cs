using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Approvals;
using FaceAd.Web.Creatives;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

/// <summary>Approvals by two, comments, and who is told of what.</summary>
public sealed class ApprovalTests(FourEyesFixture app) : IClassFixture<FourEyesFixture>
{
    private CampaignService Service => app.Services.GetRequiredService<CampaignService>();

    [Fact]
    public async Task Approve_ByTheSameAdminTwice_IsNotEnough()
    {
        var campaign = await SubmittedAsync();
        var first = await Service.StepAsync(
            app.AdminOne, campaign, CampaignAction.Approve, confirmed: [ReviewItem.AllAges, ReviewItem.Claims]);
        Assert.Equal((false, true, CampaignState.Submitted), (first!.Value.Happened, first.Value.SecondNeeded, first.Value.To));
        Assert.Equal(
            (false, true),
            ((await Service.StepAsync(app.AdminOne, campaign, CampaignAction.Approve))!.Value.Happened, first.Value.SecondNeeded));
        // nobody in particular
        Assert.False(
            (await Service.StepAsync(new Viewer(app.AdminOne.OrganisationId, true), campaign, CampaignAction.Approve))!.Value.Happened);
        Assert.True((await Service.StepAsync(app.AdminTwo, campaign, CampaignAction.Approve))!.Value.Happened);
        await using var db = app.NewContext();
        var approvals = await db.Set<Approval>().Where(a => a.CampaignId == campaign).OrderBy(a => a.At).ToListAsync();
        Assert.Equal([app.AdminOne.UserId, app.AdminTwo.UserId], approvals.Select(a => a.UserId));
        Assert.Equal([ReviewItem.AllAges, ReviewItem.Claims], approvals[0].Confirmed);
    }

    [Fact]
    public async Task Approve_HandedInAgainAfterARejection_OldApprovalsDoNotCount()
    {
        var campaign = await SubmittedAsync();
        await Service.StepAsync(app.AdminOne, campaign, CampaignAction.Approve);
        await Service.StepAsync(app.AdminTwo, campaign, CampaignAction.Reject, "No");
        await Service.StepAsync(app.Advertiser, campaign, CampaignAction.Submit);
        Assert.True((await Service.StepAsync(app.AdminTwo, campaign, CampaignAction.Approve))!.Value.SecondNeeded);
        Assert.True((await Service.StepAsync(app.AdminOne, campaign, CampaignAction.Approve))!.Value.Happened);
    }

    [Fact]
    public async Task Approve_ManyTimesAtOnceByOneAndThenByTwo_NeverByOneAlone()
    {
        var campaign = await SubmittedAsync();
        var alone = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Service.StepAsync(app.AdminOne, campaign, CampaignAction.Approve)));
        Assert.DoesNotContain(alone, s => s!.Value.Happened);
        var other = await SubmittedAsync();
        var both = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(i => Service.StepAsync(i % 2 == 0 ? app.AdminOne : app.AdminTwo, other, CampaignAction.Approve)));
        Assert.Single(both, s => s!.Value.Happened);
        await using var db = app.NewContext();
        Assert.Equal(2, await db.Set<Approval>().Where(a => a.CampaignId == other).Select(a => a.UserId).Distinct().CountAsync());
        Assert.Equal(1, await db.Set<Approval>().CountAsync(a => a.CampaignId == campaign));
        Assert.Equal(CampaignState.Submitted, await db.Campaigns.Where(c => c.Id == campaign).Select(c => c.State).SingleAsync());
    }

    [Fact]
    public async Task ApproveVersion_ByOneAdmin_WaitsForTheSecond()
    {
        var campaign = await SubmittedAsync();
        await Service.StepAsync(app.AdminOne, campaign, CampaignAction.Approve);
        await Service.StepAsync(app.AdminTwo, campaign, CampaignAction.Approve);
        await using var db = app.NewContext();
        var old = await db.Creatives.AsNoTracking().SingleAsync(c => c.CampaignId == campaign);
        var next = new Creative
        {
            OrganisationId = old.OrganisationId,
            CampaignId = campaign,
            Name = "New",
            Sha256 = new string('e', 64),
            Bytes = 1,
            Seconds = 5,
            Width = 640,
            Height = 360,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            RootId = old.Id,
            Version = 2,
            State = CreativeState.Proposed,
        };
        db.Add(next);
        await db.SaveChangesAsync();
        var review = app.Services.GetRequiredService<CreativeReview>();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => review.ApproveAsync(app.AdminOne, next.Id)));
        Assert.Equal([ApprovalOutcome.SecondNeeded, ApprovalOutcome.SameAgain, ApprovalOutcome.SameAgain, ApprovalOutcome.SameAgain],
            outcomes.Order().Select(o => o!.Value));
        Assert.Equal(ApprovalOutcome.Enough, await review.ApproveAsync(app.AdminTwo, next.Id));
        Assert.Equal([next.Id], await db.Creatives.AsNoTracking().Where(c => c.CampaignId == campaign).Select(c => c.Id).ToListAsync());
    }

    [Fact]
    public async Task Notifications_OfACampaignsWay_ReachTheOtherSideOnceAndAreRead()
    {
        var campaign = await SubmittedAsync();
        var talk = app.Services.GetRequiredService<CampaignComments>();
        Assert.True(await talk.WriteAsync(app.AdminOne, campaign, "  Is the music yours?  "));
        Assert.True(await talk.WriteAsync(app.Advertiser, campaign, "Yes."));
        Assert.False(await talk.WriteAsync(app.Stranger, campaign, "Hello"));
        Assert.False(await talk.WriteAsync(app.Advertiser, campaign, " \n"));
        Assert.Empty(await talk.ListAsync(app.Stranger, campaign));
        Assert.Equal([("Is the music yours?", true), ("Yes.", false)], (await talk.ListAsync(app.Advertiser, campaign))
            .Select(c => (c.Text, c.ByOwner)));
        await Service.StepAsync(app.AdminOne, campaign, CampaignAction.Approve);
        await Service.StepAsync(app.AdminTwo, campaign, CampaignAction.Approve);

        var bell = app.Services.GetRequiredService<NotificationInbox>();
        async Task<NotificationKind[]> Of(Viewer viewer) =>
            [.. (await bell.NewestAsync(viewer, 50)).Where(n => n.CampaignId == campaign).Select(n => n.Kind).Reverse()];
        Assert.Equal([NotificationKind.CampaignSubmitted, NotificationKind.Commented], await Of(app.AdminOne));
        Assert.Equal(
            [NotificationKind.CampaignSubmitted, NotificationKind.Commented, NotificationKind.SecondNeeded], await Of(app.AdminTwo));
        Assert.Equal([NotificationKind.Commented, NotificationKind.CampaignApproved], await Of(app.Advertiser));
        Assert.Empty(await Of(app.Stranger));

        var seen = (await bell.NewestAsync(app.Advertiser, 1))[0];
        await bell.ReadAsync(app.Advertiser, seen.CreatedAt);
        Assert.Equal(0, await bell.UnreadAsync(app.Advertiser));
        Assert.NotEqual(0, await bell.UnreadAsync(app.AdminTwo));
    }

    private async Task<Guid> SubmittedAsync()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await using var db = app.NewContext();
        db.Add(
            new Creative
            {
                OrganisationId = app.First.Id,
                CampaignId = campaign.Id,
                Name = "Creative",
                Sha256 = new string('a', 64),
                Bytes = 1,
                Seconds = 5,
                Width = 640,
                Height = 360,
                CreatedAt = TimeProvider.System.GetUtcNow(),
            });
        await db.SaveChangesAsync();
        Assert.True((await Service.StepAsync(app.Advertiser, campaign.Id, CampaignAction.Submit))!.Value.Happened);
        return campaign.Id;
    }
}
