using System.Buffers.Text;
using System.Security.Cryptography;
using FaceAd.Web.Accounts;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Webhooks;

/// <summary>What can be wrong with a webhook.</summary>
public enum WebhookProblem
{
    /// <summary>The viewer may not.</summary>
    Denied = 0,

    /// <summary>Its address is no https address of at most 500 characters.</summary>
    Url = 1,

    /// <summary>It asks for no event, or for one that its organisation does not get.</summary>
    Events = 2,

    /// <summary>The organisation has as many as it may.</summary>
    TooMany = 3,
}

/// <summary>Makes, lists and deletes an organisation's webhooks.</summary>
public sealed class WebhookBook(IDbContextFactory<FaceAdDbContext> contexts, IDataProtectionProvider protection, WebhookOptions options, TimeProvider time)
{
    /// <summary>The most webhooks of an organisation.</summary>
    public const int MostHooks = 20;

    private const int MostDeliveries = 100;

    /// <summary>Makes a webhook.</summary>
    /// <param name="viewer">Who asks.</param>
    /// <param name="url">Where events are posted.</param>
    /// <param name="events">Which.</param>
    /// <returns>The webhook and its secret, which is told this once, or what is wrong.</returns>
    public async Task<(Webhook? Hook, string? Secret, WebhookProblem? Problem)> MakeAsync(Viewer viewer, string? url, IReadOnlyCollection<string>? events)
    {
        if (!viewer.CanChange) return (null, null, WebhookProblem.Denied);
        if (url is not { Length: > 0 and <= Webhook.MaxUrl } || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.UserInfo.Length > 0
            || !(address.Scheme == Uri.UriSchemeHttps || (options.AllowPrivate && address.Scheme == Uri.UriSchemeHttp))) return (null, null, WebhookProblem.Url);
        await using var db = await contexts.CreateDbContextAsync();
        var kind = await db.Organisations.Where(o => o.Id == viewer.OrganisationId).Select(o => o.Kind).SingleAsync();
        if (events is not { Count: > 0 } || !events.All(WebhookEvents.Of(kind).Contains)) return (null, null, WebhookProblem.Events);
        if (await db.Webhooks.CountAsync(w => w.OrganisationId == viewer.OrganisationId) >= MostHooks) return (null, null, WebhookProblem.TooMany);
        var secret = "whsec_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var hook = new Webhook
        {
            OrganisationId = viewer.OrganisationId,
            Url = address.AbsoluteUri,
            Events = [.. events.Distinct().Order(StringComparer.Ordinal)],
            ProtectedSecret = Protector(protection).Protect(secret),
            CreatedAt = time.GetUtcNow(),
        };
        db.Add(hook);
        db.Audit(viewer, hook.CreatedAt, AuditVerb.WebhookMade, AuditSubject.Webhook, hook.Id, address.Host);
        await db.SaveChangesAsync();
        return (hook, secret, null);
    }

    /// <summary>The organisation's webhooks.</summary>
    /// <param name="viewer">Who asks.</param>
    public async Task<IReadOnlyList<Webhook>> ListAsync(Viewer viewer)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Webhooks.AsNoTracking().Where(w => w.OrganisationId == viewer.OrganisationId).OrderBy(w => w.CreatedAt).ToListAsync();
    }

    /// <summary>The last deliveries of a webhook; null when the organisation has no such webhook.</summary>
    /// <param name="viewer">Who asks.</param>
    /// <param name="id">The webhook.</param>
    public async Task<IReadOnlyList<WebhookDelivery>?> DeliveriesAsync(Viewer viewer, Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (!await db.Webhooks.AnyAsync(w => w.Id == id && w.OrganisationId == viewer.OrganisationId)) return null;
        return await db.WebhookDeliveries.AsNoTracking().Where(d => d.WebhookId == id).OrderByDescending(d => d.CreatedAt).Take(MostDeliveries).ToListAsync();
    }

    /// <summary>Deletes a webhook and what is on its way to it.</summary>
    /// <param name="viewer">Who asks.</param>
    /// <param name="id">The webhook.</param>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeleteAsync(Viewer viewer, Guid id)
    {
        if (!viewer.CanChange) return false;
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Webhooks.SingleOrDefaultAsync(w => w.Id == id && w.OrganisationId == viewer.OrganisationId) is not { } hook) return false;
        db.Remove(hook);
        db.Audit(viewer, time.GetUtcNow(), AuditVerb.WebhookDeleted, AuditSubject.Webhook, hook.Id, new Uri(hook.Url).Host);
        await db.SaveChangesAsync();
        return true;
    }

    internal static IDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("FaceAd.Webhooks");
}

/// <summary>Settings <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Whether addresses of private networks, and plain http, are allowed: for tests and installations without the internet.</summary>
    public bool AllowPrivate { get; set; }
}
