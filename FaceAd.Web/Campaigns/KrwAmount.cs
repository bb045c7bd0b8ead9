namespace FaceAd.Web.Campaigns;

/// <summary>Money is whole KRW: an amount that comes out of a division is rounded to the nearest won, half a won away from zero.</summary>
static class KrwAmount
{
    /// <summary>An amount to store or charge.</summary>
    public static long Whole(decimal krw) => (long)Math.Round(krw, MidpointRounding.AwayFromZero);

    /// <summary>An amount to show.</summary>
    public static double Whole(double krw) => Math.Round(krw, MidpointRounding.AwayFromZero);
}
