namespace FaceAd.Web.Reports.Printing;

/// <summary>Why there is no PDF.</summary>
enum PdfFailure
{
    /// <summary>The server has no Chromium.</summary>
    Missing = 0,

    /// <summary>Too many are waiting.</summary>
    Busy = 1,

    /// <summary>Chromium failed; the log says how.</summary>
    Failed = 2,
}
