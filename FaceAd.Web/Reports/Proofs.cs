using System.Data;
using System.Runtime.CompilerServices;
using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;

namespace FaceAd.Web.Reports;

/// <summary>A key in an export: the numbers between its first and its last play in the days asked for.</summary>
sealed record ProofRange(ScreenEntry Screen, int KeyId, byte[] PublicKey, DateTimeOffset RegisteredAt, long First, long Last);

/// <summary>What an export will hold, as of one moment.</summary>
sealed record ProofPlan(
    Campaign Campaign, DateOnly From, DateOnly To, IReadOnlyList<(ScreenEntry Screen, long Counted)> Screens,
    IReadOnlyList<ProofRange> Keys, DateTimeOffset At);

/// <summary>
/// Exports the signed plays of a campaign, and checks such files. An export holds the chains of the screens that showed the campaign: its
/// own plays in full, of all others the number and the hash, which tells nothing, since the id of a play is random.
/// </summary>
sealed class Proofs(NpgsqlDataSource database, ScreenDirectory screens, TimeProvider time)
{
    /// <summary>The most days of an export.</summary>
    public const int MostDays = 31;

    /// <summary>The most plays of an export, all chains together: 200 MB.</summary>
    public const long MostPlays = 1_000_000;

    /// <summary>The most bytes of a file to check.</summary>
    public const int MaxFile = 32 * 1024 * 1024;

    private const int PageRows = 2_000;

    private const string CountedPlays = """
        SELECT screen_id, sum(plays)::bigint FROM play_days
        WHERE campaign_id = $1 AND day BETWEEN $2 AND $3 AND ($4::uuid IS NULL OR screen_id = $4) GROUP BY screen_id
        """;

    // The count keeps the planner from looking for the least number along the whole chain.
    private const string Ranges = """
        SELECT k.screen_id, k.id, k.public_key, k.registered_at, r.first, r.last
        FROM unnest($1, $2, $3) AS w (screen_id, since, until) JOIN screen_keys k ON k.screen_id = w.screen_id
        CROSS JOIN LATERAL (
            SELECT min(number) AS first, max(number) AS last, count(*) AS plays FROM play_seals
            WHERE key_id = k.id AND started_at >= w.since AND started_at < w.until) AS r
        WHERE r.plays > 0 ORDER BY k.screen_id, k.registered_at, k.id
        """;

    private const string Page = """
        SELECT s.number, s.payload_hash, s.previous, s.signature, s.measured, p.id, p.decision_id, p.creative_id, p.started_at, p.ended_at,
               p."end", p.frames_presented
        FROM play_seals s LEFT JOIN plays p
            ON p.id = s.play_id AND p.screen_id = $4 AND p.campaign_id = $5 AND p.day BETWEEN $6 AND $7
        WHERE s.key_id = $1 AND s.number > $2 AND s.number <= $3 ORDER BY s.number LIMIT $8
        """;

    // A long export or check takes seconds of a core; a slow reader must not keep the others out.
    private const int MostAtOnce = 8;
    private readonly HashSet<(Guid Organisation, bool Checks)> _busy = [];

    /// <summary>Enters the few who export or check at the same time, of each organisation one; dispose to leave.</summary>
    /// <exception cref="BusyException">There are as many as may be.</exception>
    public IDisposable Enter(Guid organisation, bool checks)
    {
        lock (_busy)
        {
            if (_busy.Count >= MostAtOnce || !_busy.Add((organisation, checks)))
                throw new BusyException("Other proofs are being written or checked. Try again in a moment.");
        }
        return new Place(_busy, (organisation, checks));
    }

    /// <summary>Plans an export.</summary>
    /// <param name="campaign">The campaign. The caller checks that the reader may see it.</param>
    /// <param name="from">First day, of each screen's site.</param>
    /// <param name="to">Last day.</param>
    /// <param name="screen">One screen; null for all.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The plan; null when it would hold more than <see cref="MostPlays"/>.</returns>
    public async Task<ProofPlan?> PlanAsync(
        Campaign campaign, DateOnly from, DateOnly to, Guid? screen, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // At one moment: a play that is counted is in the chain, too.
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var counts = await connection.QueryAsync(
            CountedPlays, [campaign.Id, from, to, screen], r => (Screen: r.GetGuid(0), Plays: r.GetInt64(1)), cancellation);
        List<(ScreenEntry Screen, long Counted)> shown = [.. counts
            .Select(c => (Screen: screens.Find(c.Screen)!, c.Plays)).Where(c => c.Screen is not null)
            .OrderBy(c => c.Screen.SiteName, StringComparer.Ordinal).ThenBy(c => c.Screen.Name, StringComparer.Ordinal)];
        var entries = shown.ToDictionary(s => s.Screen.Id, s => s.Screen);
        var keys = await connection.QueryAsync(
            Ranges,
            [
                shown.Select(s => s.Screen.Id).ToArray(), shown.Select(s => s.Screen.Calendar.StartOf(from)).ToArray(),
                shown.Select(s => s.Screen.Calendar.StartOf(to.AddDays(1))).ToArray(),
            ],
            r => new ProofRange(
                entries[r.GetGuid(0)], r.GetInt32(1), r.GetFieldValue<byte[]>(2), r.GetFieldValue<DateTimeOffset>(3), r.GetInt64(4),
                r.GetInt64(5)),
            cancellation);
        return keys.Sum(k => k.Last - k.First + 1) > MostPlays ? null : new ProofPlan(campaign, from, to, shown, keys, time.GetUtcNow());
    }

    /// <summary>Reads an export, line by line. It holds no connection while a line is sent.</summary>
    public async IAsyncEnumerable<ProofLine> ReadAsync(ProofPlan plan, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var lines = 1L;
        yield return new ProofLine
        {
            Format = ProofLine.Format1,
            Campaign = plan.Campaign.Id,
            Name = plan.Campaign.Name,
            From = plan.From,
            To = plan.To,
            MadeAt = plan.At,
        };
        foreach (var (screen, counted) in plan.Screens)
        {
            lines++;
            yield return new ProofLine { Screen = screen.Id, Name = screen.Name, Site = screen.SiteName, Counted = counted };
            foreach (var key in plan.Keys.Where(k => k.Screen.Id == screen.Id))
            {
                lines++;
                yield return new ProofLine
                {
                    Key = PlayKey.FingerprintOf(key.PublicKey),
                    PublicKey = key.PublicKey,
                    RegisteredAt = key.RegisteredAt,
                };
                await foreach (var line in ReadAsync(plan, key, cancellation))
                {
                    lines++;
                    yield return line;
                }
            }
        }
        yield return new ProofLine { Lines = lines };
    }

    /// <summary>Checks a file.</summary>
    /// <param name="organisation">Who checks it.</param>
    /// <param name="file">The file; the caller limits its size to <see cref="MaxFile"/>.</param>
    /// <param name="expected">Fingerprints of the keys to trust; null to trust those in the file.</param>
    /// <param name="cancellation">Cancels the check.</param>
    /// <exception cref="ProofFileException">It is no export of proofs.</exception>
    /// <exception cref="BusyException">Too many are being checked.</exception>
    public async Task<ProofSummary> CheckAsync(
        Guid organisation, Stream file, IReadOnlySet<string>? expected, CancellationToken cancellation)
    {
        using var place = Enter(organisation, checks: true);
        using var reader = new StreamReader(file);
        return await Task.Run(() => ProofCheck.RunAsync(reader, expected, cancellation), cancellation);
    }

    // Of what is left out before and after, the links tell; so each part of the chain begins with one and ends with a signature.
    private async IAsyncEnumerable<ProofLine> ReadAsync(
        ProofPlan plan, ProofRange key, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ProofLine? waiting = null;
        var last = -2L; // before the first, which follows nothing
        await foreach (var line in ReadRowsAsync(plan, key, cancellation))
        {
            var follows = waiting?.Number + 1 == line.Number;
            if (waiting is not null) yield return Trim(waiting, isFirst: last + 1 != waiting.Number, isLast: !follows);
            if (waiting is not null) last = waiting.Number!.Value;
            waiting = line;
        }
        if (waiting is not null) yield return Trim(waiting, isFirst: last + 1 != waiting.Number, isLast: true);
    }

    private static ProofLine Trim(ProofLine line, bool isFirst, bool isLast)
    {
        var isSigned = line.Payload is not null || isLast;
        return line with { Previous = isSigned || isFirst ? line.Previous : null, Signature = isSigned ? line.Signature : null };
    }

    private async IAsyncEnumerable<ProofLine> ReadRowsAsync(
        ProofPlan plan, ProofRange key, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var after = key.First - 1; after < key.Last;)
        {
            List<ProofLine> rows;
            await using (var connection = await database.OpenConnectionAsync(cancellation))
            {
                rows = await connection.QueryAsync(
                    Page, [key.KeyId, after, key.Last, key.Screen.Id, plan.Campaign.Id, plan.From, plan.To, PageRows],
                    r => ToLine(key.Screen.Id, r), cancellation);
            }
            foreach (var row in rows) yield return row;
            if (rows.Count < PageRows) break;
            after = rows[^1].Number!.Value;
        }
    }

    private static ProofLine ToLine(Guid screen, NpgsqlDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Hash = row.GetFieldValue<byte[]>(1),
        Previous = row.GetFieldValue<byte[]>(2),
        Signature = row.GetFieldValue<byte[]>(3),
        // From the play's row: where that is not what was signed, the hash will not fit.
        Payload = row.IsDBNull(5) ? null : PlayPayload.Write(screen, new PlayReport
        {
            PlayId = row.GetGuid(5),
            DecisionId = row.IsDBNull(6) ? null : row.GetGuid(6),
            CreativeId = row.GetGuid(7),
            StartedAt = row.GetFieldValue<DateTimeOffset>(8),
            EndedAt = row.GetFieldValue<DateTimeOffset>(9),
            End = (PlayEnd)row.GetInt32(10),
            Measured = row.GetBoolean(4),
            FramesPresented = row.GetInt32(11),
        }),
    };

    private sealed class Place(HashSet<(Guid, bool)> busy, (Guid, bool) who) : IDisposable
    {
        public void Dispose()
        {
            lock (busy) busy.Remove(who);
        }
    }
}
