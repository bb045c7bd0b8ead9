using FaceAd.Core;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Tests.Audiences;

/// <summary>
/// The plain way to write reports, one statement each: what the store must be equal to. It knows nothing of attention samples.
/// </summary>
static class OneByOneStore
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

    public static async Task WriteAsync(NpgsqlDataSource database, ScreenEntry screen, AudienceReport report, Recognition recognition)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var person in recognition.NewPersons)
            batch.Add(InsertPerson, person.Id, person.SiteId, person.Epoch, (int)person.Segment, person.FirstSeenAt, person.Template);
        foreach (var (person, template) in recognition.Templates)
            batch.Add("UPDATE persons SET template = $2 WHERE id = $1", person, template);
        batch.Add(MergeAudience, screen.Id, report.AudienceId, report.OpenedAt.ToUniversalTime(), report.At.ToUniversalTime(),
            (int)report.State, report.Sequence, report.ModelVersion);
        foreach (var presence in report.Presences)
        {
            var confidence = presence.Segments?.Confidence ?? 0;
            var segment = confidence >= PersonRegister.MinSegmentConfidence ? presence.Segments!.Value.Top : Segment.Unknown;
            batch.Add(MergePresence, screen.Id, presence.PresenceId, report.AudienceId, report.Sequence, presence.From.ToUniversalTime(),
                presence.To.ToUniversalTime(), presence.SecondsAttentive, (int)segment, confidence, presence.ChildProbability,
                recognition.PersonOf.TryGetValue(presence.PresenceId, out var person) ? person : null);
        }
        foreach (var (person, segment) in recognition.Segments)
        {
            batch.Add("UPDATE persons SET segment = $2 WHERE id = $1", person, (int)segment);
            batch.Add("UPDATE presences SET exposures_due = true WHERE person_id = $1", person);
        }
        await batch.ExecuteNonQueryAsync();
    }
}
