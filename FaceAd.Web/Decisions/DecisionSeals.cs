using System.Buffers.Binary;
using System.Security.Cryptography;
using FaceAd.Core.Offline;
using FaceAd.Web.Cluster;
using FaceAd.Web.Data;
using FaceAd.Web.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace FaceAd.Web.Decisions;

/// <summary>
/// Makes the identities of decisions, and recognises them. An identity is a UUID of version 7: 48 bits of time in milliseconds, 12 bits of
/// a running number and, in place of 62 random bits, an HMAC-SHA256 of these with the screen and the creative, under the installation's
/// key. So a play that names its decision proves that this installation took it for that screen and creative, and when: on every node, and
/// without a row, which may be written later or lost in a crash. 62 bits suffice, because every guess is a report to the server.
/// <para>What a screen may play by itself is sealed likewise: an <see cref="OfflineSlice"/> and 48 bits of its HMAC.</para>
/// </summary>
sealed class DecisionSeals(
    [ScreensPool] NpgsqlDataSource database, IDataProtectionProvider protection, TimeProvider time, ILogger<DecisionSeals> log,
    SiteOwnership? ownership = null)
    : IHostedService
{
    private const int Named = 8; // bytes of time, version and number
    private readonly IDataProtector _ring = protection.CreateProtector("FaceAd.DecisionSeals");
    private byte[]? _key;
    private int _made;

    /// <summary>Reads the key; makes it at the installation's first start.</summary>
    /// <exception cref="StartException">It cannot be read here, and another node uses it.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var key = RandomNumberGenerator.GetBytes(32);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            "INSERT INTO decision_keys (id, protected_key, created_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
            [DecisionKey.Only, _ring.Protect(key), time.GetUtcNow()], cancellationToken);
        var stored = await connection.QueryAsync(
            "SELECT protected_key FROM decision_keys WHERE id = $1", [DecisionKey.Only], r => r.GetFieldValue<byte[]>(0),
            cancellationToken);
        try
        {
            key = _ring.Unprotect(stored[0]);
        }
        catch (CryptographicException)
        {
            // Each would take the other's decisions for forged.
            var nodes = await connection.QueryAsync(
                "SELECT coalesce(address, id::text) FROM nodes WHERE id <> $1 AND expires_at > clock_timestamp()",
                [ownership?.NodeId ?? Guid.Empty], r => r.GetString(0), cancellationToken);
            if (nodes.Count > 0)
            {
                throw new StartException(
                    $"The key of decisions cannot be read, and {nodes[0]} uses it: all nodes need the same key ring, DATA/keys.");
            }
            log.LogError(
                "The key of decisions cannot be read: was the folder of the key ring restored with the database? A new key is used; "
                + "earlier decisions are known by their rows alone");
            await connection.ExecuteAsync("UPDATE decision_keys SET protected_key = $2, created_at = $3 WHERE id = $1",
                [DecisionKey.Only, _ring.Protect(key), time.GetUtcNow()], cancellationToken);
        }
        _key = key;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The identity of a decision. Ascending over time to the millisecond, and never twice the same.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="creativeId">The creative chosen; null for the house loop.</param>
    /// <param name="at">When it was taken.</param>
    public Guid Make(Guid screenId, Guid? creativeId, DateTimeOffset at)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, at.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteUInt16BigEndian(id[6..], (ushort)(0x7000 | (Interlocked.Increment(ref _made) & 0x0FFF)));
        Seal(id, Named, screenId, creativeId ?? Guid.Empty);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>Seals what a screen may play of a creative by itself.</summary>
    /// <param name="screenId">The screen.</param>
    /// <param name="creativeId">The creative.</param>
    /// <param name="slice">How often, and when.</param>
    public Guid Make(Guid screenId, Guid creativeId, OfflineSlice slice)
    {
        Span<byte> id = stackalloc byte[16];
        slice.WriteTo(id);
        Seal(id, OfflineSlice.Named, screenId, creativeId);
        return new Guid(id, bigEndian: true);
    }

    /// <summary>What a screen was allowed to play by itself; null unless this installation allowed it, of this creative.</summary>
    /// <param name="decisionId">The decision, as a screen names it.</param>
    /// <param name="screenId">The screen.</param>
    /// <param name="creativeId">The creative.</param>
    public OfflineSlice? SliceOf(Guid decisionId, Guid screenId, Guid creativeId) =>
        OfflineSlice.In(decisionId) is { } slice && IsSealed(decisionId, OfflineSlice.Named, screenId, creativeId) ? slice : null;

    /// <summary>The key that makes the ids of a screen's own plays: no other screen can name them.</summary>
    public Guid PlayKey(Guid screenId)
    {
        Span<byte> text = stackalloc byte[20];
        "play"u8.CopyTo(text);
        screenId.TryWriteBytes(text[4..]);
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key, text, code);
        return new Guid(code[..16]);
    }

    /// <summary>When a decision was taken; null unless this installation took it, for this screen and this creative.</summary>
    /// <param name="decisionId">The decision, as a screen names it.</param>
    /// <param name="screenId">The screen.</param>
    /// <param name="creativeId">The creative.</param>
    public DateTimeOffset? TimeOf(Guid decisionId, Guid screenId, Guid creativeId)
    {
        if (decisionId.Version != 7 || !IsSealed(decisionId, Named, screenId, creativeId)) return null;
        Span<byte> id = stackalloc byte[16];
        decisionId.TryWriteBytes(id, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(id) >>> 16);
    }

    private byte[] Key => _key ?? throw new InvalidOperationException("The key of decisions has not been read.");

    private bool IsSealed(Guid decisionId, int named, Guid screenId, Guid creativeId)
    {
        Span<byte> told = stackalloc byte[16];
        Span<byte> own = stackalloc byte[16];
        decisionId.TryWriteBytes(told, bigEndian: true, out _);
        told[..named].CopyTo(own);
        Seal(own, named, screenId, creativeId);
        return CryptographicOperations.FixedTimeEquals(told, own);
    }

    // The first bytes name something, and the rest seals it. Of what is named, the version of the UUID tells what it is.
    private void Seal(Span<byte> id, int named, Guid screenId, Guid creativeId)
    {
        Span<byte> text = stackalloc byte[named + 32];
        id[..named].CopyTo(text);
        screenId.TryWriteBytes(text[named..]);
        creativeId.TryWriteBytes(text[(named + 16)..]);
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key, text, code);
        code[..(16 - named)].CopyTo(id[named..]);
        id[8] = (byte)(0x80 | (id[8] & 0x3F)); // the variant of a UUID
    }
}

/// <summary>The key that seals decisions, itself encrypted under the installation's key ring.</summary>
sealed class DecisionKey
{
    /// <summary>An installation has one key.</summary>
    public const int Only = 1;

    /// <summary>Always <see cref="Only"/>.</summary>
    public required int Id { get; init; }

    public required byte[] ProtectedKey { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

sealed class DecisionKeyConfiguration : IEntityTypeConfiguration<DecisionKey>
{
    public void Configure(EntityTypeBuilder<DecisionKey> builder)
    {
        builder.ToTable("decision_keys");
        builder.Property(k => k.Id).ValueGeneratedNever();
    }
}
