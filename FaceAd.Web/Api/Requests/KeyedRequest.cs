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
/// without a word. A request that was refused frees its key.
/// </summary>
sealed class KeyedRequest
{
    /// <summary>Derived from organisation, method, path and key.</summary>
    public Guid Id { get; init; }

    /// <summary>SHA-256 of the body.</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>Whether it was answered with success.</summary>
    public bool IsDone { get; init; }

    /// <summary>Until when it may still be under way, unless it is done.</summary>
    public DateTimeOffset Until { get; init; }
}

sealed class KeyedRequestConfiguration : IEntityTypeConfiguration<KeyedRequest>
{
    public void Configure(EntityTypeBuilder<KeyedRequest> builder) => builder.ToTable("keyed_requests").HasKey(r => r.Id);
}

/// <summary>Keeps what was asked for with each idempotency key.</summary>
sealed class KeyedRequests(NpgsqlDataSource database)
{
    // Longer than any request to the API takes.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private const string BeginSql = """
        INSERT INTO keyed_requests AS k (id, body_hash, is_done, until) VALUES ($1, $2, false, clock_timestamp() + $3)
        ON CONFLICT (id) DO UPDATE SET body_hash = excluded.body_hash, until = excluded.until
        WHERE NOT k.is_done AND (k.body_hash = excluded.body_hash OR k.until < clock_timestamp())
        """;

    /// <summary>Identity of a request.</summary>
    public static Guid IdOf(Viewer viewer, HttpRequest request, string key) => new(SHA256.HashData(
        Encoding.UTF8.GetBytes($"{viewer.OrganisationId:N} {request.Method} {request.Path} {key}")).AsSpan(0, 16));

    /// <summary>Begins a request.</summary>
    /// <returns>False when its key was used with another body.</returns>
    public async Task<bool> BeginAsync(Guid id, byte[] body, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await connection.ExecuteAsync(BeginSql, [id, body, Longest], cancellation);
        var same = await connection.QueryAsync("SELECT body_hash = $2 FROM keyed_requests WHERE id = $1", [id, body], r => r.GetBoolean(0),
            cancellation);
        return same is not [false];
    }

    /// <summary>A request was answered.</summary>
    /// <param name="id">The request.</param>
    /// <param name="body">What it asked for.</param>
    /// <param name="isDone">Whether with success.</param>
    public async Task EndAsync(Guid id, byte[] body, bool isDone)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            isDone ? "UPDATE keyed_requests SET is_done = true WHERE id = $1 AND body_hash = $2"
                : "DELETE FROM keyed_requests WHERE id = $1 AND body_hash = $2 AND NOT is_done",
            [id, body], CancellationToken.None);
    }
}
