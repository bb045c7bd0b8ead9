namespace FaceAd.Web.Reports.Printing;

/// <summary>Settings of reports as PDF, bound from <c>Reports</c>.</summary>
sealed class PrintOptions
{
    /// <summary>Chromium's program; null: the first of its usual names on the path; empty: there are no PDFs.</summary>
    public string? Chromium { get; set; }

    /// <summary>How long one report may take.</summary>
    public TimeSpan PrintTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most requests that wait for their turn, on one node; further ones are refused.</summary>
    public int MostWaiting { get; set; } = 8;
}
