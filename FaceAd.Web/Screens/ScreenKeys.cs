using System.Collections.Concurrent;
using FaceAd.Core.Proof;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Data;
using FaceAd.Web.Notifications;
using Npgsql;

namespace FaceAd.Web.Screens;

/// <summary>
/// The keys of the screens' players, in memory once they are known; what is not there may be in the database, where another node has put
/// it. A key is registered by the first play that it has signed: the signature covers the screen, so it proves that the screen's player has
/// the private half, and no play waits for a registration that the server may have lost. A key after a screen's first is told to the media
/// owner.
/// </summary>
sealed class ScreenKeys([ScreensPool] NpgsqlDataSource database, TimeProvider time, ILogger<ScreenKeys> log)
{
    /// <summary>The most new keys of one screen in 24 hours. A player makes one when its files are lost.</summary>
    public const int MostNew = 10;

    private const int Kept = 50_000;

    private readonly ConcurrentDictionary<(Guid Screen, string Fingerprint), (int Id, PlayKey Key)> _keys = new();

    /// <summary>A screen's keys among some, by fingerprint; unknown ones are missing.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="publicKeys">Public keys; duplicates are ignored.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async ValueTask<Dictionary<string, (int Id, PlayKey Key)>> FindAsync(
        Guid screenId, IEnumerable<byte[]> publicKeys, CancellationToken cancellation)
    {
        Dictionary<string, (int, PlayKey)> found = [];
        Dictionary<string, byte[]> unknown = [];
        foreach (var key in publicKeys)
        {
            var fingerprint = PlayKey.FingerprintOf(key);
            if (_keys.TryGetValue((screenId, fingerprint), out var known)) found[fingerprint] = known;
            else unknown[fingerprint] = key;
        }
        if (unknown.Count == 0) return found;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var rows = await connection.QueryAsync(
            "SELECT id, public_key FROM screen_keys WHERE screen_id = $1 AND public_key = ANY ($2)", [screenId, unknown.Values.ToArray()],
            r => (r.GetInt32(0), r.GetFieldValue<byte[]>(1)), cancellation);
        foreach (var (id, publicKey) in rows)
        {
            if (PlayKey.Read(publicKey) is { } key) found[key.Fingerprint] = Remember(screenId, id, key);
        }
        return found;
    }

    /// <summary>Registers a screen's key. The caller has seen a signature of this screen's made with it.</summary>
    /// <param name="screen">The screen.</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The key; null when the screen has had too many new ones.</returns>
    /// <exception cref="NpgsqlException">The database is unavailable.</exception>
    public async Task<(int Id, PlayKey Key)?> RegisterAsync(ScreenEntry screen, PlayKey key, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        // One after the other, on whichever node, so that they are counted.
        await connection.ExecuteAsync("SELECT 1 FROM screens WHERE id = $1 FOR NO KEY UPDATE", [screen.Id], cancellation);
        var others = await connection.QueryAsync(
            "SELECT id, public_key, registered_at FROM screen_keys WHERE screen_id = $1", [screen.Id],
            r => (Id: r.GetInt32(0), Key: r.GetFieldValue<byte[]>(1), At: r.GetFieldValue<DateTimeOffset>(2)), cancellation);
        foreach (var other in others)
        {
            if (other.Key.AsSpan().SequenceEqual(key.PublicKey)) return Remember(screen.Id, other.Id, key);
        }
        if (others.Count(k => k.At > now.AddDays(-1)) >= MostNew) return null;
        var id = (await connection.QueryAsync(
            "INSERT INTO screen_keys (screen_id, public_key, registered_at) VALUES ($1, $2, $3) RETURNING id",
            [screen.Id, key.PublicKey, now], r => r.GetInt32(0), cancellation))[0];
        if (others.Count > 0)
        {
            await AuditLog.AddAsync(
                connection,
                AuditLog.Entry(null, now, AuditVerb.ScreenKeyChanged, AuditSubject.Screen, screen.Id, screen.Name,
                    new Dictionary<string, string> { ["fingerprint"] = key.Fingerprint }), cancellation);
            await connection.NotifyOfScreensAsync(NotificationKind.ScreenKeyChanged, [screen.Id], now, cancellation);
        }
        await transaction.CommitAsync(cancellation);
        log.LogInformation("Screen {ScreenId} signs its plays with key {Fingerprint}", screen.Id, key.Fingerprint);
        return Remember(screen.Id, id, key);
    }

    private (int Id, PlayKey Key) Remember(Guid screenId, int id, PlayKey key)
    {
        if (_keys.Count > Kept) _keys.Clear();
        return _keys[(screenId, key.Fingerprint)] = (id, key);
    }
}
