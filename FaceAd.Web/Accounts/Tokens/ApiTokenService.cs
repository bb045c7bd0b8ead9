using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts.Tokens;

/// <summary>Creates, lists and revokes the API tokens of an organisation; for its owners and administrators.</summary>
sealed class ApiTokenService(IDbContextFactory<FaceAdDbContext> contexts, TimeProvider time)
{
    /// <summary>The most valid tokens per organisation.</summary>
    public const int MaxTokens = 50;

    /// <summary>Lifetimes offered, in days; null: no expiry.</summary>
    public static readonly IReadOnlyList<int?> Lives = [30, 90, 365, null];

    /// <summary>The organisation's tokens, newest first; revoked and expired ones stay listed for 30 days.</summary>
    public async Task<IReadOnlyList<ApiToken>> ListAsync(Viewer viewer)
    {
        if (!viewer.Manages) return [];
        await using var db = await contexts.CreateDbContextAsync();
        var since = time.GetUtcNow().AddDays(-30);
        return await db.ApiTokens.AsNoTracking()
            .Where(t => t.OrganisationId == viewer.OrganisationId && (t.RevokedAt == null || t.RevokedAt > since)
                && (t.ExpiresAt == null || t.ExpiresAt > since))
            .OrderByDescending(t => t.CreatedAt).Take(200).ToListAsync();
    }

    /// <summary>Creates a token. The secret is returned here and stored nowhere.</summary>
    public async Task<(string? Secret, AccountProblem? Problem)> MakeAsync(
        Viewer viewer, string? name, IReadOnlyCollection<string> scopes, int? days)
    {
        if (!viewer.Manages || viewer.UserId is not { } maker) return (null, AccountProblem.Denied);
        if (AccountRules.Name(name, ApiToken.MaxName) is not { } text) return (null, AccountProblem.Name);
        await using var db = await contexts.CreateDbContextAsync();
        var kind = await db.Organisations.Where(o => o.Id == viewer.OrganisationId).Select(o => o.Kind).SingleAsync();
        if (scopes.Count == 0 || scopes.Any(s => !ApiScopes.Of(kind).Contains(s)) || !Lives.Contains(days))
            return (null, AccountProblem.Denied);
        var now = time.GetUtcNow();
        if (await db.ApiTokens.CountAsync(t =>
            t.OrganisationId == viewer.OrganisationId && t.RevokedAt == null && (t.ExpiresAt == null || t.ExpiresAt > now)) >= MaxTokens)
            return (null, AccountProblem.TooMany);
        var secret = ApiToken.Generate();
        var token = new ApiToken
        {
            OrganisationId = viewer.OrganisationId,
            CreatedBy = maker,
            CreatedByName = viewer.Name ?? "",
            Name = text,
            Hash = ApiToken.HashOf(secret),
            Start = secret[..10],
            Scopes = [.. scopes.Distinct().Order(StringComparer.Ordinal)],
            CreatedAt = now,
            ExpiresAt = days is { } d ? now.AddDays(d) : null,
        };
        db.ApiTokens.Add(token);
        db.Audit(
            viewer, now, AuditVerb.ApiTokenMade, AuditSubject.ApiToken, token.Id, token.Name, ("scopes", string.Join(' ', token.Scopes)));
        await db.SaveChangesAsync();
        return (secret, null);
    }

    /// <summary>Revokes a token with immediate effect.</summary>
    public async Task<bool> RevokeAsync(Viewer viewer, Guid id)
    {
        if (!viewer.Manages) return false;
        await using var db = await contexts.CreateDbContextAsync();
        var token = await db.ApiTokens.SingleOrDefaultAsync(t =>
            t.Id == id && t.OrganisationId == viewer.OrganisationId && t.RevokedAt == null);
        if (token is null) return false;
        token.RevokedAt = time.GetUtcNow();
        db.Audit(viewer, token.RevokedAt.Value, AuditVerb.ApiTokenRevoked, AuditSubject.ApiToken, token.Id, token.Name);
        await db.SaveChangesAsync();
        return true;
    }
}
