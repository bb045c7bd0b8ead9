using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Campaigns;

public sealed class CampaignServiceTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    private static readonly Viewer Admin = new(Guid.NewGuid(), IsMediaOwner: true);

    private CampaignService Service => app.Services.GetRequiredService<CampaignService>();

    private Viewer Owner => new(app.First.Id, false);

    private Viewer Stranger => new(app.Second.Id, false);

    [Fact]
    public async Task AnyCall_OfAnotherAdvertiser_FindsNothingAndChangesNothing()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        await AddCreativeAsync(campaign);
        var terms = CampaignDraft.Of(campaign);
        terms.Name = "Stolen";

        Assert.Null(await Service.FindAsync(Stranger, campaign.Id));
        Assert.DoesNotContain(
            (await app.Services.GetRequiredService<CampaignFinder>().ReadAsync(Stranger, new(), campaign.StartsOn)).Campaigns, c =>
                c.Id == campaign.Id);
        Assert.Null((await Service.ChangeAsync(Stranger, campaign.Id, terms, campaign.StartsOn)).Campaign);
        Assert.Null(await Service.StepAsync(Stranger, campaign.Id, CampaignAction.Submit));
        Assert.False(await Service.DeleteAsync(Stranger, campaign.Id, campaign.StartsOn));
        var found = await Service.FindAsync(Owner, campaign.Id);
        Assert.Equal(("Campaign", CampaignState.Draft), (found!.Name, found.State));
        Assert.False(await Service.RemoveCreativeAsync(Stranger, campaign.Id, Assert.Single(found.Creatives).Id));
        Assert.NotNull(await Service.FindAsync(Admin, campaign.Id));
    }

    [Fact]
    public async Task Step_FromDraftThroughRejectionToApproval_KeepsReasonAndTimes()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        Assert.False((await Service.StepAsync(Owner, campaign.Id, CampaignAction.Submit))!.Value.Happened); // no creative yet
        await AddCreativeAsync(campaign);
        Assert.True((await Service.StepAsync(Owner, campaign.Id, CampaignAction.Submit))!.Value.Happened);
        Assert.Null(await Service.StepAsync(Owner, campaign.Id, CampaignAction.Approve)); // not theirs to do
        await Assert.ThrowsAsync<ArgumentException>(() => Service.StepAsync(Admin, campaign.Id, CampaignAction.Reject, " "));

        await Service.StepAsync(Admin, campaign.Id, CampaignAction.Reject, " Too loud ");
        var rejected = await Service.FindAsync(Owner, campaign.Id);
        Assert.Equal((CampaignState.Rejected, "Too loud"), (rejected!.State, rejected.RejectionReason));
        Assert.NotNull(rejected.ReviewedAt);

        await Service.StepAsync(Owner, campaign.Id, CampaignAction.Submit);
        Assert.Null((await Service.FindAsync(Owner, campaign.Id))!.RejectionReason);
        await Service.StepAsync(Admin, campaign.Id, CampaignAction.Approve);
        Assert.Equal(CampaignState.Approved, (await Service.FindAsync(Owner, campaign.Id))!.State);
    }

    [Fact]
    public async Task Step_ManyAtOnce_OnlyOneHappens()
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Submitted);
        var steps = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            i % 2 == 0 ? Service.StepAsync(Admin, campaign.Id, CampaignAction.Approve) : Service.StepAsync(
                Admin, campaign.Id, CampaignAction.Reject, "No"))));
        var happened = Assert.Single(steps, s => s!.Value.Happened);
        Assert.Equal(happened!.Value.To, (await Service.FindAsync(Owner, campaign.Id))!.State);
    }

    [Fact]
    public async Task Change_HandedIn_IsRefusedUntilTakenBack()
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Submitted);
        var terms = CampaignDraft.Of(campaign);
        (terms.Name, terms.PriceModel, terms.PricePerThousandKrw) = ("Changed", PriceModel.PerThousand, 9_000);
        Assert.Null((await Service.ChangeAsync(Owner, campaign.Id, terms, campaign.StartsOn)).Campaign);
        Assert.False(await Service.DeleteAsync(Owner, campaign.Id, campaign.StartsOn));

        await Service.StepAsync(Owner, campaign.Id, CampaignAction.Revise);
        // The campaign has taken a step since these terms were read.
        Assert.Equal(
            [CampaignProblem.ChangedMeanwhile], (await Service.ChangeAsync(Owner, campaign.Id, terms, campaign.StartsOn)).Problems);
        terms.Version = (await Service.FindAsync(Owner, campaign.Id))!.Version;
        await Service.ChangeAsync(Owner, campaign.Id, terms, campaign.StartsOn);
        var changed = await Service.FindAsync(Owner, campaign.Id);
        Assert.Equal(("Changed", PriceModel.PerThousand, 9_000L), (changed!.Name, changed.PriceModel, changed.PricePerThousandKrw));
        Assert.True(await Service.DeleteAsync(Owner, campaign.Id, campaign.StartsOn));
        Assert.Null(await Service.FindAsync(Owner, campaign.Id));
    }

    [Fact]
    public async Task Create_BadTerms_SaysWhyAndWritesNothing()
    {
        await using var db = app.NewContext();
        var before = await db.Campaigns.CountAsync();
        var (campaign, problems) = await Service.CreateAsync(
            Owner, new CampaignDraft { Name = "Nothing else", Targets = new SortedSet<Segment>() }, Sample.Calendar.DayOf(Sample.Noon));
        Assert.Null(campaign);
        Assert.Contains(CampaignProblem.TargetsMissing, problems);
        Assert.Contains(CampaignProblem.BudgetOutOfRange, problems);
        Assert.Equal(before, await db.Campaigns.CountAsync());
    }

    private async Task AddCreativeAsync(Campaign campaign)
    {
        await using var db = app.NewContext();
        db.Add(new Creative
        {
            OrganisationId = campaign.OrganisationId,
            CampaignId = campaign.Id,
            Name = "Creative",
            Sha256 = new string('b', 64),
            Bytes = 1,
            Seconds = 10,
            Width = 640,
            Height = 360,
            CreatedAt = campaign.CreatedAt,
        });
        await db.SaveChangesAsync();
    }
}
