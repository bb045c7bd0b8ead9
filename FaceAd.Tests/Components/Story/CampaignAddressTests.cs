using FaceAd.Web.Components.Pages.Campaigns.Details;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Comparisons;
using Microsoft.AspNetCore.WebUtilities;

namespace FaceAd.Tests.Components.Story;

/// <summary>The state of a campaign's page in its address.</summary>
public sealed class CampaignAddressTests
{
    [Fact]
    public void Words_OfAllThatCanBeChosen_AreReadBack()
    {
        var query = new MetricsQuery(Guid.NewGuid()) { From = new DateOnly(2026, 3, 9), SiteId = Guid.NewGuid() };
        foreach (var compared in Enum.GetValues<ComparedWith>())
        {
            foreach (var tab in Enum.GetValues<CampaignTab>())
            {
                var words = QueryHelpers.ParseQuery(CampaignAddress.Words(query, compared, tab));
                Assert.Equal("2026-03-09", words["from"]);
                Assert.Equal(query.SiteId.ToString(), words["site"]);
                Assert.Equal(tab, CampaignAddress.Read<CampaignTab>(words["tab"]));
                Assert.Equal(compared, CampaignAddress.Read<ComparedWith>(words.GetValueOrDefault("compare")) ?? ComparedWith.Nothing);
            }
        }
        Assert.Equal("", CampaignAddress.Words(new MetricsQuery(query.CampaignId), ComparedWith.Nothing, null));
        foreach (var step in Enum.GetValues<TimelineStep>())
        {
            var words = QueryHelpers.ParseQuery(CampaignAddress.Words(query, ComparedWith.Nothing, null, step));
            Assert.Equal(step, CampaignAddress.Read<TimelineStep>(words["step"]));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("7")]
    [InlineData("results,creatives")]
    [InlineData("'; DROP")]
    public void Read_Nonsense_IsNothing(string? text) => Assert.Null(CampaignAddress.Read<CampaignTab>(text));

    [Theory]
    [InlineData("comments", 2)]
    [InlineData("history", 2)]
    [InlineData("creatives", 1)]
    [InlineData("hours", 0)]
    [InlineData("todo", null)]
    [InlineData("", null)]
    public void TabOf_AFragment_IsWhereItStands(string fragment, int? tab) =>
        Assert.Equal((CampaignTab?)tab, CampaignAddress.TabOf(fragment));
}
