using System.Globalization;

namespace FaceAd.Web.Components.Pages.Creatives;

/// <summary>Texts and constants about uploads that several pages share.</summary>
static class CreativeText
{
    /// <summary>File types offered by file pickers. The server decides by content.</summary>
    public const string Accept = "video/mp4,video/quicktime,video/webm,video/x-matroska,image/jpeg,image/png,image/webp,image/gif,video/mpeg,video/mp2t,.mp4,.mov,.m4v,.webm,.mkv,.mpg,.mpeg,.m2v,.ts,.m2ts,.avi,.wmv,.mxf,.flv,.jpg,.jpeg,.png,.webp,.gif";

    /// <summary>Durations offered for the loop that a still becomes, in seconds.</summary>
    public static readonly IReadOnlyList<int> StillSeconds = [5, 8, 10, 15, 20, 30];

    /// <summary>Megabytes without decimals.</summary>
    public static string Megabytes(long bytes) => (bytes / 1048576).ToString("N0", CultureInfo.CurrentCulture);
}
