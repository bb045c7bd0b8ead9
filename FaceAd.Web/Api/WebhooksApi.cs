using System.ComponentModel;
using FaceAd.Web.Accounts;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>Webhooks for programs.</summary>
static class WebhooksApi
{
    public static void MapWebhooks(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/webhooks").WithTags("Webhooks");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("The organisation's webhooks, each with its newest delivery.");
        api.MapPost("", MakeAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(409, 422)
            .WithSummary("Makes a webhook; its secret is in this answer only. With an Idempotency-Key the same call again gives the same webhook, without the secret.");
        api.MapGet("/{id:guid}", FindAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404).WithSummary("One webhook.");
        api.MapDelete("/{id:guid}", DeleteAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404).WithSummary("Deletes a webhook and what is on its way to it.");
        api.MapPut("/{id:guid}/paused", PauseAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404).WithSummary("Stops sending (on: true), or goes on. Events that happen meanwhile wait.");
        api.MapPost("/{id:guid}/secret", RotateAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404).WithSummary("Gives it a new secret, in this answer only; the old one signs nothing any more.");
        api.MapPost("/{id:guid}/test", TestAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409).WithSummary("Sends the event webhook.test, in the way of every event.");
        api.MapGet("/{id:guid}/deliveries", DeliveriesAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404).WithSummary("Deliveries of the last 30 days, newest first.");
        api.MapPost("/{id:guid}/deliveries/{delivery:guid}/again", AgainAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409)
            .WithSummary("Sends an event again, with the identity that it had.");
    }

    private static async Task<Ok<WebhookModel[]>> ListAsync(HttpContext http, WebhookBook book) =>
        TypedResults.Ok<WebhookModel[]>([.. (await book.StandingAsync(http.Viewer())).Select(Of)]);

    private static async Task<Results<Ok<WebhookModel>, ProblemHttpResult>> FindAsync(Guid id, HttpContext http, WebhookBook book) =>
        (await book.StandingAsync(http.Viewer())).FirstOrDefault(w => w.Hook.Id == id) is { } found ? TypedResults.Ok(Of(found)) : Refused(WebhookProblem.Gone);

    private static async Task<Results<Created<NewWebhookModel>, Ok<NewWebhookModel>, ProblemHttpResult>> MakeAsync(
        HttpContext http, WebhookBook book, WebhookTermsModel terms, [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        var viewer = http.Viewer();
        var id = IdempotencyKey.IdOf(viewer, "webhook", key);
        async Task<NewWebhookModel?> EarlierAsync() => id is { } known && await book.FindAsync(viewer, known) is { } hook ? new NewWebhookModel(hook.Id, hook.Url, hook.Events, hook.CreatedAt, null) : null;
        if (await EarlierAsync() is { } earlier) return TypedResults.Ok(earlier);
        try
        {
            var (hook, secret, problem) = await book.MakeAsync(viewer, ApiWords.IsSound(terms.Url) ? terms.Url : null, terms.Events, id);
            if (problem is { } why) return Refused(why);
            http.Response.Headers.CacheControl = "no-store";
            return TypedResults.Created($"/api/v1/webhooks/{hook!.Id}", new NewWebhookModel(hook.Id, hook.Url, hook.Events, hook.CreatedAt, secret));
        }
        catch (DbUpdateException exception) when (exception.IsTwice() == true)
        {
            return await EarlierAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "KeyGone");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, HttpContext http, WebhookBook book) =>
        await book.DeleteAsync(http.Viewer(), id) ? TypedResults.NoContent() : Refused(WebhookProblem.Gone);

    private static async Task<Results<NoContent, ProblemHttpResult>> PauseAsync(Guid id, HttpContext http, WebhookBook book, SwitchModel state) =>
        await book.SetPausedAsync(http.Viewer(), id, state.On) is { } problem ? Refused(problem) : TypedResults.NoContent();

    private static async Task<Results<Ok<SecretModel>, ProblemHttpResult>> RotateAsync(Guid id, HttpContext http, WebhookBook book)
    {
        if (await book.RotateAsync(http.Viewer(), id) is not { } secret) return Refused(WebhookProblem.Gone);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SecretModel(secret));
    }

    private static async Task<Results<Accepted<DeliveryModel>, ProblemHttpResult>> TestAsync(Guid id, HttpContext http, WebhookBook book)
    {
        var (delivery, problem) = await book.TestAsync(http.Viewer(), id);
        return delivery is null ? Refused(problem!.Value) : TypedResults.Accepted($"/api/v1/webhooks/{id}/deliveries", Of(delivery));
    }

    private static async Task<Results<Ok<PageModel<DeliveryModel>>, ProblemHttpResult>> DeliveriesAsync(
        Guid id, HttpContext http, WebhookBook book, [Description("What the page before gave as next.")] string? after, [Description("1 to 100.")] int limit = 50)
    {
        if (limit is < 1 or > WebhookBook.MostDeliveries) return ApiProblem.Of(400, "Limit", WebhookBook.MostDeliveries);
        if (!ApiWords.Place(after, out var place)) return ApiProblem.Of(400, "After");
        return await book.DeliveriesAsync(http.Viewer(), id, limit + 1, place) is { } rows
            ? TypedResults.Ok(ApiWords.Page(rows, limit, Of, d => ApiWords.Place(d.CreatedAt, d.Id))) : Refused(WebhookProblem.Gone);
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> AgainAsync(Guid id, Guid delivery, HttpContext http, WebhookBook book) =>
        await book.SendAgainAsync(http.Viewer(), id, delivery) is { } problem ? Refused(problem) : TypedResults.Accepted($"/api/v1/webhooks/{id}/deliveries");

    private static ProblemHttpResult Refused(WebhookProblem problem) => problem switch
    {
        WebhookProblem.Url => ApiProblem.Of(422, "WebhookUrl", Webhook.MaxUrl),
        WebhookProblem.Events => ApiProblem.Of(422, "WebhookEvents", string.Join(", ", WebhookEvents.Campaigns.Concat(WebhookEvents.Screens))),
        WebhookProblem.TooMany => ApiProblem.Of(409, "WebhookTooMany", WebhookBook.MostHooks),
        WebhookProblem.Paused => ApiProblem.Of(409, "WebhookPaused"),
        WebhookProblem.Underway => ApiProblem.Of(409, "WebhookUnderway"),
        WebhookProblem.Denied => ApiProblem.Of(403, "NoScope"),
        _ => ApiProblem.Of(404, "NoWebhook"),
    };

    private static WebhookModel Of(WebhookStanding w) => new(w.Hook.Id, w.Hook.Url, w.Hook.Events, w.Hook.CreatedAt, w.Hook.PausedAt, w.Waiting, w.Last is null ? null : Of(w.Last));

    private static DeliveryModel Of(WebhookDelivery d) => new(d.Id, d.Event, d.CreatedAt, d.Tries, d.DeliveredAt, d.NextTryAt, d.LastStatus, d.LastError);
}

/// <summary>A webhook to be made.</summary>
/// <param name="Url">An https address.</param>
/// <param name="Events">Names of events.</param>
public sealed record WebhookTermsModel(string? Url, string[]? Events);

/// <summary>A webhook.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Where events are posted.</param>
/// <param name="Events">Which.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="PausedAt">Since when nothing is sent; null while it is sent.</param>
/// <param name="Waiting">Deliveries that wait for a try.</param>
/// <param name="Last">The newest delivery of the last 30 days.</param>
public sealed record WebhookModel(Guid Id, string Url, string[] Events, DateTimeOffset CreatedAt, DateTimeOffset? PausedAt, int Waiting, DeliveryModel? Last);

/// <summary>A webhook just made.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Url">Where events are posted.</param>
/// <param name="Events">Which.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="Secret">What signs them, told this once; null when the call was a repeat.</param>
public sealed record NewWebhookModel(Guid Id, string Url, string[] Events, DateTimeOffset CreatedAt, string? Secret);

/// <summary>A secret, told this once.</summary>
/// <param name="Secret">What signs events.</param>
public sealed record SecretModel(string Secret);

/// <summary>An event on its way.</summary>
/// <param name="Id">Identity, by which the receiver tells a repeat.</param>
/// <param name="Event">The event's name.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Tries">Tries so far.</param>
/// <param name="DeliveredAt">When it arrived; null: it has not.</param>
/// <param name="NextTryAt">When it is tried next; null when it has arrived or was given up.</param>
/// <param name="LastStatus">The last answer's status.</param>
/// <param name="LastError">What went wrong last.</param>
public sealed record DeliveryModel(Guid Id, string Event, DateTimeOffset CreatedAt, int Tries, DateTimeOffset? DeliveredAt, DateTimeOffset? NextTryAt, int? LastStatus, string? LastError);
