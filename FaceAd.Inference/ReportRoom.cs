using FaceAd.Core;

namespace FaceAd.Inference;

/// <summary>Shares the room of one audience report among those it tells of, see <see cref="AudienceReport.ViewsBeside"/>. Pure.</summary>
static class ReportRoom
{
    /// <summary>How many of those who left are told of in the next report, in order: as many as fit with all their views, and one at least.</summary>
    /// <param name="inView">Number of viewers in view, fewer than <see cref="AudienceReport.MaxPresences"/>.</param>
    /// <param name="waiting">Views that wait, of each who left.</param>
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

    /// <summary>Shares the views of one report out, one by one, always to whoever has told the fewest so far; the earlier one on a tie.</summary>
    /// <param name="waiting">Views that wait, of each presence in the report.</param>
    /// <param name="told">Views told before, of each; less to be served first.</param>
    /// <param name="share">Receives how many each may tell now.</param>
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
