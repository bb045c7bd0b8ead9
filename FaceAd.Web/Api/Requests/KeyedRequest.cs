using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace FaceAd.Web.Api.Requests;

/// <summary>
/// A request with an idempotency key: what it asked for. The same key with another body is refused, else what that asks for would be lost
/// without a word. Only a request that was refused frees its key: of one without an answer nobody knows what it did.
/// </summary>
sealed class KeyedRequest
{
    /// <summary>Derived from organisation, method, path and key.</summary>
    public Guid Id { get; init; }

    /// <summary>SHA-256 of the body.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>When it came first.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}

sealed class KeyedRequestConfiguration : IEntityTypeConfiguration<KeyedRequest>
{
    public void Configure(EntityTypeBuilder<KeyedRequest> builder)
    {
        builder.ToTable("keyed_requests").HasKey(r => r.Id);
        builder.HasIndex(r => r.CreatedAt);
    }
}

/// <summary>Keeps what was asked for with each idempotency key, for 90 days.</summary>
sealed class KeyedRequests(NpgsqlDataSource database)
{
    // Each new one takes some old ones along, so that none stay.
    private const string BeginSql = """
        WITH old AS (
            DELETE FROM keyed_requests WHERE id IN (
                SELECT id FROM keyed_requests WHERE created_at < now() - interval '90 days' AND id <> $1 ORDER BY created_at LIMIT 10
                FOR UPDATE SKIP LOCKED)
        ), made AS (
            INSERT INTO keyed_requests (id, body_hash, created_at) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING RETURNING 1
        )
        SELECT EXISTS (SELECT FROM made)
        """;

    /// <summary>Identity of a request.</summary>
    public static Guid IdOf(Viewer viewer, HttpRequest request, string key) => new(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{viewer.OrganisationId:N} {request.Method} {request.Path} {key}")).AsSpan(0, 16));

    /// <summary>Begins a request.</summary>
    /// <returns>Whether its key may be used, and whether it is the first with it.</returns>
    public async Task<(bool IsGood, bool IsFirst)> BeginAsync(Guid id, byte[] body, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if ((await connection.QueryAsync(BeginSql, [id, body], r => r.GetBoolean(0), cancellation))[0]) return (true, true);
        var same = await connection.QueryAsync(
            "SELECT body_hash = $2 FROM keyed_requests WHERE id = $1", [id, body], r => r.GetBoolean(0), cancellation);
        return (same is not [false], false);
    }

    /// <summary>A request was refused: its key is free again.</summary>
    public async Task ForgetAsync(Guid id)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync("DELETE FROM keyed_requests WHERE id = $1", [id], CancellationToken.None);
    }
}
