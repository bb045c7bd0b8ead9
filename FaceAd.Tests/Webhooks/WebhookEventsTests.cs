using System.Globalization;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Notifications;
using FaceAd.Web.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Webhooks;

/// <summary>Which events are told, and to whom.</summary>
public sealed class WebhookEventsTests : IAsyncLifetime
{
    private WebhookStages _stages = null!;

    public async Task InitializeAsync() => _stages = await WebhookStages.CreateAsync();

    public async Task DisposeAsync() => await _stages.DisposeAsync();

    [Fact]
    public async Task Campaign_ChangesState_IsToldOnceSignedAndOnlyToItsOrganisation()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Submitted));
        var (mine, secret) = await _stages.MakeAsync(advertiser, receiver.Url("mine"));
        var stranger = new Organisation { Name = "Stranger", Kind = OrganisationKind.Advertiser, CreatedAt = Sample.Noon };
        var media = new Organisation { Name = "Media", Kind = OrganisationKind.MediaOwner, CreatedAt = Sample.Noon };
        db.AddRange(stranger, media);
        await db.SaveChangesAsync();
        await _stages.MakeAsync(stranger, receiver.Url("stranger"));
        await _stages.MakeAsync(media, receiver.Url("media"));
        await _stages.MakeAsync(advertiser, receiver.Url("changes"), [.. WebhookEvents.Changes]);

        await _stages.LookAsync();
        await _stages.LookAsync(); // nothing has happened since
        using var sender = _stages.NewSender();
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        Assert.Equal(["media campaign.submitted", "mine campaign.submitted"], receiver.Got.Select(g => $"{g.Path} {g.Type}").Order());
        var (_, _, body, signature) = receiver.Got.Single(g => g.Path == "mine");
        var at = long.Parse(signature.Split(',')[0][2..], CultureInfo.InvariantCulture);
        Assert.Equal($"t={at},v1={WebhookSender.Sign(secret, at, body)}", signature);
        Assert.Equal(campaign.Id, JsonDocument.Parse(body).RootElement.GetProperty("campaign").GetProperty("id").GetGuid());

        await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Approved));
        var terms = RequestedTerms.Of(campaign);
        db.Add(new ChangeRequest
        {
            CampaignId = campaign.Id,
            Author = "Buyer",
            Before = terms,
            Asked = terms,
            CreatedAt = _stages.Clock.Now,
            ChangedAt = _stages.Clock.Now,
        });
        await db.SaveChangesAsync();
        await _stages.LookAsync();
        await db.ChangeRequests.ExecuteUpdateAsync(s => s.SetProperty(r => r.State, ChangeRequestState.Accepted));
        await _stages.LookAsync();
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.EndsOn, Sample.Calendar.DayOf(Sample.Noon).AddDays(-1))
            .SetProperty(c => c.StartsOn, Sample.Calendar.DayOf(Sample.Noon).AddDays(-2)));
        await _stages.LookAsync();
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        Assert.Equal(["campaign.submitted", "campaign.running", "campaign.ended"], receiver.Got.Where(g => g.Path == "mine")
            .Select(g => g.Type));
        var changes = receiver.Got.Where(g => g.Path == "changes").ToList();
        Assert.Equal(["change-request.accepted", "change-request.open"], changes.Select(g => g.Type).Order());
        Assert.All(changes, g => Assert.Equal(campaign.Id,
            JsonDocument.Parse(g.Body).RootElement.GetProperty("changeRequest").GetProperty("campaignId").GetGuid()));
        await using var fresh = _stages.Database.Contexts.CreateDbContext();
        Assert.All(await fresh.WebhookDeliveries.Where(d => d.WebhookId == mine.Id).ToListAsync(), d =>
            Assert.Equal((1, 204, null), (d.Tries, d.LastStatus, d.NextTryAt)));
    }

    [Fact]
    public async Task Screen_FallsSilentAndComesBack_IsToldToTheMediaOwner()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, _, a, b) = await Sample.AddSiteAsync(db);
        var media = new Organisation { Name = "Media", Kind = OrganisationKind.MediaOwner, CreatedAt = Sample.Noon };
        db.Add(media);
        await db.SaveChangesAsync();
        await _stages.MakeAsync(media, receiver.Url("media"), [.. WebhookEvents.Screens]);
        await db.Screens.Where(s => s.Id == a.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, Sample.Noon));
        await _stages.LookAsync();
        _stages.Clock.Now += TimeSpan.FromMinutes(3);
        await _stages.LookAsync();
        await db.Screens.Where(s => s.Id == a.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, _stages.Clock.Now));
        await _stages.LookAsync();
        Assert.Equal(["screen.online", "screen.silent", "screen.online"], await db.WebhookDeliveries.OrderBy(d => d.CreatedAt)
            .ThenBy(d => d.Id).Select(d => d.Event).ToListAsync());
        var payloads = await db.WebhookDeliveries.Select(d => d.Payload).ToListAsync();
        // one that was never there is not silent
        Assert.All(payloads, p => Assert.DoesNotContain(b.Id.ToString(), p, StringComparison.Ordinal));
    }

    [Fact]
    public async Task EndBudgetAndSilence_NobodyDidIt_AreToldToPeopleOnce()
    {
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, a, _) = await Sample.AddSiteAsync(db);
        var media = new Organisation { Name = "Media", Kind = OrganisationKind.MediaOwner, CreatedAt = Sample.Noon };
        User Person(Organisation of, string name) => new() { OrganisationId = of.Id, DisplayName = name, UserName = name, Email = name };
        var (buyer, owner) = (Person(advertiser, "buyer@example.com"), Person(media, "keeper@example.com"));
        db.AddRange(media, buyer, owner);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        var (old, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Kids]);
        await db.SaveChangesAsync();
        var day = Sample.Calendar.DayOf(Sample.Noon);
        await db.Campaigns.Where(c => c.Id == old.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.StartsOn, day.AddDays(-9)).SetProperty(c => c.EndsOn, day.AddDays(-5)));
        await db.Screens.Where(s => s.Id == a.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, Sample.Noon));
        db.Add(new MailPreference { UserId = owner.Id, Kind = NotificationKind.ScreenSilent, IsOn = false });
        await db.SaveChangesAsync();
        await _stages.LookAsync();
        Assert.Empty(await db.Set<Notification>().ToListAsync()); // what had ended before is no news
        _stages.Clock.Now += TimeSpan.FromMinutes(3);
        await db.Campaigns.Where(c => c.Id == campaign.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(c => c.StartsOn, day.AddDays(-3)).SetProperty(c => c.EndsOn, day.AddDays(-1)));
        await _stages.LookAsync();
        await _stages.LookAsync();
        var told = await db.Set<Notification>().AsNoTracking().ToListAsync();
        var ended = Assert.Single(told, n => n.Kind == NotificationKind.CampaignEnded);
        Assert.Equal((buyer.Id, campaign.Id, campaign.Name), (ended.UserId, ended.CampaignId, ended.Subject));
        Assert.NotNull(ended.MailDueAt);
        var silent = Assert.Single(told, n => n.Kind == NotificationKind.ScreenSilent);
        Assert.Equal(
            (owner.Id, a.Id, a.Name, null, null), (silent.UserId, silent.ScreenId, silent.Subject, silent.CampaignId, silent.MailDueAt));
        Assert.Equal(2, told.Count);
    }
}
