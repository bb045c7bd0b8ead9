using System.Collections.Concurrent;
using System.Security.Cryptography;
using FaceAd.Web.Data;
using FaceAd.Web.Privacy;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace FaceAd.Web.Audiences.Persons;

/// <summary>A key that is in use.</summary>
/// <param name="Lease">Which one.</param>
/// <param name="Cipher">What it encrypts with.</param>
sealed record EpochKeyInUse(EpochLease Lease, TemplateCipher Cipher);

/// <summary>
/// Keeps one key per site and epoch. Keys are stored encrypted under the installation's key ring, which lies outside the
/// database: a stolen database shows no template.
/// </summary>
sealed class EpochKeys(
    [ScreensPool] NpgsqlDataSource database, IDataProtectionProvider protection, TimeProvider time, ILogger<EpochKeys> log)
{
    private readonly IDataProtector _ring = protection.CreateProtector("FaceAd.EpochKeys");
    private readonly ConcurrentDictionary<(Guid Site, int Epoch), EpochKeyInUse> _known = new();

    /// <summary>
    /// The key of a site's epoch, made at the first call; null when the epoch's person records have been destroyed at its end.
    /// </summary>
    /// <param name="siteId">The site.</param>
    /// <param name="epoch">Number of the epoch.</param>
    public async Task<EpochKeyInUse?> GetAsync(Guid siteId, int epoch)
    {
        if (_known.TryGetValue((siteId, epoch), out var known)) return known;
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        // Two nodes may run this at once, or one while another ends the epoch.
        await EpochFence.CloseAsync(connection, siteId, epoch, default);
        var (id, key) = (Guid.NewGuid(), RandomNumberGenerator.GetBytes(32));
        await connection.ExecuteAsync("""
            INSERT INTO epoch_keys (id, site_id, epoch, protected_key, created_at)
            SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM erasure_records WHERE site_id = $2 AND epoch = $3 AND reason = $6)
            ON CONFLICT (site_id, epoch) DO NOTHING
            """, [id, siteId, epoch, _ring.Protect(key), time.GetUtcNow(), (int)EpochEndReason.Ended], default);
        var rows = await connection.QueryAsync(
            "SELECT id, protected_key FROM epoch_keys WHERE site_id = $1 AND epoch = $2", [siteId, epoch],
            r => (Id: r.GetGuid(0), Key: r.GetFieldValue<byte[]>(1)), default);
        if (rows is not [var row]) return null;
        try
        {
            (id, key) = (row.Id, _ring.Unprotect(row.Key));
        }
        catch (CryptographicException)
        {
            // The key ring was lost or replaced: what was encrypted under the old key can never be read again.
            log.LogError(
                "The key of epoch {Epoch} at site {SiteId} cannot be read: was the folder of the key ring restored with the database? "
                + "A new key is used; people of that epoch will count as new", epoch, siteId);
            await connection.ExecuteAsync("UPDATE epoch_keys SET id = $1, protected_key = $2 WHERE site_id = $3 AND epoch = $4",
                [id, _ring.Protect(key), siteId, epoch], default);
        }
        await transaction.CommitAsync();
        return _known[(siteId, epoch)] = new EpochKeyInUse(new EpochLease(siteId, epoch, id), new TemplateCipher(key));
    }

    /// <summary>Whether a key still exists in the database.</summary>
    /// <param name="lease">The key.</param>
    public async Task<bool> StandsAsync(EpochLease lease)
    {
        await using var connection = await database.OpenConnectionAsync();
        return (await connection.QueryAsync("SELECT 1 FROM epoch_keys WHERE id = $1", [lease.KeyId], _ => true, default)).Count > 0;
    }

    /// <summary>Overwrites and drops a key. No other thread may be encrypting with it at the same moment.</summary>
    /// <param name="lease">The key; another one of the same epoch is kept.</param>
    public void Drop(EpochLease lease)
    {
        if (!_known.TryGetValue((lease.SiteId, lease.Epoch), out var known) || known.Lease != lease) return;
        _known.TryRemove(new((lease.SiteId, lease.Epoch), known));
        known.Cipher.Wipe();
    }

    /// <summary>The keys that this process remembers.</summary>
    public IReadOnlyList<EpochLease> Known => [.. _known.Values.Select(k => k.Lease)];
}
