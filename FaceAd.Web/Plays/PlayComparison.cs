using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>Compares reported plays with what is stored: in one round trip, or in two if a decision is doubted.</summary>
static class PlayComparison
{
    // By the index of screen and start: what starts within a window, and the last play that starts before it and may reach into it.
    private const string Neighbours = """
        SELECT p.id, p.screen_id, p.started_at, p.ended_at
        FROM unnest($1, $2, $3) AS w (screen_id, since, until)
        CROSS JOIN LATERAL (
            SELECT id, screen_id, started_at, ended_at FROM plays
            WHERE screen_id = w.screen_id AND started_at >= w.since AND started_at < w.until
            UNION ALL
            (SELECT id, screen_id, started_at, ended_at FROM plays
            WHERE screen_id = w.screen_id AND started_at < w.since ORDER BY started_at DESC LIMIT 1)) AS p
        """;

    private const string Disputed = """
        SELECT d.screen_id, d.id FROM unnest($1, $2) AS k (screen_id, id)
        JOIN disputed_plays d ON d.screen_id = k.screen_id AND d.id = k.id
        """;

    private const string Decided = """
        SELECT d.id, d.screen_id, d.creative_id, d.at FROM decisions d WHERE d.id = ANY ($1) AND d.creative_id IS NOT NULL
        """;

    // Plays of a screen that are no farther apart share a window, which is never empty.
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(16);

    /// <summary>
    /// Finds which plays are stored already, and marks what is disputed after all: a play that overlaps one of the same screen, stored or
    /// earlier in the list. A decision that is not known by its seal may be known by its row. All plays of a screen must come here one list
    /// after the other, and be stored in between.
    /// </summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="plays">Plays, of each screen distinct ones, in the order of arrival.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>Those that are stored, accepted or disputed.</returns>
    public static async Task<List<Play>> RunAsync(
        NpgsqlConnection connection, IReadOnlyList<Play> plays, CancellationToken cancellation)
    {
        var windows = WindowsOf(plays);
        var batch = new ReadBatch(connection);
        var neighbours = batch.Add(
            Neighbours,
            [
                windows.ConvertAll(w => w.ScreenId).ToArray(), windows.ConvertAll(w => w.Since).ToArray(),
                windows.ConvertAll(w => w.Until).ToArray(),
            ],
            r => (r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateTimeOffset>(2), r.GetFieldValue<DateTimeOffset>(3)));
        var disputed = batch.Add(
            Disputed, [plays.Select(p => p.ScreenId).ToArray(), plays.Select(p => p.Id).ToArray()], r => (r.GetGuid(0), r.GetGuid(1)));
        await batch.RunAsync(cancellation);
        await RefuteAsync(connection, plays, cancellation);

        HashSet<(Guid ScreenId, Guid Id)> stored = [];
        var timelines = windows.Select(w => w.ScreenId).Distinct().ToDictionary(s => s, _ => new ScreenTimeline());
        foreach (var (id, screen, from, to) in neighbours)
        {
            if (stored.Add((screen, id))) timelines[screen].Add(from, to); // of two windows it may be the neighbour of both
        }
        var before = disputed.ToHashSet(); // of this screen: another may name its play as it likes
        List<Play> known = [.. plays.Where(p => stored.Contains((p.ScreenId, p.Id)) || before.Contains((p.ScreenId, p.Id)))];
        foreach (var play in plays.Except(known).Where(p => p.Dispute is null))
        {
            var timeline = timelines[play.ScreenId];
            if (timeline.Overlaps(play.StartedAt, play.EndedAt)) play.Dispute = DisputeReason.Overlap;
            else timeline.Add(play.StartedAt, play.EndedAt);
        }
        return known;
    }

    /// <summary>Decisions that carry no seal of ours were taken before an upgrade, or under a key that was lost: their rows tell.</summary>
    private static async Task RefuteAsync(NpgsqlConnection connection, IReadOnlyList<Play> plays, CancellationToken cancellation)
    {
        var doubted = plays.Where(p => p.Dispute == DisputeReason.UnknownDecision).ToList();
        if (doubted.Count == 0) return;
        var rows = await connection.QueryAsync(
            Decided, [doubted.Select(p => p.DecisionId!.Value).Distinct().ToArray()],
            r => (Id: r.GetGuid(0), Of: (r.GetGuid(1), r.GetGuid(2)), At: r.GetFieldValue<DateTimeOffset>(3)), cancellation);
        var decisions = rows.ToDictionary(r => r.Id);
        foreach (var play in doubted)
        {
            if (!decisions.TryGetValue(play.DecisionId!.Value, out var decision)) continue;
            if (decision.Of != (play.ScreenId, play.CreativeId)) continue;
            play.Dispute = PlayReportRules.IsAtItsTime(play.StartedAt, decision.At) ? null : DisputeReason.NotAtItsTime;
        }
    }

    // A repeat starts when its play does, so it is found even where only its start is looked at.
    private static List<(Guid ScreenId, DateTimeOffset Since, DateTimeOffset Until)> WindowsOf(IReadOnlyList<Play> plays)
    {
        List<(Guid ScreenId, DateTimeOffset Since, DateTimeOffset Until)> windows = [];
        foreach (var play in plays.OrderBy(p => p.ScreenId).ThenBy(p => p.StartedAt))
        {
            var fits = play.Dispute is null or DisputeReason.UnknownDecision; // any other may claim to last for years
            var until = (fits ? play.EndedAt : play.StartedAt) + Moment;
            if (windows.Count > 0 && windows[^1] is var last && last.ScreenId == play.ScreenId && play.StartedAt <= last.Until + Apart)
                windows[^1] = last with { Until = until > last.Until ? until : last.Until };
            else windows.Add((play.ScreenId, play.StartedAt, until));
        }
        return windows;
    }
}
