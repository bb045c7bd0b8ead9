using System.ComponentModel;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Data;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>Webhook endpoints.</summary>
static class WebhooksApi
{
    public static void MapWebhooks(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/webhooks").WithTags("Webhooks");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead)
            .WithSummary("Lists the organisation's webhooks, each with its latest delivery.");
        api.MapPost("", MakeAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(409, 422)
            .WithSummary(
                "Creates a webhook; its secret is returned only once. With an Idempotency-Key, a repeat returns the same "
                + "webhook without the secret.");
        api.MapGet("/{id:guid}", FindAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404).WithSummary("Returns one webhook.");
        api.MapDelete("/{id:guid}", DeleteAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404)
            .WithSummary("Deletes a webhook and its pending deliveries.");
        api.MapPut("/{id:guid}/paused", PauseAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404)
            .WithSummary("Pauses (on: true) or resumes a webhook. Events that occur meanwhile wait.");
        api.MapPost("/{id:guid}/secret", RotateAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404)
            .WithSummary("Rotates the secret; the new one is returned only once, and the old one is no longer used.");
        api.MapPost("/{id:guid}/test", TestAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409)
            .WithSummary("Sends the event webhook.test like any other event.");
        api.MapGet("/{id:guid}/deliveries", DeliveriesAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Lists deliveries of the last 30 days, newest first.");
        api.MapPost("/{id:guid}/deliveries/{delivery:guid}/again", AgainAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409)
            .WithSummary("Sends an event again, with the same identity.");
    }

    private static async Task<Ok<WebhookModel[]>> ListAsync(HttpContext http, WebhookService service) =>
        TypedResults.Ok<WebhookModel[]>([.. (await service.ListWithStateAsync(http.Viewer())).Select(Of)]);

    private static async Task<Results<Ok<WebhookModel>, ProblemHttpResult>> FindAsync(Guid id, HttpContext http, WebhookService service) =>
        (await service.ListWithStateAsync(http.Viewer())).FirstOrDefault(w => w.Hook.Id == id) is { } found
            ? TypedResults.Ok(Of(found)) : Refused(WebhookProblem.Gone);

    private static async Task<Results<Created<NewWebhookModel>, Ok<NewWebhookModel>, ProblemHttpResult>> MakeAsync(
        HttpContext http, WebhookService service, WebhookTermsModel terms, [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        var viewer = http.Viewer();
        var id = IdempotencyKey.IdOf(viewer, "webhook", key);
        async Task<NewWebhookModel?> EarlierAsync() =>
            id is { } known && await service.FindAsync(viewer, known) is { } hook
                ? new NewWebhookModel(hook.Id, hook.Url, hook.Events, hook.CreatedAt, null) : null;
        if (await EarlierAsync() is { } earlier) return TypedResults.Ok(earlier);
        try
        {
            var (hook, secret, problem) = await service.MakeAsync(
                viewer, StorableText.IsSound(terms.Url) ? terms.Url : null, terms.Events, id);
            if (problem is { } why) return Refused(why);
            http.Response.Headers.CacheControl = "no-store";
            return TypedResults.Created(
                $"/api/v1/webhooks/{hook!.Id}", new NewWebhookModel(hook.Id, hook.Url, hook.Events, hook.CreatedAt, secret));
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() == true)
        {
            return await EarlierAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "KeyGone");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, HttpContext http, WebhookService service) =>
        await service.DeleteAsync(http.Viewer(), id) ? TypedResults.NoContent() : Refused(WebhookProblem.Gone);

    private static async Task<Results<NoContent, ProblemHttpResult>> PauseAsync(
        Guid id, HttpContext http, WebhookService service, SwitchModel state) =>
        await service.SetPausedAsync(http.Viewer(), id, state.On) is { } problem ? Refused(problem) : TypedResults.NoContent();

    private static async Task<Results<Ok<SecretModel>, ProblemHttpResult>> RotateAsync(Guid id, HttpContext http, WebhookService service)
    {
        if (await service.RotateAsync(http.Viewer(), id) is not { } secret) return Refused(WebhookProblem.Gone);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new SecretModel(secret));
    }

    private static async Task<Results<Accepted<DeliveryModel>, ProblemHttpResult>> TestAsync(
        Guid id, HttpContext http, WebhookService service)
    {
        var (delivery, problem) = await service.TestAsync(http.Viewer(), id);
        return delivery is null ? Refused(problem!.Value) : TypedResults.Accepted($"/api/v1/webhooks/{id}/deliveries", Of(delivery));
    }

    private static async Task<Results<Ok<PageModel<DeliveryModel>>, ProblemHttpResult>> DeliveriesAsync(
        Guid id, HttpContext http, WebhookService service, [Description("Value of next on the previous page.")] string? after,
        [Description("1 to 100.")] int limit = 50)
    {
        if (limit is < 1 or > WebhookService.MostDeliveries) return ApiProblem.Of(400, "Limit", WebhookService.MostDeliveries);
        if (!ApiWords.Place(after, out var place)) return ApiProblem.Of(400, "After");
        return await service.DeliveriesAsync(http.Viewer(), id, limit + 1, place) is { } rows
            ? TypedResults.Ok(ApiWords.Page(rows, limit, Of, d => ApiWords.Place(d.CreatedAt, d.Id))) : Refused(WebhookProblem.Gone);
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> AgainAsync(
        Guid id, Guid delivery, HttpContext http, WebhookService service) =>
        await service.SendAgainAsync(http.Viewer(), id, delivery) is { } problem
            ? Refused(problem) : TypedResults.Accepted($"/api/v1/webhooks/{id}/deliveries");

    private static ProblemHttpResult Refused(WebhookProblem problem) => problem switch
    {
        WebhookProblem.Url => ApiProblem.Of(422, "WebhookUrl", Webhook.MaxUrl),
        WebhookProblem.Events =>
            ApiProblem.Of(422, "WebhookEvents", string.Join(", ", WebhookEvents.Of(OrganisationKind.MediaOwner))),
        WebhookProblem.TooMany => ApiProblem.Of(409, "WebhookTooMany", WebhookService.MostHooks),
        WebhookProblem.Paused => ApiProblem.Of(409, "WebhookPaused"),
        WebhookProblem.Underway => ApiProblem.Of(409, "WebhookUnderway"),
        WebhookProblem.Denied => ApiProblem.Of(403, "NoScope"),
        _ => ApiProblem.Of(404, "NoWebhook"),
    };

    private static WebhookModel Of(WebhookOverview w) =>
        new(w.Hook.Id, w.Hook.Url, w.Hook.Events, w.Hook.CreatedAt, w.Hook.PausedAt, w.Waiting, w.Last is null ? null : Of(w.Last));

    private static DeliveryModel Of(WebhookDelivery d) =>
        new(d.Id, d.Event, d.CreatedAt, d.Tries, d.DeliveredAt, d.NextTryAt, d.LastStatus, d.LastError);
}
