using FaceAd.Core.Decisions.Pacing;

namespace FaceAd.Tests.Decisions.Value;

/// <summary>Plays that were reported to a book.</summary>
internal static class ReportedPlays
{
    /// <summary>A play was reported, its impressions are stored, and the new total is read.</summary>
    public static void Report(this PacingBook book, Guid decision, Guid campaign, int brought)
    {
        book.Settle([(decision, brought)]);
        if (book.Table.NumberOf(campaign) is not { } number) return;
        var total = (long)book.DeliveredBy(number) + brought;
        book.Count([book.Table[number].Campaign with { TargetImpressions = total }], book.BeginCount());
    }
}
