using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Webhooks;

/// <summary>A webhook and its latest delivery.</summary>
/// <param name="Hook">The webhook.</param>
/// <param name="Last">The latest delivery within 30 days; null when there is none.</param>
/// <param name="Waiting">Deliveries waiting for an attempt.</param>
sealed record WebhookOverview(Webhook Hook, WebhookDelivery? Last, int Waiting);

/// <summary>Creates, lists, tests, pauses and deletes an organisation's webhooks.</summary>
sealed class WebhookService(
    IDbContextFactory<FaceAdDbContext> contexts, IDataProtectionProvider protection, WebhookOptions options, TimeProvider time)
{
    /// <summary>The most webhooks per organisation.</summary>
    public const int MostHooks = 20;

    /// <summary>The most deliveries per page.</summary>
    public const int MostDeliveries = 100;

    /// <summary>The most deliveries that are counted and paged through.</summary>
    public const int MostCounted = 10_000;

    /// <summary>Creates a webhook.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="url">Address that events are posted to.</param>
    /// <param name="events">Subscribed events.</param>
    /// <param name="id">Its identity, for callers that may retry; null generates one.</param>
    /// <returns>The webhook and its secret, shown only once; or the problem.</returns>
    public async Task<(Webhook? Hook, string? Secret, WebhookProblem? Problem)> MakeAsync(
        Viewer viewer, string? url, IReadOnlyCollection<string>? events, Guid? id = null)
    {
        if (!viewer.CanChange) return (null, null, WebhookProblem.Denied);
        if (url is not { Length: > 0 and <= Webhook.MaxUrl } || !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || address.UserInfo.Length > 0
            || !(address.Scheme == Uri.UriSchemeHttps || (options.AllowPrivate && address.Scheme == Uri.UriSchemeHttp))) return (null,
            null, WebhookProblem.Url);
        await using var db = await contexts.CreateDbContextAsync();
        var kind = await db.Organisations.Where(o => o.Id == viewer.OrganisationId).Select(o => o.Kind).SingleAsync();
        if (events is not { Count: > 0 } || !events.All(WebhookEvents.Of(kind).Contains)) return (null, null, WebhookProblem.Events);
        if (await db.Webhooks.CountAsync(w => w.OrganisationId == viewer.OrganisationId) >= MostHooks)
            return (null, null, WebhookProblem.TooMany);
        var secret = NewSecret();
        var hook = new Webhook
        {
            Id = id ?? Guid.CreateVersion7(),
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
    /// <param name="viewer">The requesting user.</param>
    public async Task<IReadOnlyList<Webhook>> ListAsync(Viewer viewer)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Webhooks.AsNoTracking().Where(w => w.OrganisationId == viewer.OrganisationId).OrderBy(w => w.CreatedAt)
            .ToListAsync();
    }

    /// <summary>The organisation's webhooks, each with its latest delivery.</summary>
    /// <param name="viewer">The requesting user.</param>
    public async Task<IReadOnlyList<WebhookOverview>> ListWithStateAsync(Viewer viewer)
    {
        var hooks = await ListAsync(viewer);
        await using var db = await contexts.CreateDbContextAsync();
        var ids = hooks.Select(h => h.Id).ToArray();
        // One index lookup for each of at most twenty webhooks.
        var last = await db.Webhooks.AsNoTracking().Where(w => ids.Contains(w.Id))
            .SelectMany(w => db.WebhookDeliveries.Where(d => d.WebhookId == w.Id).OrderByDescending(d => d.CreatedAt)
                .ThenByDescending(d => d.Id).Take(1))
            .ToListAsync();
        var waiting = await db.WebhookDeliveries.Where(d => ids.Contains(d.WebhookId) && d.NextTryAt != null)
            .GroupBy(d => d.WebhookId).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count);
        return [.. hooks.Select(h =>
            new WebhookOverview(h, last.FirstOrDefault(d => d.WebhookId == h.Id), waiting.GetValueOrDefault(h.Id)))];
    }

    /// <summary>One webhook; null when the organisation has no such webhook.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The webhook.</param>
    public async Task<Webhook?> FindAsync(Viewer viewer, Guid id)
    {
        await using var db = await contexts.CreateDbContextAsync();
        return await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(w => w.Id == id && w.OrganisationId == viewer.OrganisationId);
    }

    /// <summary>The newest deliveries of a webhook; null when the organisation has no such webhook.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The webhook.</param>
    /// <param name="most">Maximum number of results.</param>
    /// <param name="before">Only those before this one; null for the newest.</param>
    public async Task<IReadOnlyList<WebhookDelivery>?> DeliveriesAsync(
        Viewer viewer, Guid id, int most = MostDeliveries, (DateTimeOffset At, Guid Id)? before = null)
    {
        await using var db = await contexts.CreateDbContextAsync();
        if (!await db.Webhooks.AnyAsync(w => w.Id == id && w.OrganisationId == viewer.OrganisationId)) return null;
        var rows = db.WebhookDeliveries.AsNoTracking().Where(d => d.WebhookId == id);
        if (before is { } place)
            rows = rows.Where(d => EF.Functions.LessThan(ValueTuple.Create(d.CreatedAt, d.Id), ValueTuple.Create(place.At, place.Id)));
        return await rows.OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.Id).Take(most).ToListAsync();
    }

    /// <summary>A page of a webhook's deliveries, and how many there are, of at most <see cref="MostCounted"/>.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The webhook; another organisation's has none.</param>
    /// <param name="state">Only those in this state; null for all.</param>
    /// <param name="oldestFirst">Whether the oldest come first.</param>
    /// <param name="skip">How many are left out at first, at least 0.</param>
    /// <param name="take">How many at most, of at most <see cref="MostDeliveries"/>.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    public async Task<(IReadOnlyList<WebhookDelivery> Deliveries, int Total)> PageAsync(
        Viewer viewer, Guid id, DeliveryOutcome? state, bool oldestFirst, int skip, int take, CancellationToken cancellation = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var rows = db.WebhookDeliveries.AsNoTracking().Where(d =>
            d.WebhookId == id && db.Webhooks.Any(w => w.Id == id && w.OrganisationId == viewer.OrganisationId));
        rows = state switch
        {
            DeliveryOutcome.Arrived => rows.Where(d => d.DeliveredAt != null),
            DeliveryOutcome.Waiting => rows.Where(d => d.DeliveredAt == null && d.NextTryAt != null),
            DeliveryOutcome.GivenUp => rows.Where(d => d.DeliveredAt == null && d.NextTryAt == null),
            _ => rows,
        };
        var total = await rows.Take(MostCounted).CountAsync(cancellation);
        var sorted = oldestFirst
            ? rows.OrderBy(d => d.CreatedAt).ThenBy(d => d.Id) : rows.OrderByDescending(d => d.CreatedAt).ThenByDescending(d => d.Id);
        return (await sorted.Skip(skip).Take(Math.Min(take, MostDeliveries)).ToListAsync(cancellation), total);
    }

    /// <summary>Pauses or resumes a webhook. Meanwhile events wait, for the 30 days that they are kept.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The webhook.</param>
    /// <param name="paused">Whether to pause it.</param>
    public async Task<WebhookProblem?> SetPausedAsync(Viewer viewer, Guid id, bool paused)
    {
        if (!viewer.CanChange) return WebhookProblem.Denied;
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await HeldAsync(db, viewer, id) is not { } hook) return WebhookProblem.Gone;
        if (hook.PausedAt is not null == paused) return null;
        hook.PausedAt = paused ? time.GetUtcNow() : null;
        db.Audit(viewer, time.GetUtcNow(), paused ? AuditVerb.WebhookPaused : AuditVerb.WebhookResumed, AuditSubject.Webhook, hook.Id,
            new Uri(hook.Url).Host);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return null;
    }

    /// <summary>Issues a new secret for a webhook; the old one is no longer used for signatures.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The webhook.</param>
    /// <returns>The secret, shown only once; null when there is no such webhook, or the user may not do this.</returns>
    public async Task<string?> RotateAsync(Viewer viewer, Guid id)
    {
        if (!viewer.CanChange) return null;
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await HeldAsync(db, viewer, id) is not { } hook) return null;
        var secret = NewSecret();
        hook.ProtectedSecret = Protector(protection).Protect(secret);
        db.Audit(viewer, time.GetUtcNow(), AuditVerb.WebhookRotated, AuditSubject.Webhook, hook.Id, new Uri(hook.Url).Host);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return secret;
    }

    /// <summary>Sends a test event like any other event. One at a time.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The webhook.</param>
    /// <returns>The delivery, or why it was refused.</returns>
    public async Task<(WebhookDelivery? Delivery, WebhookProblem? Problem)> TestAsync(Viewer viewer, Guid id)
    {
        if (!viewer.CanChange) return (null, WebhookProblem.Denied);
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await HeldAsync(db, viewer, id) is not { } hook) return (null, WebhookProblem.Gone);
        if (hook.PausedAt is not null) return (null, WebhookProblem.Paused);
        if (await db.WebhookDeliveries.AnyAsync(d => d.WebhookId == id && d.Event == WebhookEvents.Test && d.NextTryAt != null))
            return (null, WebhookProblem.Underway);
        var now = time.GetUtcNow();
        var deliveryId = Guid.CreateVersion7();
        var payload = JsonSerializer.Serialize(
            new { id = deliveryId, type = WebhookEvents.Test, at = now, webhook = new { id = hook.Id, url = hook.Url } });
        var delivery = new WebhookDelivery
        {
            Id = deliveryId,
            WebhookId = id,
            Event = WebhookEvents.Test,
            Payload = payload,
            CreatedAt = now,
            NextTryAt = now,
        };
        db.Add(delivery);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        return (delivery, null);
    }

    /// <summary>
    /// Sends an event again, whether it was delivered or given up. It keeps its identity, so that the receiver can detect the repeat.
    /// </summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The webhook.</param>
    /// <param name="deliveryId">The delivery.</param>
    public async Task<WebhookProblem?> SendAgainAsync(Viewer viewer, Guid id, Guid deliveryId)
    {
        if (!viewer.CanChange) return WebhookProblem.Denied;
        await using var db = await contexts.CreateDbContextAsync();
        if (!await db.Webhooks.AnyAsync(w => w.Id == id && w.OrganisationId == viewer.OrganisationId)) return WebhookProblem.Gone;
        var now = time.GetUtcNow();
        // An attempt of the last minute may still be running on another node, which then overwrites this change with its result.
        var begun = await db.WebhookDeliveries.Where(d =>
            d.Id == deliveryId && d.WebhookId == id && (d.NextTryAt == null || d.LastStatus != null || d.LastError != null))
            .ExecuteUpdateAsync(s =>
                s.SetProperty(d => d.NextTryAt, now).SetProperty(d => d.Tries, 0).SetProperty(d => d.DeliveredAt, (DateTimeOffset?)null));
        return begun > 0 ? null : await db.WebhookDeliveries.AnyAsync(d => d.Id == deliveryId && d.WebhookId == id)
            ? WebhookProblem.Underway : WebhookProblem.Gone;
    }

    /// <summary>Deletes a webhook and its pending deliveries.</summary>
    /// <param name="viewer">The requesting user.</param>
    /// <param name="id">The webhook.</param>
    /// <returns>Whether it existed.</returns>
    public async Task<bool> DeleteAsync(Viewer viewer, Guid id)
    {
        if (!viewer.CanChange) return false;
        await using var db = await contexts.CreateDbContextAsync();
        if (await db.Webhooks.SingleOrDefaultAsync(w => w.Id == id && w.OrganisationId == viewer.OrganisationId) is not { } hook)
            return false;
        db.Remove(hook);
        db.Audit(viewer, time.GetUtcNow(), AuditVerb.WebhookDeleted, AuditSubject.Webhook, hook.Id, new Uri(hook.Url).Host);
        await db.SaveChangesAsync();
        return true;
    }

    private static string NewSecret() => "whsec_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static Task<Webhook?> HeldAsync(FaceAdDbContext db, Viewer viewer, Guid id) =>
        db.Webhooks.FromSql($"SELECT * FROM webhooks WHERE id = {id} AND organisation_id = {viewer.OrganisationId} FOR UPDATE")
            .SingleOrDefaultAsync();

    internal static IDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("FaceAd.Webhooks");
}
