using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Api;

/// <summary>
/// An idempotency key lets a client repeat a call safely: the created object's identity is derived from it, so that a repeat finds the
/// object, whatever happened to the first response.
/// </summary>
static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>The longest key, in characters.</summary>
    public const int Most = 100;

    /// <summary>Whether a key is absent or valid.</summary>
    public static bool IsGood(string? key) => key is null or { Length: > 0 and <= Most };

    /// <summary>The problem for an invalid key.</summary>
    public static ProblemHttpResult Bad => ApiProblem.Of(400, "Key", Most);

    /// <summary>The identity derived from a key; null without a key.</summary>
    /// <param name="viewer">The key's user.</param>
    /// <param name="kind">Kind of object; kinds do not share keys. Empty for a campaign.</param>
    /// <param name="key">The key.</param>
    public static Guid? IdOf(Viewer viewer, string kind, string? key) => key is null ? null
        : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}{viewer.OrganisationId:N} {key}")).AsSpan(0, 16));

    /// <summary>Whether the identity (true) or the name (false) already exists; null for any other error.</summary>
    public static bool? IsDuplicate(this DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } known
            ? known.ConstraintName?.StartsWith("pk_", StringComparison.Ordinal) == true : null;
}
