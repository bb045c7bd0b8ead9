using System.Net;
using System.Text.RegularExpressions;
using FaceAd.Core.Decisions.Experiments;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Watch;
using FaceAd.Web.Campaigns.Experiments;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Delivery.Experiments;

/// <summary>What a campaign's page says of its creatives' shares.</summary>
public sealed partial class ExperimentPageTests(OneConnection app) : IClassFixture<OneConnection>
{
    [Fact]
    public async Task Creatives_OfAnExperiment_SayWhoSetsTheirShares()
    {
        var campaign = await ExperimentRides.AddAsync(app, app.First);
        await using var db = app.NewContext();
        Assert.Equal(["Set by the experiment", "Set by the experiment"], await SharesAsync(campaign));
        var winner = (await ExperimentService.CreativesAsync(db, campaign))[1].Id;
        await db.Set<Experiment>().Where(e => e.CampaignId == campaign).ExecuteUpdateAsync(s => s
            .SetProperty(e => e.EndedAt, TimeProvider.System.GetUtcNow()).SetProperty(e => e.Reason, ExperimentEnd.Winner)
            .SetProperty(e => e.WinnerId, winner));
        Assert.Equal(["0% of plays", "100% of plays"], await SharesAsync(campaign));
        await db.Set<Experiment>().Where(e => e.CampaignId == campaign).ExecuteUpdateAsync(s => s
            .SetProperty(e => e.Reason, ExperimentEnd.ByHand).SetProperty(e => e.WinnerId, (Guid?)null));
        Assert.Equal(["50% of plays", "50% of plays"], await SharesAsync(campaign));
    }

    private async Task<IEnumerable<string>> SharesAsync(Guid campaign)
    {
        using var visitor = await app.SignInAsync(PeopleFixture.One);
        visitor.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        var page = WebUtility.HtmlDecode(await visitor.Http.GetStringAsync($"campaigns/{campaign}?tab=Creatives"));
        return Share().Matches(page).Select(m => m.Groups[1].Value);
    }

    [GeneratedRegex("data-share>\\s*([^<]*?)\\s*<", RegexOptions.Singleline)]
    private static partial Regex Share();
}
