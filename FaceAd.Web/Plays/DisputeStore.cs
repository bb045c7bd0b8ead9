using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>Keeps and counts disputed plays, and tells the media owner when a screen has many.</summary>
static class DisputeStore
{
    /// <summary>A screen that reaches so many disputed plays on one UTC day is reported to the media owner, once that day.</summary>
    public const int Many = 10;

    /// <summary>People and programs are told of the disputed plays of so many days.</summary>
    public const int LatelyDays = 30;

    private const string Count = """
        INSERT INTO disputed_play_days AS d (screen_id, day, reason, plays)
        SELECT * FROM unnest($1, $2, $3, $4) AS n (screen_id, day, reason, plays) ORDER BY screen_id, day, reason
        ON CONFLICT (screen_id, day, reason) DO UPDATE SET plays = d.plays + excluded.plays
        RETURNING d.screen_id, d.day, d.reason, d.plays
        """;

    private const string Sum = """
        SELECT screen_id, day, sum(plays)::bigint FROM disputed_play_days WHERE screen_id = ANY ($1) AND day = ANY ($2)
        GROUP BY screen_id, day
        """;

    private const string Insert = """
        INSERT INTO disputed_plays (screen_id, id, reason, decision_id, creative_id, campaign_id, started_at, ended_at, "end", measured,
                                    frames_presented, received_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (screen_id, id) DO NOTHING
        """;

    /// <summary>Commits disputed plays with their counts and what the media owner is told.</summary>
    /// <param name="connection">An open connection without a transaction.</param>
    /// <param name="plays">Distinct plays, each with a reason, none of them stored before.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task KeepAsync(NpgsqlConnection connection, IReadOnlyList<Play> plays, CancellationToken cancellation)
    {
        var groups = plays.GroupBy(Key).ToDictionary(g => g.Key, g => g.ToArray());
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var counted = await connection.QueryAsync(
            Count,
            [
                groups.Keys.Select(k => k.Screen).ToArray(), groups.Keys.Select(k => k.Day).ToArray(),
                groups.Keys.Select(k => (int)k.Reason).ToArray(), groups.Values.Select(g => (long)g.Length).ToArray(),
            ],
            r => (Key: (r.GetGuid(0), r.GetFieldValue<DateOnly>(1), (DisputeReason)r.GetInt32(2)), Plays: r.GetInt64(3)), cancellation);
        List<Play> kept = [];
        foreach (var (key, total) in counted)
        {
            var group = groups[key];
            kept.AddRange(group.Take((int)Math.Clamp(DisputedPlay.KeptOfADay - (total - group.Length), 0, group.Length)));
        }
        await InsertAsync(connection, kept, cancellation);
        await PlaySeals.InsertAsync(connection, kept, skipUsed: true, cancellation);
        await TellAsync(connection, plays, cancellation);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>How many plays of screens were disputed lately, by reason, most first; nothing for a screen without any.</summary>
    /// <param name="db">The database.</param>
    /// <param name="screens">The screens.</param>
    /// <param name="now">The instant.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public static async Task<Dictionary<Guid, (DisputeReason Reason, long Plays)[]>> LatelyAsync(
        FaceAdDbContext db, IReadOnlyCollection<Guid> screens, DateTimeOffset now, CancellationToken cancellation = default)
    {
        var (ids, since) = (screens.ToArray(), DayOf(now).AddDays(-LatelyDays));
        var disputed = await db.Set<DisputedPlayDay>().Where(d => ids.Contains(d.ScreenId) && d.Day > since)
            .GroupBy(d => new { d.ScreenId, d.Reason })
            .Select(g => new { g.Key.ScreenId, g.Key.Reason, Plays = g.Sum(d => d.Plays) }).ToListAsync(cancellation);
        return disputed.GroupBy(d => d.ScreenId)
            .ToDictionary(g => g.Key, g => g.OrderByDescending(d => d.Plays).Select(d => (d.Reason, d.Plays)).ToArray());
    }

    /// <summary>Deletes rows and counts that are older than <see cref="DisputedPlay.KeptDays"/>.</summary>
    public static async Task ForgetAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellation)
    {
        var before = now.AddDays(-DisputedPlay.KeptDays);
        await connection.ExecuteAsync("DELETE FROM disputed_plays WHERE received_at < $1", [before], cancellation);
        await connection.ExecuteAsync("DELETE FROM disputed_play_days WHERE day < $1", [DayOf(before)], cancellation);
    }

    private static (Guid Screen, DateOnly Day, DisputeReason Reason) Key(Play play) =>
        (play.ScreenId, DayOf(play.ReceivedAt), play.Dispute!.Value);

    private static DateOnly DayOf(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime);

    private static async Task InsertAsync(NpgsqlConnection connection, List<Play> plays, CancellationToken cancellation)
    {
        if (plays.Count == 0) return;
        T[] Column<T>(Func<Play, T> value) => [.. plays.Select(value)];
        await connection.ExecuteAsync(
            Insert,
            [
                Column(p => p.ScreenId), Column(p => p.Id), Column(p => (int)p.Dispute!.Value), Column(p => p.DecisionId),
                Column(p => p.CreativeId), Column(p => p.CampaignId), Column(p => p.StartedAt), Column(p => p.EndedAt),
                Column(p => (int)p.End), Column(p => p.Measured), Column(p => p.FramesPresented), Column(p => p.ReceivedAt),
            ],
            cancellation);
    }

    // The count that reaches the limit tells: it does so once a day, and a rolled back one has told nothing.
    private static async Task TellAsync(NpgsqlConnection connection, IReadOnlyList<Play> plays, CancellationToken cancellation)
    {
        var added = plays.GroupBy(p => (p.ScreenId, Day: DayOf(p.ReceivedAt))).ToDictionary(g => g.Key, g => g.Count());
        var sums = await connection.QueryAsync(
            Sum, [added.Keys.Select(k => k.ScreenId).Distinct().ToArray(), added.Keys.Select(k => k.Day).Distinct().ToArray()],
            r => (Key: (r.GetGuid(0), r.GetFieldValue<DateOnly>(1)), Plays: r.GetInt64(2)), cancellation);
        Guid[] reached = [.. sums
            .Where(s => s.Plays >= Many && added.TryGetValue(s.Key, out var some) && s.Plays - some < Many)
            .Select(s => s.Key.Item1).Distinct()];
        if (reached.Length > 0)
        {
            await connection.NotifyOfScreensAsync(
                NotificationKind.PlaysDisputed, reached, plays.Max(p => p.ReceivedAt), cancellation);
        }
    }
}
