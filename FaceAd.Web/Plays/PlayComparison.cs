using FaceAd.Core;
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
        SELECT d.id, d.screen_id, d.creative_id, d.at FROM decisions d
        WHERE d.id = ANY ($1) AND d.creative_id IS NOT NULL AND d.reason <> 4 -- ServerAway: what a screen reported is no proof
        """;

    private const string Numbers = """
        SELECT s.key_id, s.number FROM unnest($1, $2) AS k (key_id, number)
        JOIN play_seals s ON s.key_id = k.key_id AND s.number = k.number
        """;

    // Heard after the instant, and in no gap then: as far as its clock may be off.
    private const string Connected = """
        SELECT k.screen_id, k.id FROM unnest($1, $2, $3) AS k (screen_id, id, at) JOIN screens s ON s.id = k.screen_id
        WHERE s.last_seen_at >= k.at + $4 AND NOT EXISTS (
            SELECT FROM screen_gaps g WHERE g.screen_id = k.screen_id AND g.since <= k.at + $4 AND g.until >= k.at - $4)
        """;

    private const string Played = """
        SELECT decision_id, "end" FROM plays WHERE decision_id = ANY ($1)
        """;

    // Plays of a screen that are no farther apart share a window, which is never empty.
    private static readonly TimeSpan Apart = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(16);

    /// <summary>
    /// Finds which plays are stored already, and marks what is disputed after all: a play that overlaps one of the same screen, stored or
    /// earlier in the list, one whose number in its player's chain is another play's, one of a decision that was played before, and one
    /// that says that the server was away when it was not. A decision that is not known by its seal may be known by its row. All plays of a
    /// screen must come here one list after the other, and be stored in between.
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
        SealedPlay[] seals = [.. plays.Select(p => p.Seal).OfType<SealedPlay>()];
        IReadOnlyList<(int, long)> numbers = seals.Length == 0 ? [] : batch.Add(
            Numbers, [Array.ConvertAll(seals, s => s.KeyId), Array.ConvertAll(seals, s => s.Number)], r => (r.GetInt32(0), r.GetInt64(1)));
        Play[] alone = [.. plays.Where(p => p.Dispute is null && p.DecisionId is { Version: 8 })];
        IReadOnlyList<(Guid, Guid)> connected = alone.Length == 0 ? [] : batch.Add(
            Connected,
            [
                Array.ConvertAll(alone, p => p.ScreenId), Array.ConvertAll(alone, p => p.Id), Array.ConvertAll(alone, p => p.StartedAt),
                PlayReportRules.ClockError,
            ],
            r => (r.GetGuid(0), r.GetGuid(1)));
        Guid[] decisions = [.. plays.Where(p => IsOfOnePlay(p.DecisionId)).Select(p => p.DecisionId!.Value)];
        IReadOnlyList<(Guid Decision, PlayEnd End)> played = decisions.Length == 0 ? [] : batch.Add(
            Played, [decisions], r => (r.GetGuid(0), (PlayEnd)r.GetInt32(1)));
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
        var used = numbers.ToHashSet();
        foreach (var play in plays.Except(known).Where(p => p.Seal is not null))
        {
            if (used.Add((play.Seal!.KeyId, play.Seal.Number))) continue;
            (play.Dispute, play.Seal) = (DisputeReason.NumberUsed, null);
        }
        var there = connected.ToHashSet();
        foreach (var play in alone.Where(p => p.Dispute is null && there.Contains((p.ScreenId, p.Id))))
            play.Dispute = DisputeReason.ServerWasThere;
        DisputeRepeated(plays.Except(known), played);
        foreach (var play in plays.Except(known).Where(p => p.Dispute is null))
        {
            var timeline = timelines[play.ScreenId];
            if (timeline.Overlaps(play.StartedAt, play.EndedAt)) play.Dispute = DisputeReason.Overlap;
            else timeline.Add(play.StartedAt, play.EndedAt);
        }
        return known;
    }

    // A command is played once; once more where the player or its page died meanwhile, and the command was sent to it again.
    private static void DisputeRepeated(
        IEnumerable<Play> plays, IReadOnlyList<(Guid Decision, PlayEnd End)> stored)
    {
        var played = stored.GroupBy(p => p.Decision)
            .ToDictionary(g => g.Key, g => (Times: g.Count(), Failed: g.All(p => p.End == PlayEnd.Failed)));
        foreach (var play in plays.Where(p => p.Dispute is null && IsOfOnePlay(p.DecisionId)))
        {
            var (times, failed) = played.GetValueOrDefault(play.DecisionId!.Value, (0, true));
            if (times > 1 || !failed) play.Dispute = DisputeReason.DecisionPlayed;
            else played[play.DecisionId!.Value] = (times + 1, play.End == PlayEnd.Failed);
        }
    }

    // A slice, of version 8, allows several.
    private static bool IsOfOnePlay(Guid? decision) => decision is { Version: not 8 };

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
            var until = After(fits ? play.EndedAt : play.StartedAt, Moment);
            if (windows.Count > 0 && windows[^1] is var last && last.ScreenId == play.ScreenId
                && play.StartedAt <= After(last.Until, Apart))
                windows[^1] = last with { Until = until > last.Until ? until : last.Until };
            else windows.Add((play.ScreenId, play.StartedAt, until));
        }
        return windows;

        // A disputed play may claim any time, the last one that there is too.
        static DateTimeOffset After(DateTimeOffset at, TimeSpan span) =>
            at < DateTimeOffset.MaxValue - span ? at + span : DateTimeOffset.MaxValue;
    }
}
