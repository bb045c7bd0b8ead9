using System.Net;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Tokens;

namespace FaceAd.Tests.Api;

public sealed class ForecastApiTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task Forecast_SoundTermsAndOthers_IsForecastOrRefused()
    {
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner, ApiScopes.CampaignsRead);
        object Asked(object? targets = null, long budget = 1_000_000, object? sites = null, object? groups = null) => new
        {
            startsOn = "2030-01-01",
            endsOn = "2030-01-31",
            targets = targets ?? new[] { "silver" },
            priceModel = "perThousand",
            pricePerThousandKrw = 10_000,
            budgetKrw = budget,
            siteIds = sites,
            groupIds = groups,
        };
        var forecast = await advertiser.PostAsync("forecast", Asked(), HttpStatusCode.OK);
        Assert.Equal(100_000, forecast.GetProperty("goal").GetInt32());
        var impressions = forecast.GetProperty("targetImpressions");
        Assert.True(impressions.GetProperty("low").GetDouble() <= impressions.GetProperty("value").GetDouble());
        Assert.True(impressions.GetProperty("value").GetDouble() <= impressions.GetProperty("high").GetDouble());
        foreach (var wrong in new[] { Asked(new[] { "dogs" }), Asked(budget: 0), Asked(sites: new[] { Guid.NewGuid() }),
            Asked(groups: new[] { Guid.NewGuid() }) })
            Assert.Equal("Terms", await advertiser.RefusedAsync(HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "forecast", wrong));
        Assert.Equal("Many", await advertiser.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "forecast",
            Asked(sites: Enumerable.Range(0, 201).Select(_ => Guid.NewGuid()))));
    }
}
