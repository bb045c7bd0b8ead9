using FaceAd.Tests.Support;
using FaceAd.Web.Audiences;
using FaceAd.Web.Hosting;
using Microsoft.Extensions.Configuration;

namespace FaceAd.Tests.Audiences;

public sealed class PrivacyTermsTests
{
    [Fact]
    public void Read_NothingConfigured_IsTwoDaysAndNinety() =>
        Assert.Equal(new PrivacyTerms(TimeSpan.FromDays(2), 90), Read());

    [Theory]
    [InlineData("0.00:00:00", "36")]
    [InlineData("28.00:00:00", "4000")]
    public void Read_Bounds_AreTaken(string grace, string days) =>
        Assert.Equal(new PrivacyTerms(TimeSpan.Parse(grace, null), int.Parse(days, null)),
            Read(("Privacy:Grace", grace), ("Retention:RawDays", days)));

    [Theory]
    [InlineData("Privacy:Grace", "28.00:00:01", "0 to 28 days")]
    [InlineData("Privacy:Grace", "-00:00:01", "0 to 28 days")]
    [InlineData("Privacy:Grace", "two days", "Privacy:Grace")]
    [InlineData("Retention:RawDays", "35", "at least 36")]
    [InlineData("Retention:RawDays", "many", "Retention:RawDays")]
    public void Read_OutOfRange_SaysWhich(string name, string value, string text) =>
        Assert.Contains(text, StartException.LineOf(Record.Exception(() => Read((name, value)))!), StringComparison.Ordinal);

    [Fact]
    public void EndOf_Epoch_IsItsLastMidnightInTheSiteAndTheGrace()
    {
        var end = new PrivacyTerms(TimeSpan.FromHours(5), 90).EndOf(Sample.Calendar, 0);
        Assert.Equal(new DateTimeOffset(2024, 1, 28, 15, 0, 0, TimeSpan.Zero) + TimeSpan.FromHours(5), end); // midnight in Seoul
    }

    private static PrivacyTerms Read(params (string Name, string Value)[] settings) => PrivacyTerms.Read(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Name, s.Value))).Build());
}
