using System.Net;
using FaceAd.Core.Decisions;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Decisions;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Components;

/// <summary>"Is it showing?" on the campaign page, from decisions in the database.</summary>
public sealed class DeliveryAnswerTests(OneConnection app) : IClassFixture<OneConnection>
{
    [Fact]
    public async Task Page_LostToAnotherAdvertiser_TellsOnesOwnMoneyAndNeitherTheirsNorWhoTheyAre()
    {
        var now = TimeProvider.System.GetUtcNow();
        var own = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        var rival = await app.AddCampaignAsync(app.Second, CampaignState.Approved);
        await using var db = app.NewContext();
        await db.Campaigns.Where(c => c.Id == rival.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, "Rival's secret"));
        db.Add(
            new Creative
            {
                OrganisationId = app.First.Id,
                CampaignId = own.Id,
                Name = "Creative",
                Sha256 = new string('d', 64),
                Bytes = 1,
                Seconds = 1,
                Width = 1,
                Height = 1,
                CreatedAt = now,
            });
        db.Add(new CampaignTotal { CampaignId = own.Id, Plays = 10, MeasuredPlays = 10, Impressions = 1_000 });
        var screen = await db.Screens.Select(s => s.Id).FirstAsync();
        for (var i = 0; i < 7; i++)
        {
            db.Add(new Decision
            {
                Id = Guid.NewGuid(),
                ScreenId = screen,
                At = now.AddMinutes(-i),
                Trigger = DecisionTrigger.PlayEnding,
                Viewers = 1,
                Dominant = own.Targets[0],
                Reason = DecisionReason.Targeted,
                CampaignId = rival.Id,
                CostPerImpressionKrw = 7_654.3,
                Candidates = 2,
            });
        }
        await db.SaveChangesAsync();

        var theirs = await ReadAsync(PeopleFixture.One, own.Id);
        Assert.Contains("was chosen 7 times instead", theirs, StringComparison.Ordinal);
        Assert.Contains("delivered less for its budget than yours", theirs, StringComparison.Ordinal);
        Assert.DoesNotContain("7,654", theirs, StringComparison.Ordinal);
        Assert.DoesNotContain("Rival", theirs, StringComparison.Ordinal);

        var admins = await ReadAsync(PeopleFixture.Admin, own.Id);
        Assert.Contains("7,654", admins, StringComparison.Ordinal);
        Assert.Contains("Rival's secret", admins, StringComparison.Ordinal);
    }

    private async Task<string> ReadAsync(string who, Guid campaign)
    {
        using var visitor = await app.SignInAsync(who);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return WebUtility.HtmlDecode(await visitor.Http.GetStringAsync($"campaigns/{campaign}"));
    }
}
