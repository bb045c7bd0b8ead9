using FaceAd.Core;
using FaceAd.Core.Proof;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Npgsql;
using NpgsqlTypes;

namespace FaceAd.Web.Plays;

/// <summary>
/// Checks the seals of play reports on arrival, and stores those that hold. A play without a seal of a key of its screen is disputed.
/// </summary>
sealed class PlaySeals(ScreenKeys keys)
{
    private const string Copy = """
        COPY play_seals (key_id, number, play_id, started_at, measured, payload_hash, previous, signature) FROM STDIN (FORMAT BINARY)
        """;

    private const string Insert = """
        INSERT INTO play_seals (key_id, number, play_id, started_at, measured, payload_hash, previous, signature)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) ORDER BY 1, 2
        """;

    /// <summary>Finds, in the order of the reports, what is to be stored of each seal, or why its play is disputed.</summary>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async ValueTask<List<(SealedPlay? Seal, DisputeReason? Dispute)>> CheckAsync(
        ScreenEntry screen, IReadOnlyList<PlayReport> reports, CancellationToken cancellation)
    {
        var known = await keys.FindAsync(
            screen.Id, reports.Where(r => r.Seal is { IsSound: true }).Select(r => r.Seal!.Key), cancellation);
        var mayRegister = true;
        List<(SealedPlay?, DisputeReason?)> checks = new(reports.Count);
        foreach (var report in reports)
        {
            if (report.Seal is not { } seal)
            {
                checks.Add((null, DisputeReason.NotSigned));
                continue;
            }
            if (!seal.IsSound)
            {
                checks.Add((null, DisputeReason.WrongSignature));
                continue;
            }
            var hash = PlayPayload.Hash(PlayPayload.Write(screen.Id, report));
            var link = PlaySeal.LinkOf(seal.Previous, seal.Number, hash);
            var fingerprint = PlayKey.FingerprintOf(seal.Key);
            var isKnown = known.TryGetValue(fingerprint, out var entry);
            var key = isKnown ? entry.Key : PlayKey.Read(seal.Key);
            if (key?.Verify(link, seal.Signature) != true)
            {
                if (!isKnown) key?.Dispose();
                checks.Add((null, DisputeReason.WrongSignature));
                continue;
            }
            if (!isKnown)
            {
                // Once too many, the rest of the request is not worth a query each.
                if (!mayRegister || await keys.RegisterAsync(screen, key, cancellation) is not { } registered)
                {
                    mayRegister = false;
                    checks.Add((null, DisputeReason.UnknownKey));
                    continue;
                }
                known[fingerprint] = entry = registered;
            }
            checks.Add((new SealedPlay
            {
                KeyId = entry.Id,
                Number = seal.Number,
                PlayId = report.PlayId,
                StartedAt = Play.Stored(report.StartedAt),
                Measured = report.Measured,
                PayloadHash = hash,
                Previous = seal.Previous,
                Signature = seal.Signature,
            }, null));
        }
        return checks;
    }

    /// <summary>Stores the seals of new plays, in their transaction.</summary>
    /// <exception cref="PostgresException">A number is used already; the transaction has failed.</exception>
    public static async Task CopyAsync(NpgsqlConnection connection, IEnumerable<Play> plays, CancellationToken cancellation)
    {
        var seals = Of(plays);
        if (seals.Length == 0) return;
        await using var copy = await connection.BeginBinaryImportAsync(Copy, cancellation);
        foreach (var seal in seals)
        {
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(seal.KeyId, NpgsqlDbType.Integer, cancellation);
            await copy.WriteAsync(seal.Number, NpgsqlDbType.Bigint, cancellation);
            await copy.WriteAsync(seal.PlayId, NpgsqlDbType.Uuid, cancellation);
            await copy.WriteAsync(seal.StartedAt, NpgsqlDbType.TimestampTz, cancellation);
            await copy.WriteAsync(seal.Measured, NpgsqlDbType.Boolean, cancellation);
            await copy.WriteAsync(seal.PayloadHash, NpgsqlDbType.Bytea, cancellation);
            await copy.WriteAsync(seal.Previous, NpgsqlDbType.Bytea, cancellation);
            await copy.WriteAsync(seal.Signature, NpgsqlDbType.Bytea, cancellation);
        }
        await copy.CompleteAsync(cancellation);
    }

    /// <summary>Stores the seals of new plays, in their transaction.</summary>
    /// <param name="connection">The transaction's connection.</param>
    /// <param name="plays">The plays.</param>
    /// <param name="skipUsed">
    /// Whether a seal is left out whose number another node has stored meanwhile. Disputed plays need none; no play is billed without.
    /// </param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="PostgresException">A number is used already; the transaction has failed.</exception>
    public static Task InsertAsync(
        NpgsqlConnection connection, IEnumerable<Play> plays, bool skipUsed, CancellationToken cancellation)
    {
        var seals = Of(plays);
        T[] Column<T>(Func<SealedPlay, T> value) => Array.ConvertAll(seals, s => value(s));
        return seals.Length == 0 ? Task.CompletedTask : connection.ExecuteAsync(
            skipUsed ? Insert + " ON CONFLICT (key_id, number) DO NOTHING" : Insert,
            [
                Column(s => s.KeyId), Column(s => s.Number), Column(s => s.PlayId), Column(s => s.StartedAt), Column(s => s.Measured),
                Column(s => s.PayloadHash), Column(s => s.Previous), Column(s => s.Signature),
            ],
            cancellation);
    }

    // Same order everywhere, so that two groups cannot deadlock.
    private static SealedPlay[] Of(IEnumerable<Play> plays) =>
        [.. plays.Select(p => p.Seal).OfType<SealedPlay>().OrderBy(s => s.KeyId).ThenBy(s => s.Number)];
}
