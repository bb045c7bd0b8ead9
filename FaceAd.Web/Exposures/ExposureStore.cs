using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>What an update has changed.</summary>
/// <param name="Campaigns">The campaigns whose exposures changed.</param>
/// <param name="Brought">Exposures on target that were added for each measured play that was due.</param>
/// <param name="More">Whether work is left.</param>
sealed record ExposuresUpdated(IReadOnlyCollection<Guid> Campaigns, IReadOnlyDictionary<Guid, int> Brought, bool More)
{
    /// <summary>Nothing was due.</summary>
    public static ExposuresUpdated Nothing { get; } = new([], new Dictionary<Guid, int>(), false);
}

/// <summary>
/// Updates the exposures of one site from its plays and presences marked as due, in one transaction with the rollups, the campaign totals
/// and the marks. Whichever of a play and a presence is committed later sees the other, so late, repeated and reordered reports all end in
/// the same rows.
/// </summary>
sealed class ExposureStore([ScreensPool] NpgsqlDataSource database, ExposurePartitions partitions)
{
    /// <summary>
    /// Once a transaction has as many pairs of a play and a presence, it takes no further row: invented presences of twelve hours would
    /// have thousands each. A play with more presences than that is taken in parts (<see cref="Plays.Play.ExposuresUpTo"/>).
    /// </summary>
    internal int EnoughPairs { get; init; } = 20_000;

    /// <summary>Sites with due plays or presences.</summary>
    public async Task<IReadOnlyList<Guid>> FindDueSitesAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.QueryAsync("""
            SELECT DISTINCT site_id FROM screens WHERE id IN (
                SELECT screen_id FROM plays WHERE exposures_due UNION SELECT screen_id FROM presences WHERE exposures_due)
            """,
            [], r => r.GetGuid(0), cancellation);
    }

    /// <summary>Processes at most one batch of a site's due work.</summary>
    public async Task<ExposuresUpdated> UpdateAsync(
        Guid siteId, TimeSpan threshold, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        while (true)
        {
            var (updated, lacking) = await UpdateAsync(connection, siteId, threshold, cancellation);
            if (lacking.Count == 0) return updated;
            // After the transaction, which has changed nothing, and on its connection: nobody holds one and waits for another.
            foreach (var day in lacking) await partitions.EnsureAsync(connection, day, cancellation);
        }
    }

    // Changes nothing while the partition of a day may be lacking.
    private async Task<(ExposuresUpdated Updated, IReadOnlyList<DateOnly> Lacking)> UpdateAsync(
        NpgsqlConnection connection, Guid siteId, TimeSpan threshold, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(
            $"SELECT {Sql.EndIfHung}, pg_advisory_xact_lock(hashtextextended('facead.exposures.' || $1::text, 0))", [siteId], cancellation);
        var facts = new SiteFacts(connection, siteId);
        var duePlays = await facts.HoldDuePlaysAsync(cancellation);
        var duePresences = await facts.HoldDuePresencesAsync(cancellation);
        if (duePlays.Count == 0 && duePresences.Count == 0) return (ExposuresUpdated.Nothing, []);

        var calendar = await facts.ReadCalendarAsync(cancellation);
        var plays = await facts.FindPlaysAsync(duePlays, duePresences, cancellation);
        List<DateOnly> lacking = [.. plays.Select(p => p.Day).Distinct().Where(partitions.MayLack)];
        if (lacking.Count > 0) return (ExposuresUpdated.Nothing, lacking);
        var held = (duePlays.Count, duePresences.Count);
        (var presences, duePlays, var part) = await FindPresencesAsync(facts, duePlays, plays, cancellation);
        if (part is not null) duePresences = [];
        var (pairs, takenPlays, takenPresences) = ExposureDifference.Pair(duePlays, duePresences, plays, presences, EnoughPairs);
        (duePlays, duePresences) = (duePlays[..takenPlays], duePresences[..takenPresences]);
        var changes = pairs.Count == 0 ? []
            : ExposureDifference.Find(pairs, await facts.FindExposuresAsync(pairs, cancellation), calendar, threshold);
        var rollups = new RollupChanges(siteId, calendar);
        foreach (var change in changes)
        {
            if (change.Old is { } old) rollups.Add(old, -1);
            if (change.New is { } now) rollups.Add(now, +1);
        }
        foreach (var due in duePresences)
        {
            if (due.Counted is { } counted) rollups.AddPresence(counted, threshold, -1);
            rollups.AddPresence(Count(due.Presence), threshold, +1);
        }
        await using (var exposures = new NpgsqlBatch(connection))
        {
            Write(exposures, changes);
            if (exposures.BatchCommands.Count > 0) await exposures.ExecuteNonQueryAsync(cancellation);
        }
        await new PersonRollups(connection, calendar, rollups).UpdateAsync(duePresences, changes, cancellation);
        await using (var rest = new NpgsqlBatch(connection))
        {
            rollups.AddTo(rest);
            AddTotals(rest, rollups);
            if (part?.UpTo is not null) rest.Add("UPDATE plays SET exposures_up_to = $2 WHERE id = $1", part.Id, part.UpTo);
            else ClearMarks(rest, duePlays, duePresences);
            await rest.ExecuteNonQueryAsync(cancellation);
        }
        await News.AddAsync(connection, NewsKind.Campaign, changes.Select(c => (c.Old ?? c.New!).CampaignId), cancellation);
        await transaction.CommitAsync(cancellation);
        var more = held is (SiteFacts.MaxDue, _) or (_, SiteFacts.MaxDue) || held != (takenPlays, takenPresences) || part?.UpTo is not null;
        return (new([.. changes.Select(c => (c.Old ?? c.New!).CampaignId).Distinct()], BroughtBy(plays, duePlays, changes), more), []);
    }

    // Of as many due plays as have few enough presences together. If the first alone has more, of the next part of it: then the play with
    // the last presence of that part, or null after the last part.
    private async Task<(List<PresenceFact> Presences, List<Guid> DuePlays, PlayFact? Part)> FindPresencesAsync(
        SiteFacts facts, List<Guid> duePlays, List<PlayFact> plays, CancellationToken cancellation)
    {
        var due = plays.ToDictionary(p => p.Id);
        if (duePlays.Count > 0 && due.GetValueOrDefault(duePlays[0])?.UpTo is not null) duePlays = duePlays[..1];
        while (true)
        {
            List<PlayFact> some = [.. duePlays.Where(due.ContainsKey).Select(id => due[id])];
            var presences = await facts.FindPresencesAsync(some, EnoughPairs + 1, cancellation);
            if (presences.Count <= EnoughPairs) return (presences, duePlays, null);
            if (duePlays.Count > 1)
            {
                duePlays = duePlays[..(duePlays.Count / 2)];
                continue;
            }
            presences = await facts.FindPresencesAfterAsync(some[0], EnoughPairs, cancellation);
            return (presences, duePlays, some[0] with { UpTo = presences.Count == EnoughPairs ? presences[^1].Id : null });
        }
    }

    private static Dictionary<Guid, int> BroughtBy(List<PlayFact> plays, List<Guid> due, IReadOnlyList<ExposureChange> changes)
    {
        var updated = due.ToHashSet();
        var brought = plays.Where(p => p.Measured && updated.Contains(p.Id)).ToDictionary(p => p.Id, _ => 0);
        foreach (var change in changes)
        {
            var play = (change.Old ?? change.New!).PlayId;
            if (!brought.TryGetValue(play, out var count)) continue;
            brought[play] = count + (change.New?.OnTarget == true ? 1 : 0) - (change.Old?.OnTarget == true ? 1 : 0);
        }
        return brought;
    }

    private static CountedPresence Count(PresenceFact presence) => new(
        presence.ScreenId, presence.Interval.From, presence.Segment,
        (int)((presence.Interval.To - presence.Interval.From).Ticks / TimeSpan.TicksPerMillisecond),
        (int)ExposureRollups.Milliseconds(presence.SecondsAttentive));

    private static void Write(NpgsqlBatch batch, IReadOnlyList<ExposureChange> changes)
    {
        var rows = changes.Select(c => c.New).OfType<Exposure>().ToList();
        if (rows.Count > 0)
        {
            TValue[] All<TValue>(Func<Exposure, TValue> value) => [.. rows.Select(value)];
            batch.Add("""
                INSERT INTO exposures (day, play_id, presence_id, campaign_id, creative_id, organisation_id, screen_id, person_id, segment,
                                       on_target, at, seconds_present, seconds_attentive, completed, watched)
                SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                ON CONFLICT (day, play_id, presence_id) DO UPDATE SET
                    person_id = excluded.person_id, segment = excluded.segment, on_target = excluded.on_target, at = excluded.at,
                    seconds_present = excluded.seconds_present, seconds_attentive = excluded.seconds_attentive,
                    completed = excluded.completed,
                    watched = excluded.watched
                """,
                All(e => e.Day), All(e => e.PlayId), All(e => e.PresenceId), All(e => e.CampaignId), All(e => e.CreativeId),
                All(e => e.OrganisationId), All(e => e.ScreenId), All(e => e.PersonId), All(e => (int)e.Segment), All(e => e.OnTarget),
                All(e => e.At), All(e => e.SecondsPresent), All(e => e.SecondsAttentive), All(e => e.Completed), All(e => e.Watched));
        }
        var gone = changes.Where(c => c.New is null).Select(c => c.Old!).ToList();
        if (gone.Count > 0)
        {
            batch.Add("""
                DELETE FROM exposures e USING unnest($1, $2, $3) AS g (day, play_id, presence_id)
                WHERE e.day = g.day AND e.play_id = g.play_id AND e.presence_id = g.presence_id
                """,
                gone.Select(e => e.Day).ToArray(), gone.Select(e => e.PlayId).ToArray(), gone.Select(e => e.PresenceId).ToArray());
        }
    }

    private static void AddTotals(NpgsqlBatch batch, RollupChanges rollups)
    {
        foreach (var (campaign, (impressions, onTarget)) in rollups.Totals.OrderBy(t => t.Key))
        {
            batch.Add("""
                UPDATE campaign_totals SET impressions = impressions + $2, target_impressions = target_impressions + $3
                    WHERE campaign_id = $1
                """, campaign, impressions, onTarget);
        }
    }

    private static void ClearMarks(NpgsqlBatch batch, List<Guid> plays, List<DuePresence> presences)
    {
        if (plays.Count > 0)
            batch.Add("UPDATE plays SET exposures_due = false, exposures_up_to = NULL WHERE id = ANY ($1)", plays.ToArray());
        if (presences.Count == 0) return;
        var counted = presences.Select(s => Count(s.Presence)).ToList();
        batch.Add("""
            UPDATE presences p SET exposures_due = false, counted_segment = c.segment, counted_present_ms = c.present,
                counted_attentive_ms = c.attentive
            FROM unnest($1, $2, $3, $4, $5) AS c (screen_id, id, segment, present, attentive)
            WHERE p.screen_id = c.screen_id AND p.id = c.id
            """,
            counted.Select(c => c.ScreenId).ToArray(), presences.Select(s => s.Id).ToArray(), counted.Select(c => (int)c.Segment).ToArray(),
            counted.Select(c => c.PresentMs).ToArray(), counted.Select(c => c.AttentiveMs).ToArray());
    }
}
