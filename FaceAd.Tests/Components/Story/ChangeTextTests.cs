using System.Globalization;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Language;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;

namespace FaceAd.Tests.Components.Story;

/// <summary>The history of a campaign says what changed in words, not in terms of the log.</summary>
public sealed class ChangeTextTests
{
    private static readonly Guid Site = Guid.NewGuid();

    [Theory]
    [InlineData("budget", "1000000 → 2500000", "Budget changed from ₩1,000,000 to ₩2,500,000.")]
    [InlineData("endsOn", "2026-03-01 → 2026-03-09", "End date changed from 1 Mar 2026 to 9 Mar 2026.")]
    [InlineData("flights", "– → 2026-03-01–2026-03-04, 2026-04-01–2026-04-02",
        "Flights changed from none to 1 Mar – 4 Mar 2026, 1 Apr – 2 Apr 2026.")]
    [InlineData("targets", "Men2030 → Men2030, Silver", "Segments changed from Men 20–39 to Men 20–39, Silver 60+.")]
    [InlineData("sites", "all → SITE 00000000", "Buildings changed from All buildings to Hangang Tower, 1 removed building.")]
    [InlineData("days", "all → 1000001", "Days of the week changed from every day to Mon, Sun.")]
    [InlineData("hours", "all → 07–10, 18–24", "Hours changed from all day to 07:00–10:00, 18:00–24:00.")]
    [InlineData("together", "2", "Part of a bulk change of 2 campaigns.")]
    [InlineData("message", "More, please.", "The advertiser wrote: “More, please.”")]
    [InlineData("something new", "x", "something new: x")]
    [InlineData("budget", "nonsense", "Budget: nonsense")]
    public void Sentence_OfADetail_SpeaksTheReadersLanguage(string key, string value, string expected) =>
        Assert.Equal(expected, Say("en-US", key, value));

    [Fact]
    public void Sentence_InKorean_HasNoWordOfTheLog() =>
        Assert.Equal("세그먼트 변경: 없음 → 남성 20–39", Say("ko-KR", "targets", "– → Men2030"));

    private static string Say(string culture, string key, string value)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (new CultureInfo(culture), new CultureInfo(culture));
        try
        {
            using var services = new ServiceCollection().AddLogging().AddLocalization()
                .AddSingleton<IStringLocalizer<Texts>, CountedTexts>().AddSingleton<TimeProvider>(new SetClock(Sample.Noon))
                .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
                .AddSingleton<FaceAd.Web.Language.Display>().AddSingleton<ScheduleText>().AddSingleton<ChangeText>().BuildServiceProvider();
            return services.GetRequiredService<ChangeText>().Sentence(
                key, value.Replace("SITE", CampaignTerms.Place(Site), StringComparison.Ordinal),
                new Dictionary<string, string> { [CampaignTerms.Place(Site)] = "Hangang Tower" })
                .Replace("\u2060", "", StringComparison.Ordinal); // joins the ages
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before;
        }
    }
}
