using FaceAd.Core;
using FaceAd.Web.Data;
using Npgsql;

namespace FaceAd.Web.Exposures;

/// <summary>
/// Maintains the days on which people were seen and exposed, and derives the changes to the rollups. Runs after the exposures have been
/// written, in their transaction; the site is locked, so that a person's rows have one writer.
/// </summary>
sealed class PersonRollups(NpgsqlConnection connection, SiteCalendar calendar, RollupChanges rollups)
{
    private readonly List<Visit> _visits = [];
    private readonly List<PersonDay> _days = [];
    private readonly List<Visit> _leftVisits = [];

    public async Task UpdateAsync(
        IReadOnlyList<DuePresence> presences, IReadOnlyList<ExposureChange> changes, CancellationToken cancellation)
    {
        var persons = await ReadPersonsAsync(
            [.. presences.Select(s => s.Presence.PersonId).Concat(changes.SelectMany(c => new[] { c.Old?.PersonId, c.New?.PersonId }))
                .OfType<Guid>().Distinct().Order()],
            cancellation);
        if (persons.Count == 0) return;
        var ids = persons.Select(p => p.Id).ToArray();
        var visits = (await ReadVisitsAsync(ids, cancellation)).ToLookup(v => v.PersonId);
        var days = (await ReadDaysAsync(ids, cancellation)).ToLookup(d => d.PersonId);
        var presencesOf = presences.Where(s => s.Presence.PersonId is not null).ToLookup(s => s.Presence.PersonId!.Value, s => s.Presence);
        var changesOf = changes.SelectMany(c =>
            new[] { c.Old?.PersonId, c.New?.PersonId }.OfType<Guid>().Distinct().Select(p => (Person: p, Change: c)))
            .ToLookup(c => c.Person, c => c.Change);
        var targets = await ReadTargetsAsync(
            [.. days.SelectMany(d => d.Select(r => r.CampaignId)).Concat(changes.Select(c => (c.Old ?? c.New!).CampaignId)).Distinct()],
            cancellation);
        foreach (var person in persons)
        {
            await MoveVisitsAsync(person, [.. visits[person.Id]], presencesOf[person.Id], changesOf[person.Id], cancellation);
            await MoveDaysAsync(person, [.. days[person.Id]], changesOf[person.Id], targets, cancellation);
        }
        await WriteAsync(cancellation);
    }

    private async Task MoveVisitsAsync(
        PersonInEpoch person, IReadOnlyList<Visit> rows, IEnumerable<PresenceFact> presences, IEnumerable<ExposureChange> changes,
        CancellationToken cancellation)
    {
        var before = rows.Select(v => (v.Day, v.ScreenId)).ToHashSet();
        var now = before.ToHashSet();
        foreach (var presence in presences)
        {
            foreach (var day in DaysOf(presence.Interval).Where(d => calendar.EpochOf(d) == person.Epoch))
                now.Add((day, presence.ScreenId));
        }
        foreach (var change in changes)
        {
            if (change.New is { } added && added.PersonId == person.Id) now.Add((added.Day, added.ScreenId));
            else if (change.Old is { } gone && !await WasThereAsync(person.Id, gone.Day, gone.ScreenId, cancellation))
                now.Remove((gone.Day, gone.ScreenId));
        }
        var known = rows.Count > 0 ? person with { Segment = rows[0].Segment } : person;
        if (now.SetEquals(before) && known == person) return;
        rollups.AddVisits(known, before.Select(v => v.Day), -1);
        rollups.AddVisits(person, now.Select(v => v.Day), +1);
        _visits.AddRange((known == person ? now.Except(before) : now).Select(Visited));
        _leftVisits.AddRange(before.Except(now).Select(Visited));

        Visit Visited((DateOnly Day, Guid ScreenId) v) =>
            new() { PersonId = person.Id, Day = v.Day, ScreenId = v.ScreenId, Segment = person.Segment };
    }

    private async Task MoveDaysAsync(
        PersonInEpoch person, IReadOnlyList<PersonDay> rows, IEnumerable<ExposureChange> changes, Dictionary<Guid, int[]> targets,
        CancellationToken cancellation)
    {
        var before = rows.ToDictionary(Cell);
        var now = before.ToDictionary(c => c.Key, c => c.Value);
        foreach (var change in changes)
        {
            if (change.Old is { } old && old.PersonId == person.Id) now[Cell(old)] = await WithoutAsync(now[Cell(old)], old, cancellation);
            if (change.New is { } added && added.PersonId == person.Id)
                now[Cell(added)] = With(now.GetValueOrDefault(Cell(added)), added, person);
        }
        var known = rows.Count > 0 ? person with { Segment = rows[0].Segment } : person;
        foreach (var cell in now.Keys.ToList())
        {
            if (now[cell].Segment != person.Segment) now[cell] = now[cell] with { Segment = person.Segment };
        }
        foreach (var campaign in now.Values.Select(r => r.CampaignId).Distinct())
        {
            bool Targeted(Segment segment) => targets.GetValueOrDefault(campaign)?.Contains((int)segment) == true;
            rollups.AddReach(known, Targeted(known.Segment), [.. before.Values.Where(r => r.CampaignId == campaign)], -1);
            rollups.AddReach(person, Targeted(person.Segment), [.. now.Values.Where(r => r.CampaignId == campaign && r.Exposures > 0)], +1);
        }
        _days.AddRange(now.Where(c => !before.TryGetValue(c.Key, out var was) || was != c.Value).Select(c => c.Value));
    }

    private static (Guid, DateOnly, Guid, Guid) Cell(PersonDay row) => (row.CampaignId, row.Day, row.ScreenId, row.CreativeId);

    private static (Guid, DateOnly, Guid, Guid) Cell(Exposure e) => (e.CampaignId, e.Day, e.ScreenId, e.CreativeId);

    private static PersonDay With(PersonDay? row, Exposure added, PersonInEpoch person) => row is null || row.Exposures == 0
        ? new PersonDay
        {
            CampaignId = added.CampaignId,
            Day = added.Day,
            ScreenId = added.ScreenId,
            CreativeId = added.CreativeId,
            PersonId = person.Id,
            Segment = person.Segment,
            Exposures = 1,
            FirstAt = added.At,
        }
        : row with { Exposures = row.Exposures + 1, FirstAt = added.At < row.FirstAt ? added.At : row.FirstAt };

    // Removing a row's first exposure requires a lookup of the next one: rare, since presences only grow.
    private async Task<PersonDay> WithoutAsync(PersonDay row, Exposure gone, CancellationToken cancellation)
    {
        var first = row.FirstAt;
        if (gone.At <= row.FirstAt && row.Exposures > 1)
        {
            var left = await connection.QueryAsync("""
                SELECT min(at) FROM exposures WHERE campaign_id = $1 AND day = $2 AND screen_id = $3 AND creative_id = $4 AND person_id = $5
                """, [row.CampaignId, row.Day, row.ScreenId, row.CreativeId, row.PersonId],
                r => r.IsDBNull(0) ? first : r.GetFieldValue<DateTimeOffset>(0), cancellation);
            first = left[0];
        }
        return row with { Exposures = row.Exposures - 1, FirstAt = first };
    }

    private IEnumerable<DateOnly> DaysOf(Span presence)
    {
        var last = calendar.DayOf(presence.To > presence.From ? presence.To.AddTicks(-1) : presence.From);
        for (var day = calendar.DayOf(presence.From); day <= last; day = day.AddDays(1)) yield return day;
    }

    private async Task<bool> WasThereAsync(Guid person, DateOnly day, Guid screen, CancellationToken cancellation) =>
        (await connection.QueryAsync("""
            SELECT EXISTS (SELECT 1 FROM presences WHERE person_id = $1 AND screen_id = $2 AND seen_from < $4
                AND (seen_to > $3 OR seen_from >= $3))
                OR EXISTS (SELECT 1 FROM exposures WHERE day = $5 AND screen_id = $2 AND person_id = $1)
            """, [person, screen, calendar.StartOf(day), calendar.StartOf(day.AddDays(1)), day], r => r.GetBoolean(0), cancellation))[0];

    private Task<List<PersonInEpoch>> ReadPersonsAsync(Guid[] ids, CancellationToken cancellation) => connection.QueryAsync(
        "SELECT id, epoch, segment FROM persons WHERE id = ANY ($1) ORDER BY id", [ids],
        r => new PersonInEpoch(r.GetGuid(0), r.GetInt32(1), (Segment)r.GetInt32(2)), cancellation);

    private Task<List<Visit>> ReadVisitsAsync(Guid[] persons, CancellationToken cancellation) => connection.QueryAsync(
        "SELECT person_id, day, screen_id, segment FROM visits WHERE person_id = ANY ($1)", [persons],
        r => new Visit
        {
            PersonId = r.GetGuid(0),
            Day = r.GetFieldValue<DateOnly>(1),
            ScreenId = r.GetGuid(2),
            Segment = (Segment)r.GetInt32(3),
        }, cancellation);

    private Task<List<PersonDay>> ReadDaysAsync(Guid[] persons, CancellationToken cancellation) => connection.QueryAsync(
        "SELECT campaign_id, day, screen_id, creative_id, person_id, segment, exposures, first_at FROM person_days WHERE person_id = ANY ($1)", [persons],
        r => new PersonDay
        {
            CampaignId = r.GetGuid(0),
            Day = r.GetFieldValue<DateOnly>(1),
            ScreenId = r.GetGuid(2),
            CreativeId = r.GetGuid(3),
            PersonId = r.GetGuid(4),
            Segment = (Segment)r.GetInt32(5),
            Exposures = r.GetInt32(6),
            FirstAt = r.GetFieldValue<DateTimeOffset>(7),
        }, cancellation);

    private async Task<Dictionary<Guid, int[]>> ReadTargetsAsync(Guid[] campaigns, CancellationToken cancellation) =>
        (await connection.QueryAsync(
            "SELECT id, targets FROM campaigns WHERE id = ANY ($1)", [campaigns], r =>
                (r.GetGuid(0), r.GetFieldValue<int[]>(1)), cancellation))
        .ToDictionary(c => c.Item1, c => c.Item2);

    private async Task WriteAsync(CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        ExposureRollups.Visits.AddRowsTo(batch, [.. _visits]);
        ExposureRollups.Visits.AddDeletesTo(batch, [.. _leftVisits]);
        ExposureRollups.PersonDays.AddRowsTo(batch, [.. _days.Where(d => d.Exposures > 0)]);
        ExposureRollups.PersonDays.AddDeletesTo(batch, [.. _days.Where(d => d.Exposures == 0)]);
        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellation);
    }
}
