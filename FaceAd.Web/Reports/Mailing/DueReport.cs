namespace FaceAd.Web.Reports.Mailing;

/// <summary>A report that is due: the days that it is about.</summary>
/// <param name="First">First day.</param>
/// <param name="Last">Last day.</param>
/// <param name="IsEnd">Whether it is the one at the end of the flight.</param>
readonly record struct DueReport(DateOnly First, DateOnly Last, bool IsEnd);
