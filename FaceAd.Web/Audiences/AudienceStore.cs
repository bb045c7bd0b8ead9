using FaceAd.Contracts;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Audiences;

/// <summary>
/// Writes reports. Every statement merges by sequence, so that a report applied twice, late or out of order leaves the
/// same rows as the reports in order.
/// </summary>
sealed class AudienceStore(NpgsqlDataSource database)
{
    private const string InsertPerson = """
        INSERT INTO persons (id, site_id, epoch, segment, first_seen_at, template)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING
        """;

    private const string MergeAudience = """
        INSERT INTO audiences (screen_id, id, opened_at, at, state, sequence, model_version)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (screen_id, id) DO UPDATE SET at = excluded.at, state = excluded.state, sequence = excluded.sequence
        WHERE audiences.sequence < excluded.sequence
        """;

    private const string MergePresence = """
        INSERT INTO presences (screen_id, id, audience_id, sequence, seen_from, seen_to, seconds_attentive, segment,
                               confidence, child_probability, person_id, exposures_due)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, true)
        ON CONFLICT (screen_id, id) DO UPDATE SET
            sequence = excluded.sequence, seen_to = excluded.seen_to, seconds_attentive = excluded.seconds_attentive,
            segment = excluded.segment, confidence = excluded.confidence, child_probability = excluded.child_probability,
            person_id = COALESCE(presences.person_id, excluded.person_id), exposures_due = true
        WHERE presences.sequence < excluded.sequence
        """;

    private const string RewriteTemplate = "UPDATE persons SET template = $2 WHERE id = $1";

    private const string FixSegment = "UPDATE persons SET segment = $2 WHERE id = $1";

    private const string MarkStays = "UPDATE presences SET exposures_due = true WHERE person_id = $1";

    public async Task WriteAsync(IReadOnlyList<(ScreenEntry Screen, AudienceReport Report, Recognition Recognition)> items, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var standing = await EpochFence.HoldAsync(connection, items.Select(i => i.Recognition.Lease).OfType<EpochLease>(), cancellation);
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (screen, report, recognised) in items)
        {
            // Persons of an epoch that was destroyed in the meantime are not written.
            var recognition = recognised.Lease is { } lease && !standing.Contains(lease) ? Recognition.Nobody : recognised;
            foreach (var person in recognition.NewPersons)
                batch.Add(InsertPerson, person.Id, person.SiteId, person.Epoch, (int)person.Segment, person.FirstSeenAt, person.Template);
            foreach (var (person, template) in recognition.Templates) batch.Add(RewriteTemplate, person, template);
            batch.Add(MergeAudience, screen.Id, report.AudienceId, report.OpenedAt.ToUniversalTime(), report.At.ToUniversalTime(),
                (int)report.State, report.Sequence, report.ModelVersion);
            foreach (var presence in report.Presences) AddPresence(batch, screen.Id, report, presence, recognition);
            foreach (var (person, segment) in recognition.Segments)
            {
                batch.Add(FixSegment, person, (int)segment);
                batch.Add(MarkStays, person);
            }
        }
        await batch.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static void AddPresence(NpgsqlBatch batch, Guid screenId, AudienceReport report, PresenceReport presence, Recognition recognition)
    {
        var confidence = presence.Segments?.Confidence ?? 0;
        var segment = confidence >= PersonRegister.SureEnough ? presence.Segments!.Value.Top : Segment.Unknown;
        batch.Add(MergePresence, screenId, presence.PresenceId, report.AudienceId, report.Sequence, presence.From.ToUniversalTime(),
            presence.To.ToUniversalTime(), presence.SecondsAttentive, (int)segment, confidence, presence.ChildProbability,
            recognition.PersonOf.TryGetValue(presence.PresenceId, out var person) ? person : null);
    }
}
