using FaceAd.Core;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Audiences;

/// <summary>
/// Writes reports, many at a time: one statement for each table. Everything merges by sequence, so that a report applied twice, late or
/// out of order leaves the same rows as the reports in order. One writer at a time for each site, on whichever node; rows are locked in
/// the order of their keys.
/// </summary>
sealed class AudienceStore([ScreensPool] NpgsqlDataSource database)
{
    private const int Tries = 4;

    // A presence and its person belong to one site, so that the holder of its lock finds all rows as the writer before left them.
    private const string LockSites = $"""
        SELECT {Sql.EndIfHung}, pg_advisory_xact_lock(hashtextextended('facead.audiences.' || id, 0))
            FROM (SELECT unnest($1)::text AS id ORDER BY 1) AS sites
        """;

    private const string LockPresences = """
        SELECT p.screen_id, p.id, p.audience_id, p.seen_from, p.sequence, p.seen_to, p.seconds_attentive, p.segment, p.confidence,
               p.child_probability, p.person_id, p.attention_at, p.attention_seconds
        FROM presences p JOIN unnest($1, $2) AS k (screen_id, id) ON p.screen_id = k.screen_id AND p.id = k.id
        ORDER BY p.screen_id, p.id FOR UPDATE OF p
        """;

    private const string InsertPersons = """
        INSERT INTO persons (id, site_id, epoch, segment, first_seen_at, template)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS t (id) ORDER BY id ON CONFLICT (id) DO NOTHING
        """;

    private const string RewriteTemplates = """
        WITH t AS MATERIALIZED (
            SELECT p.id, k.template FROM persons p JOIN unnest($1, $2) AS k (id, template) ON p.id = k.id ORDER BY p.id FOR UPDATE OF p)
        UPDATE persons p SET template = t.template FROM t WHERE p.id = t.id
        """;

    private const string MergeAudiences = """
        INSERT INTO audiences (screen_id, id, opened_at, at, state, sequence, model_version)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) AS t (screen_id, id) ORDER BY screen_id, id
        ON CONFLICT (screen_id, id) DO UPDATE SET at = excluded.at, state = excluded.state, sequence = excluded.sequence
        WHERE audiences.sequence < excluded.sequence
        """;

    // Attention of all presences comes in one array, of which each has a slice: arrays of arrays of different lengths do not exist.
    private const string InsertPresences = """
        INSERT INTO presences (screen_id, id, audience_id, seen_from, sequence, seen_to, seconds_attentive, segment, confidence,
                               child_probability, person_id, attention_at, attention_seconds, exposures_due)
        SELECT t.screen_id, t.id, t.audience_id, t.seen_from, t.sequence, t.seen_to, t.seconds_attentive, t.segment, t.confidence,
               t.child_probability, t.person_id, ($14)[t.first:t.last], ($15)[t.first:t.last], true
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS t (screen_id, id, sequence, seen_to, seconds_attentive,
             segment, confidence, child_probability, person_id, first, last, audience_id, seen_from)
        ORDER BY t.screen_id, t.id
        """;

    private const string UpdatePresences = """
        UPDATE presences p SET
            sequence = t.sequence, seen_to = t.seen_to, seconds_attentive = t.seconds_attentive, segment = t.segment,
            confidence = t.confidence, child_probability = t.child_probability, person_id = t.person_id,
            attention_at = ($12)[t.first:t.last], attention_seconds = ($13)[t.first:t.last], exposures_due = true
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS t (screen_id, id, sequence, seen_to, seconds_attentive,
             segment, confidence, child_probability, person_id, first, last)
        WHERE p.screen_id = t.screen_id AND p.id = t.id
        """;

    private const string FixSegments = """
        WITH t AS MATERIALIZED (
            SELECT p.id, k.segment FROM persons p JOIN unnest($1, $2) AS k (id, segment) ON p.id = k.id ORDER BY p.id FOR UPDATE OF p)
        UPDATE persons p SET segment = t.segment FROM t WHERE p.id = t.id
        """;

    private const string MarkPresences = """
        WITH t AS MATERIALIZED (SELECT screen_id, id FROM presences WHERE person_id = ANY ($1) ORDER BY screen_id, id FOR UPDATE)
        UPDATE presences p SET exposures_due = true FROM t WHERE p.screen_id = t.screen_id AND p.id = t.id
        """;

    /// <summary>Commits reports, in one transaction.</summary>
    /// <param name="items">Reports in the order in which they came, with what was recognised in them.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task WriteAsync(
        IReadOnlyList<(ScreenEntry Screen, AudienceReport Report, Recognition Recognition)> items, CancellationToken cancellation)
    {
        if (items.Count == 0) return;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await WriteAsync(connection, items, cancellation);
                return;
            }
            catch (PostgresException exception) when (exception.SqlState.StartsWith("40", StringComparison.Ordinal) && attempt < Tries)
            {
                // A deadlock with another writer that marks presences: nothing was written, try again.
            }
        }
    }

    private static async Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<(ScreenEntry Screen, AudienceReport Report, Recognition Recognition)> recognised,
        CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.ExecuteAsync(LockSites, [recognised.Select(i => i.Screen.SiteId).Distinct().ToArray()], cancellation);
        await SiteLease.HoldAsync(connection, recognised.Select(i => i.Recognition.Site).OfType<SiteLease>(), cancellation);
        var standing = await EpochFence.HoldAsync(
            connection, recognised.Select(i => i.Recognition.Epoch).OfType<EpochLease>(), cancellation);
        // People of an epoch that was destroyed in the meantime are not written.
        var items = recognised.Select(i => i.Recognition.Epoch is { } lease && !standing.Contains(lease)
            ? i with { Recognition = Recognition.Nobody } : i).ToList();
        var merges = await MergeAsync(connection, items, cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        AddPersons(batch, [.. items.Select(i => i.Recognition)]);
        AddAudiences(batch, items);
        if (merges.Where(s => !s.IsStored).ToList() is { Count: > 0 } fresh)
            AddPresences(
                batch, InsertPresences, fresh, [fresh.ConvertAll(s => s.AudienceId).ToArray(), fresh.ConvertAll(s => s.From).ToArray()]);
        if (merges.Where(s => s is { IsStored: true, HasChanged: true }).ToList() is { Count: > 0 } changed)
            AddPresences(batch, UpdatePresences, changed, []);
        AddSegments(batch, [.. items.Select(i => i.Recognition)]);
        News.Add(batch, NewsKind.Site, items.Select(i => i.Screen.SiteId));
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task<IReadOnlyCollection<PresenceMerge>> MergeAsync(
        NpgsqlConnection connection, IReadOnlyList<(ScreenEntry Screen, AudienceReport Report, Recognition Recognition)> items,
        CancellationToken cancellation)
    {
        var keys = items.SelectMany(i => i.Report.Presences, (i, p) => (Screen: i.Screen.Id, Presence: p.PresenceId)).ToHashSet();
        if (keys.Count == 0) return [];
        var stored = await connection.QueryAsync(
            LockPresences, [keys.Select(k => k.Screen).ToArray(), keys.Select(k => k.Presence).ToArray()],
            r => PresenceMerge.Stored(
                r.GetGuid(0), r.GetGuid(1), r.GetGuid(2), r.GetFieldValue<DateTimeOffset>(3),
                new PresenceState(r.GetInt32(4), r.GetFieldValue<DateTimeOffset>(5), r.GetDouble(6), (Segment)r.GetInt32(7), r.GetDouble(8),
                    r.IsDBNull(9) ? null : r.GetDouble(9)),
                r.IsDBNull(10) ? null : r.GetGuid(10), new AttentionSamples(r.GetFieldValue<float[]>(11), r.GetFieldValue<float[]>(12))),
            cancellation);
        var merges = stored.ToDictionary(s => (s.ScreenId, s.Id));
        foreach (var (screen, report, recognition) in items)
        {
            foreach (var presence in report.Presences)
            {
                var key = (screen.Id, presence.PresenceId);
                if (!merges.TryGetValue(key, out var merge)) merges[key] = merge = PresenceMerge.New(screen.Id, presence.PresenceId);
                merge.Apply(report, presence, recognition.PersonOf.TryGetValue(presence.PresenceId, out var person) ? person : null);
            }
        }
        return merges.Values;
    }

    private static void AddPersons(NpgsqlBatch batch, List<Recognition> recognitions)
    {
        if (recognitions.SelectMany(r => r.NewPersons).DistinctBy(p => p.Id).ToList() is { Count: > 0 } persons)
        {
            batch.Add(
                InsertPersons, persons.ConvertAll(p => p.Id).ToArray(), persons.ConvertAll(p => p.SiteId).ToArray(),
                persons.ConvertAll(p => p.Epoch).ToArray(),
                persons.ConvertAll(p => (int)p.Segment).ToArray(), persons.ConvertAll(p => p.FirstSeenAt.ToUniversalTime()).ToArray(),
                persons.ConvertAll(p => p.Template).ToArray());
        }
        if (Newest(recognitions.SelectMany(r => r.Templates)) is { Count: > 0 } templates)
            batch.Add(RewriteTemplates, templates.Keys.ToArray(), templates.Values.ToArray());
    }

    private static void AddSegments(NpgsqlBatch batch, List<Recognition> recognitions)
    {
        if (Newest(recognitions.SelectMany(r => r.Segments)) is not { Count: > 0 } segments) return;
        batch.Add(FixSegments, segments.Keys.ToArray(), segments.Values.Select(s => (int)s).ToArray());
        batch.Add(MarkPresences, segments.Keys.ToArray());
    }

    private static Dictionary<Guid, T> Newest<T>(IEnumerable<KeyValuePair<Guid, T>> pairs)
    {
        Dictionary<Guid, T> newest = [];
        foreach (var (key, value) in pairs) newest[key] = value;
        return newest;
    }

    private static void AddAudiences(
        NpgsqlBatch batch, IReadOnlyList<(ScreenEntry Screen, AudienceReport Report, Recognition Recognition)> items)
    {
        // As one by one: what never changes comes from the report that came first, the rest from the highest sequence.
        var audiences = items.GroupBy(i => (Screen: i.Screen.Id, i.Report.AudienceId))
            .Select(g => (g.Key.Screen, First: g.First().Report, Newest: g.MaxBy(i => i.Report.Sequence).Report)).ToList();
        batch.Add(
            MergeAudiences, audiences.ConvertAll(a => a.Screen).ToArray(), audiences.ConvertAll(a => a.First.AudienceId).ToArray(),
            audiences.ConvertAll(a => a.First.OpenedAt.ToUniversalTime()).ToArray(),
            audiences.ConvertAll(a => a.Newest.At.ToUniversalTime()).ToArray(),
            audiences.ConvertAll(a => (int)a.Newest.State).ToArray(), audiences.ConvertAll(a => a.Newest.Sequence).ToArray(),
            audiences.ConvertAll(a => a.First.ModelVersion).ToArray());
    }

    private static void AddPresences(NpgsqlBatch batch, string sql, List<PresenceMerge> merges, object[] further)
    {
        List<int> first = [], last = [];
        var samples = 0;
        foreach (var merge in merges)
        {
            first.Add(samples + 1); // SQL counts from 1; a slice that ends before it begins is empty
            last.Add(samples += merge.Attention.At.Length);
        }
        T[] Column<T>(Converter<PresenceMerge, T> value) => [.. merges.ConvertAll(value)];
        batch.Add(
            sql,
            [
                Column(s => s.ScreenId), Column(s => s.Id), Column(s => s.State.Sequence), Column(s => s.State.To),
                Column(s => s.State.SecondsAttentive), Column(s => (int)s.State.Segment), Column(s => s.State.Confidence),
                Column(s => s.State.ChildProbability), Column(s => s.PersonId), first.ToArray(), last.ToArray(), .. further,
                merges.SelectMany(s => s.Attention.At).ToArray(), merges.SelectMany(s => s.Attention.Seconds).ToArray(),
            ]);
    }
}
