using FaceAd.Web.Campaigns;

namespace FaceAd.Tests.Campaigns;

public sealed class KrwAmountTests
{
    [Theory]
    [InlineData(0.49, 0)]
    [InlineData(0.5, 1)]
    [InlineData(1.5, 2)]
    [InlineData(2.5, 3)]
    [InlineData(999_999_999_999.5, 1_000_000_000_000)]
    public void Whole_AFraction_IsTheNearestWonAsStoredAndAsShown(double krw, long whole)
    {
        Assert.Equal(whole, KrwAmount.Whole((decimal)krw));
        Assert.Equal((double)whole, KrwAmount.Whole(krw));
    }
}
