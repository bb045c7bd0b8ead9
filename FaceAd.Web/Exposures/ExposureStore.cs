using FaceAd.Contracts;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>
/// Brings the exposures of one screen up to date with its plays and stays that are marked due, in one transaction with
/// the campaign totals and the marks. Whichever of a play and a stay is committed later sees the other, so that late,
/// repeated and reordered reports all end in the same rows.
/// </summary>
sealed class ExposureStore(NpgsqlDataSource database, ExposurePartitions partitions)
{
    private const int MaxDue = 500;
    private static readonly TimeSpan LongestPlay = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestStay = TimeSpan.FromHours(12);

    /// <summary>Screens that have something due.</summary>
    public async Task<IReadOnlyList<Guid>> FindDueScreensAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QueryAsync(
            "SELECT screen_id FROM plays WHERE exposures_due UNION SELECT screen_id FROM presences WHERE exposures_due",
            [], r => r.GetGuid(0), cancellation);
    }

    /// <summary>Does a screen's due work, at most a batch of it.</summary>
    /// <returns>The campaigns whose exposures changed, and whether work is left.</returns>
    public async Task<(IReadOnlyCollection<Guid> Campaigns, bool More)> UpdateAsync(Guid screenId, TimeSpan threshold, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync("SELECT pg_advisory_xact_lock(hashtextextended('facead.exposures.' || $1::text, 0))", [screenId], cancellation);

        var duePlays = await connection.QueryAsync(
            "SELECT id FROM plays WHERE screen_id = $1 AND exposures_due LIMIT $2 FOR UPDATE",
            [screenId, MaxDue], r => r.GetGuid(0), cancellation);
        var dueStays = await connection.QueryAsync(
            "SELECT id, seen_from, seen_to FROM presences WHERE screen_id = $1 AND exposures_due LIMIT $2 FOR UPDATE",
            [screenId, MaxDue],
            r => (Id: r.GetGuid(0), From: r.GetFieldValue<DateTimeOffset>(1), To: r.GetFieldValue<DateTimeOffset>(2)), cancellation);
        if (duePlays.Count == 0 && dueStays.Count == 0) return ([], false);

        var plays = await FindPlaysAsync(connection, screenId, [.. duePlays],
            [.. dueStays.Select(s => s.From)], [.. dueStays.Select(s => s.To)], cancellation);
        var changes = plays.Count == 0 ? [] : await UpdatePlaysAsync(connection, screenId, plays, threshold, cancellation);

        await connection.ExecuteAsync("UPDATE plays SET exposures_due = false WHERE id = ANY ($1)", [duePlays.ToArray()], cancellation);
        await connection.ExecuteAsync("UPDATE presences SET exposures_due = false WHERE screen_id = $2 AND id = ANY ($1)",
            [dueStays.Select(s => s.Id).ToArray(), screenId], cancellation);
        await News.AddAsync(connection, NewsKind.Campaign, changes, cancellation);
        await transaction.CommitAsync(cancellation);
        return (changes, duePlays.Count == MaxDue || dueStays.Count == MaxDue);
    }

    // Campaign plays that are due themselves, or that overlap a due stay.
    private static Task<List<PlayRow>> FindPlaysAsync(
        NpgsqlConnection connection, Guid screenId, Guid[] due, DateTimeOffset[] from, DateTimeOffset[] to, CancellationToken cancellation) =>
        connection.QueryAsync("""
            SELECT p.id, p.day, p.campaign_id, p.creative_id, p.organisation_id, p.started_at, p.ended_at, p.measured, c.seconds, k.targets
            FROM plays p JOIN creatives c ON c.id = p.creative_id JOIN campaigns k ON k.id = p.campaign_id
            WHERE p.screen_id = $1 AND (p.id = ANY ($2) OR EXISTS (
                SELECT 1 FROM unnest($3, $4) AS s (seen_from, seen_to)
                WHERE p.started_at < s.seen_to AND p.started_at > s.seen_from - $5 AND p.ended_at > s.seen_from))
            AND (p.id = ANY ($2) OR (p.started_at > $6 AND p.started_at < $7))
            ORDER BY p.id
            """,
            [screenId, due, from, to, LongestPlay,
                from.Length == 0 ? DateTimeOffset.UnixEpoch : from.Min() - LongestPlay, to.Length == 0 ? DateTimeOffset.UnixEpoch : to.Max()],
            r => new PlayRow(
                r.GetGuid(0), r.GetFieldValue<DateOnly>(1), r.GetGuid(2), r.GetGuid(3), r.GetGuid(4),
                new Span(r.GetFieldValue<DateTimeOffset>(5), r.GetFieldValue<DateTimeOffset>(6)), r.GetBoolean(7), r.GetDouble(8),
                r.GetFieldValue<int[]>(9)),
            cancellation);

    private async Task<HashSet<Guid>> UpdatePlaysAsync(
        NpgsqlConnection connection, Guid screenId, List<PlayRow> plays, TimeSpan threshold, CancellationToken cancellation)
    {
        foreach (var day in plays.Select(p => p.Day).Distinct()) await partitions.EnsureAsync(day, cancellation);
        var (earliest, latest) = (plays.Min(p => p.Interval.From), plays.Max(p => p.Interval.To));
        var stays = await connection.QueryAsync("""
            SELECT s.id, s.seen_from, s.seen_to, s.seconds_attentive, s.person_id, COALESCE(p.segment, s.segment)
            FROM presences s LEFT JOIN persons p ON p.id = s.person_id
            WHERE s.screen_id = $1 AND s.seen_from < $3 AND s.seen_from > $2 - $4 AND s.seen_to > $2
            """,
            [screenId, earliest, latest, LongestStay],
            r => new StayRow(
                r.GetGuid(0), new Span(r.GetFieldValue<DateTimeOffset>(1), r.GetFieldValue<DateTimeOffset>(2)), r.GetDouble(3),
                r.IsDBNull(4) ? null : r.GetGuid(4), (Segment)r.GetInt32(5)),
            cancellation);
        var known = (await connection.QueryAsync("""
            SELECT day, play_id, presence_id, on_target FROM exposures WHERE day = ANY ($1) AND play_id = ANY ($2)
            """,
            [plays.Select(p => p.Day).Distinct().ToArray(), plays.Select(p => p.Id).ToArray()],
            r => (Key: new ExposureKey(r.GetFieldValue<DateOnly>(0), r.GetGuid(1), r.GetGuid(2)), OnTarget: r.GetBoolean(3)),
            cancellation)).ToDictionary(e => e.Key, e => e.OnTarget);

        Dictionary<Guid, (long Impressions, long Target)> deltas = [];
        await using var batch = new NpgsqlBatch(connection);
        foreach (var play in plays)
        {
            var delta = deltas.GetValueOrDefault(play.CampaignId);
            foreach (var stay in stays)
            {
                // An unmeasured play has no exposures, whatever was seen in parts of it.
                if (!play.Measured || ExposureCalculator.Compute(play.Interval, stay.Interval, stay.SecondsAttentive, play.CreativeSeconds, threshold) is not { } seen)
                    continue;
                var onTarget = play.Targets.Contains((int)stay.Segment);
                if (known.Remove(new ExposureKey(play.Day, play.Id, stay.Id), out var before))
                    delta = (delta.Impressions, delta.Target + (onTarget ? 1 : 0) - (before ? 1 : 0));
                else
                    delta = (delta.Impressions + 1, delta.Target + (onTarget ? 1 : 0));
                AddUpsert(batch, screenId, play, stay, seen, onTarget);
            }
            foreach (var (key, before) in known.Where(k => k.Key.PlayId == play.Id).ToList())
            {
                known.Remove(key);
                delta = (delta.Impressions - 1, delta.Target - (before ? 1 : 0));
                batch.Add("DELETE FROM exposures WHERE day = $1 AND play_id = $2 AND presence_id = $3", key.Day, key.PlayId, key.PresenceId);
            }
            deltas[play.CampaignId] = delta;
        }
        foreach (var (campaign, delta) in deltas.Where(d => d.Value != default).OrderBy(d => d.Key))
        {
            batch.Add("""
                UPDATE campaign_totals SET impressions = impressions + $2, target_impressions = target_impressions + $3 WHERE campaign_id = $1
                """, campaign, delta.Impressions, delta.Target);
        }
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation);
        return [.. deltas.Keys];
    }

    private static void AddUpsert(NpgsqlBatch batch, Guid screenId, PlayRow play, StayRow stay, Sighting seen, bool onTarget) =>
        batch.Add("""
            INSERT INTO exposures (day, play_id, presence_id, campaign_id, creative_id, organisation_id, screen_id, person_id, segment,
                                   on_target, at, seconds_present, seconds_attentive, completed)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            ON CONFLICT (day, play_id, presence_id) DO UPDATE SET
                person_id = excluded.person_id, segment = excluded.segment, on_target = excluded.on_target, at = excluded.at,
                seconds_present = excluded.seconds_present, seconds_attentive = excluded.seconds_attentive, completed = excluded.completed
            """,
            play.Day, play.Id, stay.Id, play.CampaignId, play.CreativeId, play.OrganisationId, screenId, stay.PersonId, (int)stay.Segment,
            onTarget, seen.At, seen.SecondsPresent, seen.SecondsAttentive, seen.Completed);

    private sealed record PlayRow(
        Guid Id, DateOnly Day, Guid CampaignId, Guid CreativeId, Guid OrganisationId, Span Interval, bool Measured, double CreativeSeconds, int[] Targets);

    private sealed record StayRow(Guid Id, Span Interval, double SecondsAttentive, Guid? PersonId, Segment Segment);

    private readonly record struct ExposureKey(DateOnly Day, Guid PlayId, Guid PresenceId);
}
