using FaceAd.Core;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>A play of a campaign, with what its exposures need from creative and campaign.</summary>
sealed record PlayFact(
    Guid Id, Guid ScreenId, DateOnly Day, Guid CampaignId, Guid CreativeId, Guid OrganisationId, Span Interval, bool Measured,
    double CreativeSeconds, int[] Targets, Guid? UpTo);

/// <summary>A presence, with the person's current epoch and segment.</summary>
sealed record PresenceFact(
    Guid Id, Guid ScreenId, Span Interval, double SecondsAttentive, float[] AttentionAt, float[] AttentionSeconds, Guid? PersonId,
    int? Epoch, Segment Segment)
{
    public AttentionCurve Attention => new(AttentionAt, AttentionSeconds, Interval.Seconds, SecondsAttentive);
}

/// <summary>A due presence, with its previous contribution to the rollup.</summary>
sealed record DuePresence(Guid Id, PresenceFact Presence, CountedPresence? Counted);

/// <summary>Reads the plays and presences of one site that determine exposures, inside the updating transaction.</summary>
sealed class SiteFacts(NpgsqlConnection connection, Guid siteId)
{
    /// <summary>The most plays, and the most presences, per transaction.</summary>
    public const int MaxDue = 500;

    private static readonly TimeSpan LongestPlay = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestPresence = TimeSpan.FromHours(12);

    private const string PresenceColumns = """
        s.id, s.screen_id, s.seen_from, s.seen_to, s.seconds_attentive, s.attention_at, s.attention_seconds,
        p.id, p.epoch, COALESCE(p.segment, s.segment)
        """;

    public async Task<SiteCalendar> ReadCalendarAsync(CancellationToken cancellation) =>
        (await connection.QueryAsync(
            "SELECT time_zone, epoch_anchor FROM sites WHERE id = $1", [siteId],
            r => new SiteCalendar(r.GetString(0), r.GetFieldValue<DateOnly>(1)), cancellation))[0];

    /// <summary>Due plays, locked.</summary>
    public Task<List<Guid>> HoldDuePlaysAsync(CancellationToken cancellation) => connection.QueryAsync("""
        SELECT id FROM plays WHERE exposures_due AND screen_id IN (SELECT id FROM screens WHERE site_id = $1)
        ORDER BY screen_id, started_at, id LIMIT $2 FOR UPDATE
        """, [siteId, MaxDue], r => r.GetGuid(0), cancellation);

    /// <summary>Due presences, locked.</summary>
    public async Task<List<DuePresence>> HoldDuePresencesAsync(CancellationToken cancellation)
    {
        var held = await connection.QueryAsync("""
            SELECT screen_id, id FROM presences WHERE exposures_due AND screen_id IN (SELECT id FROM screens WHERE site_id = $1)
            ORDER BY screen_id, id LIMIT $2 FOR UPDATE
            """, [siteId, MaxDue], r => (Screen: r.GetGuid(0), Id: r.GetGuid(1)), cancellation);
        if (held.Count == 0) return [];
        // A separate statement: one that waited for the lock would join the updated presence with an outdated person row.
        return await connection.QueryAsync($"""
            SELECT {PresenceColumns}, s.counted_segment, s.counted_present_ms, s.counted_attentive_ms
            FROM unnest($1, $2) AS h (screen_id, id) JOIN presences s ON s.screen_id = h.screen_id AND s.id = h.id
            LEFT JOIN persons p ON p.id = s.person_id ORDER BY s.screen_id, s.id
            """, [held.Select(h => h.Screen).ToArray(), held.Select(h => h.Id).ToArray()],
            r =>
            {
                var presence = ReadPresence(r);
                return new DuePresence(presence.Id, presence, r.IsDBNull(10) ? null
                    : new CountedPresence(
                        presence.ScreenId, presence.Interval.From, (Segment)r.GetInt32(10), r.GetInt32(11), r.GetInt32(12)));
            }, cancellation);
    }

    /// <summary>Campaign plays that are due or that overlap a due presence.</summary>
    public Task<List<PlayFact>> FindPlaysAsync(
        IReadOnlyList<Guid> due, IReadOnlyList<DuePresence> presences, CancellationToken cancellation) =>
        connection.QueryAsync("""
            SELECT p.id, p.screen_id, p.day, p.campaign_id, p.creative_id, p.organisation_id, p.started_at, p.ended_at, p.measured,
                c.seconds, k.targets, p.exposures_up_to
            FROM (
                SELECT id FROM plays WHERE id = ANY ($1)
                UNION
                SELECT p.id FROM unnest($2, $3, $4) AS s (screen_id, seen_from, seen_to)
                JOIN plays p ON p.screen_id = s.screen_id AND p.started_at < s.seen_to AND p.started_at > s.seen_from - $5
                    AND p.ended_at > s.seen_from
            ) AS concerned JOIN plays p ON p.id = concerned.id
            JOIN creatives c ON c.id = p.creative_id JOIN campaigns k ON k.id = p.campaign_id
            ORDER BY p.id
            """,
            [due.ToArray(), presences.Select(s => s.Presence.ScreenId).ToArray(), presences.Select(s => s.Presence.Interval.From).ToArray(),
                presences.Select(s => s.Presence.Interval.To).ToArray(), LongestPlay],
            r => new PlayFact(
                r.GetGuid(0), r.GetGuid(1), r.GetFieldValue<DateOnly>(2), r.GetGuid(3), r.GetGuid(4), r.GetGuid(5),
                new Span(r.GetFieldValue<DateTimeOffset>(6), r.GetFieldValue<DateTimeOffset>(7)), r.GetBoolean(8), r.GetDouble(9),
                r.GetFieldValue<int[]>(10), r.IsDBNull(11) ? null : r.GetGuid(11)),
            cancellation);

    /// <summary>Presences that may overlap any of these plays; no more than a number of them, whichever.</summary>
    public async Task<List<PresenceFact>> FindPresencesAsync(IReadOnlyList<PlayFact> plays, int most, CancellationToken cancellation)
    {
        if (plays.Count == 0) return [];
        var spans = plays.GroupBy(p => p.ScreenId)
            .Select(g => (Screen: g.Key, From: g.Min(p => p.Interval.From), To: g.Max(p => p.Interval.To))).ToList();
        return await connection.QueryAsync($"""
            SELECT {PresenceColumns}
            FROM unnest($1, $2, $3) AS w (screen_id, first, last)
            JOIN presences s ON s.screen_id = w.screen_id AND s.seen_from < w.last AND s.seen_from > w.first - $4 AND s.seen_to > w.first
            LEFT JOIN persons p ON p.id = s.person_id LIMIT $5
            """,
            [spans.Select(s => s.Screen).ToArray(), spans.Select(s => s.From).ToArray(),
                spans.Select(s => s.To).ToArray(), LongestPresence, most],
            ReadPresence, cancellation);
    }

    /// <summary>The next presences, by id, that overlap a play: those after <see cref="PlayFact.UpTo"/>.</summary>
    public Task<List<PresenceFact>> FindPresencesAfterAsync(PlayFact play, int most, CancellationToken cancellation) =>
        connection.QueryAsync($"""
            SELECT {PresenceColumns}
            FROM (
                SELECT * FROM presences WHERE screen_id = $1 AND seen_from < $3 AND seen_from > $2 - $4 AND seen_to > $2
                    AND ($5::uuid IS NULL OR id > $5)
                ORDER BY id LIMIT $6) AS s
            LEFT JOIN persons p ON p.id = s.person_id ORDER BY s.id
            """,
            [play.ScreenId, play.Interval.From, play.Interval.To, LongestPresence, play.UpTo, most],
            ReadPresence, cancellation);

    /// <summary>The stored exposures of these pairs.</summary>
    public Task<List<Exposure>> FindExposuresAsync(
        IReadOnlyCollection<ExposurePair> pairs, CancellationToken cancellation) => connection.QueryAsync("""
        SELECT e.day, e.play_id, e.presence_id, e.campaign_id, e.creative_id, e.organisation_id, e.screen_id, e.person_id, e.segment,
               e.on_target, e.at, e.seconds_present, e.seconds_attentive, e.completed, e.watched
        FROM unnest($1, $2, $3) AS k (day, play_id, presence_id)
        JOIN exposures e ON e.day = k.day AND e.play_id = k.play_id AND e.presence_id = k.presence_id WHERE e.day = ANY ($4)
        """,
        [pairs.Select(p => p.Play.Day).ToArray(), pairs.Select(p => p.Play.Id).ToArray(), pairs.Select(p => p.Presence.Id).ToArray(),
            pairs.Select(p => p.Play.Day).Distinct().ToArray()],
        r => new Exposure
        {
            Day = r.GetFieldValue<DateOnly>(0),
            PlayId = r.GetGuid(1),
            PresenceId = r.GetGuid(2),
            CampaignId = r.GetGuid(3),
            CreativeId = r.GetGuid(4),
            OrganisationId = r.GetGuid(5),
            ScreenId = r.GetGuid(6),
            PersonId = r.IsDBNull(7) ? null : r.GetGuid(7),
            Segment = (Segment)r.GetInt32(8),
            OnTarget = r.GetBoolean(9),
            At = r.GetFieldValue<DateTimeOffset>(10),
            SecondsPresent = r.GetDouble(11),
            SecondsAttentive = r.GetDouble(12),
            Completed = r.GetBoolean(13),
            Watched = r.GetBoolean(14),
        }, cancellation);

    private static PresenceFact ReadPresence(NpgsqlDataReader r) => new(
        r.GetGuid(0), r.GetGuid(1), new Span(r.GetFieldValue<DateTimeOffset>(2), r.GetFieldValue<DateTimeOffset>(3)), r.GetDouble(4),
        r.GetFieldValue<float[]>(5), r.GetFieldValue<float[]>(6), r.IsDBNull(7) ? null : r.GetGuid(7), r.IsDBNull(8) ? null : r.GetInt32(8),
        (Segment)r.GetInt32(9));
}
