using System.Net;
using FaceAd.Tests.Delivery.Experiments;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Campaigns;

namespace FaceAd.Tests.Api;

public sealed class ExperimentApiTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task Experiments_StartReadAndStop_AndWhatIsNoneIsRefused()
    {
        var (campaign, creatives) = await AddAsync();
        var path = $"campaigns/{campaign}/experiments";
        using var owner = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        Assert.Empty((await owner.GetAsync(path)).EnumerateArray());
        object Asked(object? metric, object? smallest = null, object? control = null) =>
            new { metric, smallestDifference = smallest ?? 0.05, controlId = control ?? creatives[1], winnerTakesAll = true };
        foreach (var wrong in new[] { Asked(null), Asked("0"), Asked("attention,completedViews"), Asked("attention", -1), Asked("attention", 0.5),
            Asked("attention", 1e300), Asked("attention", null, Guid.NewGuid()), new { metric = "attention" } })
            Assert.Equal("Terms", await owner.RefusedAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, path, wrong));
        foreach (var unreadable in new[] { Asked(7), Asked("attention", "much"), Asked("attention", null, "x"), (object)"text" })
            await owner.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, path, unreadable);

        var made = await owner.PostAsync(path, Asked("completedViews"));
        var id = made.GetProperty("id").GetGuid();
        Assert.Equal("Running", await owner.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, path, Asked("attention")));
        var running = Assert.Single((await owner.GetAsync(path)).EnumerateArray());
        Assert.Equal(
            (id, "completedViews", 0.05, creatives[1], true, null),
            (running.GetProperty("id").GetGuid(), running.GetProperty("metric").GetString(),
                running.GetProperty("smallestDifference").GetDouble(), running.GetProperty("controlId").GetGuid(),
                running.GetProperty("winnerTakesAll").GetBoolean(), running.GetProperty("reason").GetString()));
        Assert.Equal(creatives, running.GetProperty("arms").EnumerateArray().Select(a => a.GetProperty("creativeId").GetGuid()));

        using var stranger = await ApiCaller.OfAsync(app, RolesFixture.OtherOwner);
        using var reading = await ApiCaller.OfAsync(app, RolesFixture.Owner, ApiScopes.CampaignsRead);
        foreach (var caller in new[] { stranger, reading })
        {
            var status = caller == reading ? HttpStatusCode.Forbidden : HttpStatusCode.NotFound;
            await caller.RefusedAsync(status, HttpMethod.Post, $"{path}/{id}/stop");
            await caller.RefusedAsync(status, HttpMethod.Post, path, Asked("attention"));
        }
        await stranger.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, path);
        await owner.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"campaigns/{Guid.NewGuid()}/experiments");

        await owner.PostAsync($"{path}/{id}/stop", new { }, HttpStatusCode.NoContent);
        await owner.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"{path}/{id}/stop");
        Assert.Equal("byHand", Assert.Single((await owner.GetAsync(path)).EnumerateArray()).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Experiments_StartedTwiceWithOneKey_IsOne()
    {
        var (campaign, creatives) = await AddAsync();
        var path = $"campaigns/{campaign}/experiments";
        using var owner = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var asked = new { metric = "attention", smallestDifference = 0.05, controlId = creatives[0], winnerTakesAll = false };
        var first = await owner.PostAsync(path, asked, key: "trial");
        var again = await owner.PostAsync(path, asked, HttpStatusCode.OK, "trial");
        Assert.Equal(first.GetProperty("id").GetGuid(), again.GetProperty("id").GetGuid());
        Assert.Equal("Running", await owner.RefusedAsync(HttpStatusCode.Conflict, HttpMethod.Post, path, asked, "another"));
        await owner.PostAsync($"{path}/{first.GetProperty("id").GetGuid()}/stop", new { }, HttpStatusCode.NoContent);
        await owner.PostAsync(path, asked, HttpStatusCode.OK, "trial");
        Assert.Single((await owner.GetAsync(path)).EnumerateArray());
    }

    private async Task<(Guid Campaign, Guid[] Creatives)> AddAsync()
    {
        var campaign = await app.AddCampaignAsync(app.First, CampaignState.Approved);
        await using var db = app.NewContext();
        var creative = ExperimentRides.Of(campaign);
        var another = ExperimentRides.Another(creative, 1);
        db.AddRange(creative, another);
        await db.SaveChangesAsync();
        return (campaign.Id, [creative.Id, another.Id]);
    }
}
