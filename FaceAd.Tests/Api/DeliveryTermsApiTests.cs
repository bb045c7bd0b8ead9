using System.Net;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Api;

/// <summary>How a campaign is to be delivered, over the API.</summary>
public sealed class DeliveryTermsApiTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    [Fact]
    public async Task Campaign_WithDeliveryTerms_KeepsThemAndRefusesWhatIsNoTerm()
    {
        using var advertiser = await ApiCaller.OfAsync(app, RolesFixture.Owner);
        var asked = new
        {
            goal = 20_000,
            pace = "frontLoaded",
            caps = new[] { new { most = 3, per = "day", hard = true } },
            category = "beauty",
            minutesApart = 15,
            playsBetween = 2,
            notForChildren = true,
        };
        var made = (await advertiser.PostAsync("campaigns", Terms("Paced", asked))).GetProperty("delivery");
        Assert.Equal(
            (20_000, "frontLoaded", "beauty", 15, 2, true, false),
            (made.GetProperty("goal").GetInt32(), made.GetProperty("pace").GetString(), made.GetProperty("category").GetString(),
                made.GetProperty("minutesApart").GetInt32(), made.GetProperty("playsBetween").GetInt32(),
                made.GetProperty("notForChildren").GetBoolean(), made.GetProperty("broad").GetBoolean()));
        var cap = Assert.Single(made.GetProperty("caps").EnumerateArray());
        Assert.Equal(
            (3, "day", true),
            (cap.GetProperty("most").GetInt32(), cap.GetProperty("per").GetString(), cap.GetProperty("hard").GetBoolean()));
        object[] wrong =
        [
            new { goal = -1 }, new { pace = "soon" }, new { caps = new object?[] { null } }, new { caps = new[] { new { most = 1, per = "year" } } },
            new { category = "weapons" }, new { category = "food", minutesApart = -5 }, new { shareOfVoice = 2 },
        ];
        foreach (var terms in wrong)
        {
            Assert.Equal("Terms", await advertiser.RefusedAsync(
                HttpStatusCode.UnprocessableEntity, HttpMethod.Post, "campaigns", Terms("Wrong", terms)));
        }
    }

    private static object Terms(string name, object delivery) =>
        new { name, startsOn = "2030-01-01", endsOn = "2030-01-31", targets = new[] { "silver" }, budgetKrw = 1_000_000, delivery };
}
