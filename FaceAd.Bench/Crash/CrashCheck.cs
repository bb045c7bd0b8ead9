using FaceAd.Core;
using FaceAd.Web.Audiences;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Plays;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Bench.Crash;

/// <summary>Compares the database with the players' ledger, and all counts with a recount. Nothing else may run meanwhile.</summary>
sealed class CrashCheck
{
    private const int Shown = 5;
    private static readonly TimeSpan Tolerance = TimeSpan.FromMicroseconds(2); // PostgreSQL keeps microseconds
    private readonly List<string> _faults = [];
    private readonly CrashLedger _ledger;
    private readonly FaceAdDbContext _db;

    private CrashCheck(FaceAdDbContext db, CrashLedger ledger) => (_db, _ledger) = (db, ledger);

    /// <summary>Database context of the database under test.</summary>
    public static FaceAdDbContext NewContext(NpgsqlDataSource database) =>
        new(new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql(database).Options);

    /// <summary>Runs all checks.</summary>
    /// <param name="database">The database.</param>
    /// <param name="ledger">Facts sent and acknowledged.</param>
    /// <param name="cancellation">Cancels the checks.</param>
    /// <returns>The faults, and the number of exposures.</returns>
    public static async Task<(IReadOnlyList<string> Faults, int Exposures)> RunAsync(
        NpgsqlDataSource database, CrashLedger ledger, CancellationToken cancellation)
    {
        await using var db = NewContext(database);
        var check = new CrashCheck(db, ledger);
        var plays = await db.Plays.AsNoTracking().ToListAsync(cancellation);
        var presences = await db.Presences.AsNoTracking().ToListAsync(cancellation);
        check.ComparePlays(plays);
        var sealedPlays = await db.Set<SealedPlay>().Select(s => s.PlayId).ToHashSetAsync(cancellation);
        check.Complain("plays have no seal", plays.Select(p => p.Id).Where(id => !sealedPlays.Contains(id)));
        check.ComparePresences(presences);
        await check.ComparePersonsAsync(presences, cancellation);
        check.CompareAudiences(await db.Audiences.AsNoTracking().ToListAsync(cancellation));
        var exposures = await check.CompareExposuresAsync(plays, presences, cancellation);
        await check.CompareTotalsAsync(plays, cancellation);
        check._faults.AddRange(await CompareRollupsAsync(database, cancellation));
        return (check._faults, exposures);
    }

    private static async Task<IReadOnlyList<string>> CompareRollupsAsync(NpgsqlDataSource database, CancellationToken cancellation) =>
        [.. (await new RollupAuditor(database).CompareAsync(cancellation))
            .Take(Shown)
            .Select(d => $"rollup {d.Table} differs from a rebuild: {d.Row}")];

    private void ComparePlays(List<Play> rows)
    {
        var found = rows.ToDictionary(p => p.Id); // the primary key rules out duplicates
        Complain("acknowledged plays are missing", _ledger.AcknowledgedPlays.Keys.Where(id => !found.ContainsKey(id)));
        Complain("plays were never sent", found.Keys.Where(id => !_ledger.Plays.ContainsKey(id)));
        Complain("plays differ from what was sent", found.Values.Where(p => _ledger.Plays.TryGetValue(p.Id, out var sent) && !(
            sent.Screen == p.ScreenId && sent.Report.CreativeId == p.CreativeId && sent.Report.Measured == p.Measured
                && sent.Report.End == p.End
            && Same(sent.Report.StartedAt, p.StartedAt) && Same(sent.Report.EndedAt, p.EndedAt))).Select(p => p.Id));
    }

    private void ComparePresences(List<Presence> rows)
    {
        var found = rows.ToDictionary(p => (p.ScreenId, p.Id));
        var sent = _ledger.Reports.SelectMany(r => r.Value.Report.Presences, (r, p) =>
            (Key: (r.Value.Screen, p.PresenceId), r.Value.Report, Presence: p,
                IsAcknowledged: _ledger.AcknowledgedReports.ContainsKey(r.Key)))
            .GroupBy(s => s.Key).ToDictionary(g => g.Key, g => g.ToList());
        Complain("presences were never sent", found.Keys.Where(k => !sent.ContainsKey(k)));
        foreach (var (key, reports) in sent)
        {
            var newest = reports.Where(r => r.IsAcknowledged).Select(r => r.Report.Sequence).DefaultIfEmpty().Max();
            if (!found.TryGetValue(key, out var row))
            {
                if (newest > 0) _faults.Add($"presence {key.PresenceId} is missing, acknowledged up to report {newest}");
                continue;
            }
            // Unacknowledged facts may have been applied as well.
            if (row.Sequence < newest) _faults.Add($"presence {key.PresenceId} shows report {row.Sequence}, acknowledged up to {newest}");
            var shown = reports.Where(r => r.Report.Sequence == row.Sequence).Select(r => r.Presence).FirstOrDefault();
            if (shown is null || !Same(shown.From, row.From) || !Same(shown.To, row.To)
                || Math.Abs(shown.SecondsAttentive - row.SecondsAttentive) > 1e-6)
                _faults.Add($"presence {key.PresenceId} differs from its report {row.Sequence}");
            CompareAttention(row, [.. reports.Select(r => (r.Presence, r.IsAcknowledged))]);
        }
    }

    private void CompareAttention(Presence row, List<(PresenceReport Presence, bool IsAcknowledged)> reports)
    {
        var kept = row.AttentionAt.Zip(row.AttentionSeconds).ToHashSet();
        static (float, float) Sample(PresenceReport p) => ((float)(p.To - p.From).TotalSeconds, (float)p.SecondsAttentive);
        var told = reports.Where(r => r.Presence.To > r.Presence.From).ToList();
        if (told.Any(r => r.IsAcknowledged && !kept.Contains(Sample(r.Presence))))
            _faults.Add($"presence {row.Id} has lost acknowledged attention");
        if (kept.Except(told.Select(r => Sample(r.Presence))).Any())
            _faults.Add($"presence {row.Id} has attention that was never reported");
    }

    /// <summary>Whoever was recognised is one person in an epoch, and nobody else.</summary>
    private async Task ComparePersonsAsync(List<Presence> rows, CancellationToken cancellation)
    {
        var faces = _ledger.Reports.Values.SelectMany(r => r.Report.Presences).Where(p => p.Views.Count > 0)
            .DistinctBy(p => p.PresenceId).ToDictionary(p => p.PresenceId, p => Residents.Of(p.Views[0]));
        var epochs = await _db.Persons.AsNoTracking().ToDictionaryAsync(p => p.Id, p => p.Epoch, cancellation);
        var known = rows.Where(r => r.PersonId is not null && faces.ContainsKey(r.Id))
            .Select(r => (Person: r.PersonId!.Value, Face: faces[r.Id])).Distinct().ToList();
        Complain("people were enrolled twice",
            known.CountBy(k => (k.Face, epochs[k.Person])).Where(c => c.Value > 1).Select(c => $"face {c.Key.Face}: {c.Value} persons"));
        Complain("persons are two people", known.CountBy(k => k.Person).Where(c => c.Value > 1).Select(c => c.Key));
    }

    private void CompareAudiences(List<Audience> rows)
    {
        var found = rows.ToDictionary(a => a.Id);
        var newest = _ledger.AcknowledgedReports.Keys.GroupBy(k => k.Audience).ToDictionary(g => g.Key, g => g.Max(k => k.Sequence));
        Complain("acknowledged audiences are missing or old",
            newest.Where(n => !found.TryGetValue(n.Key, out var row) || row.Sequence < n.Value).Select(n => n.Key));
    }

    /// <summary>
    /// Exposures by definition: each presence during each measured play of a campaign on the same screen, for at least a second.
    /// </summary>
    private async Task<int> CompareExposuresAsync(List<Play> plays, List<Presence> presences, CancellationToken cancellation)
    {
        var persons = await _db.Persons.AsNoTracking().ToDictionaryAsync(p => p.Id, p => p.Segment, cancellation);
        var targets = await _db.Campaigns.AsNoTracking().ToDictionaryAsync(c => c.Id, c => c.Targets, cancellation);
        var lengths = await _db.Creatives.AsNoTracking().ToDictionaryAsync(c => c.Id, c => c.Seconds, cancellation);
        var seen = presences.ToLookup(s => s.ScreenId);
        Dictionary<(Guid, Guid), string> naive = [];
        foreach (var play in plays.Where(p => p.Measured && p.CampaignId is not null))
        {
            foreach (var presence in seen[play.ScreenId].Where(s => s.From < play.EndedAt && s.To > play.StartedAt))
            {
                var seconds = (new[] { play.EndedAt, presence.To }.Min() - new[] { play.StartedAt, presence.From }.Max()).TotalSeconds;
                if (seconds < 1) continue;
                var segment = presence.PersonId is { } person ? persons[person] : presence.Segment;
                naive[(play.Id, presence.Id)] = Text(
                    play.CampaignId!.Value, presence.PersonId, segment, targets[play.CampaignId.Value]
                        .Contains(segment), seconds, seconds >= lengths[play.CreativeId] - 0.5);
            }
        }
        var rows = await _db.Exposures.AsNoTracking().ToListAsync(cancellation);
        var found = rows.ToDictionary(e => (e.PlayId, e.PresenceId), e =>
            Text(e.CampaignId, e.PersonId, e.Segment, e.OnTarget, e.SecondsPresent, e.Completed));
        Complain("exposures are missing", naive.Keys.Where(k => !found.ContainsKey(k)));
        Complain("exposures are none", found.Keys.Where(k => !naive.ContainsKey(k)));
        Complain("exposures differ", naive.Where(n => found.TryGetValue(n.Key, out var text) && text != n.Value)
            .Select(n => $"{n.Value} but {found[n.Key]}"));
        Complain("exposures have impossible attention",
            rows.Where(e => e.SecondsAttentive < 0 || e.SecondsAttentive > e.SecondsPresent + 0.01).Select(e => e.PlayId));
        return rows.Count;
    }

    private async Task CompareTotalsAsync(List<Play> plays, CancellationToken cancellation)
    {
        var exposures = await _db.Exposures.AsNoTracking().GroupBy(e => e.CampaignId)
            .Select(g => new { g.Key, All = g.LongCount(), Target = g.LongCount(e => e.OnTarget) })
            .ToDictionaryAsync(g => g.Key, g => (g.All, g.Target), cancellation);
        var totals = await _db.CampaignTotals.AsNoTracking().ToDictionaryAsync(t => t.CampaignId, cancellation);
        var recount = plays.Where(p => p.CampaignId is not null).GroupBy(p => p.CampaignId!.Value).ToDictionary(
            g => g.Key, g => $"{g.Count()} plays, {g.Count(p => p.Measured)} measured, {exposures.GetValueOrDefault(g.Key)} exposures, last {g.Max(p => p.StartedAt):O}");
        foreach (var (campaign, expected) in recount)
        {
            var total = totals.GetValueOrDefault(campaign);
            var stored = total is null ? "nothing" : $"{total.Plays} plays, {total.MeasuredPlays} measured, {(total.Impressions, total.TargetImpressions)} exposures, last {total.LastPlayAt:O}";
            if (stored != expected) _faults.Add($"totals of campaign {campaign}: {stored} instead of {expected}");
        }
    }

    private static string Text(Guid campaign, Guid? person, Segment segment, bool onTarget, double seconds, bool completed) =>
        $"{campaign} {person} {segment} {onTarget} {Math.Round(seconds, 3):F3} {completed}";

    private static bool Same(DateTimeOffset a, DateTimeOffset b) => (a - b).Duration() <= Tolerance;

    private void Complain<T>(string what, IEnumerable<T> which)
    {
        var all = which.ToList();
        if (all.Count > 0) _faults.Add($"{all.Count} {what}: {string.Join(", ", all.Take(Shown))}");
    }
}
