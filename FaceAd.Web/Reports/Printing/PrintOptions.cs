namespace FaceAd.Web.Reports.Printing;

/// <summary>Settings of reports as PDF, bound from <c>Reports</c>.</summary>
sealed class PrintOptions
{
    /// <summary>How long one report may take.</summary>
    public TimeSpan PrintTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most requests that wait for their turn, on one node; further ones are refused.</summary>
    public int MostWaiting { get; set; } = 8;
}
