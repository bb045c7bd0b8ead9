using FaceAd.Core;

namespace FaceAd.Inference;

/// <summary>Divides the space of one audience report among its presences, see <see cref="AudienceReport.ViewsBeside"/>. Pure.</summary>
static class ReportCapacity
{
    /// <summary>
    /// How many departed viewers go into the next report, in order: as many as fit with all their views, and at least one.
    /// </summary>
    /// <param name="inView">Number of viewers in view, fewer than <see cref="AudienceReport.MaxPresences"/>.</param>
    /// <param name="waiting">Unreported views of each departed viewer.</param>
    public static int Leaving(int inView, ReadOnlySpan<int> waiting)
    {
        var (count, views) = (0, 0);
        while (count < waiting.Length && inView + count < AudienceReport.MaxPresences)
        {
            views += waiting[count];
            if (count > 0 && views > AudienceReport.ViewsBeside(inView + count + 1)) break;
            count++;
        }
        return count;
    }

    /// <summary>
    /// Allocates the views of one report one by one, always to the presence with the fewest so far; to the earlier one on a tie.
    /// </summary>
    /// <param name="waiting">Unreported views of each presence in the report.</param>
    /// <param name="told">Views of each already reported; a lower number gives priority.</param>
    /// <param name="share">Receives the number of views for each.</param>
    public static void ShareViews(ReadOnlySpan<int> waiting, ReadOnlySpan<int> told, Span<int> share)
    {
        share.Clear();
        for (var room = AudienceReport.ViewsBeside(waiting.Length); room > 0; room--)
        {
            var next = -1;
            for (var i = 0; i < waiting.Length; i++)
            {
                if (share[i] < waiting[i] && (next < 0 || told[i] + share[i] < told[next] + share[next])) next = i;
            }
            if (next < 0) return;
            share[next]++;
        }
    }
}
