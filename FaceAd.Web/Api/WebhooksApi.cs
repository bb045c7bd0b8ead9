using FaceAd.Web.Accounts;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api;

/// <summary>Webhooks for programs.</summary>
static class WebhooksApi
{
    public static void MapWebhooks(this RouteGroupBuilder api)
    {
        api.MapGet("/webhooks", ListAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("The organisation's webhooks.");
        api.MapPost("/webhooks", MakeAsync).RequireScope(ApiScopes.CampaignsWrite).WithSummary("Makes a webhook; its secret is in this answer only.");
        api.MapDelete("/webhooks/{id:guid}", DeleteAsync).RequireScope(ApiScopes.CampaignsWrite).WithSummary("Deletes a webhook.");
        api.MapGet("/webhooks/{id:guid}/deliveries", DeliveriesAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("The last hundred deliveries of 30 days.");
    }

    private static async Task<Ok<WebhookModel[]>> ListAsync(HttpContext http, WebhookBook book) =>
        TypedResults.Ok<WebhookModel[]>([.. (await book.ListAsync(http.Viewer())).Select(w => new WebhookModel(w.Id, w.Url, w.Events, w.CreatedAt))]);

    private static async Task<Results<Created<NewWebhookModel>, ProblemHttpResult>> MakeAsync(HttpContext http, WebhookBook book, WebhookTermsModel terms)
    {
        var (hook, secret, problem) = await book.MakeAsync(http.Viewer(), terms.Url, terms.Events);
        return problem switch
        {
            null => TypedResults.Created($"/api/v1/webhooks/{hook!.Id}", new NewWebhookModel(hook.Id, hook.Url, hook.Events, hook.CreatedAt, secret!)),
            WebhookProblem.Url => CampaignsApi.Problem(422, $"url is an https address of at most {Webhook.MaxUrl} characters, without a name and password in it."),
            WebhookProblem.Events => CampaignsApi.Problem(422, "events is a list of: " + string.Join(", ", WebhookEvents.Campaigns.Concat(WebhookEvents.Screens)) + "; those of screens are the media owner's."),
            WebhookProblem.TooMany => CampaignsApi.Problem(409, $"An organisation has at most {WebhookBook.MostHooks} webhooks."),
            _ => CampaignsApi.Problem(403, "This token changes nothing."),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, HttpContext http, WebhookBook book) =>
        await book.DeleteAsync(http.Viewer(), id) ? TypedResults.NoContent() : CampaignsApi.Problem(404, "There is no such webhook.");

    private static async Task<Results<Ok<DeliveryModel[]>, ProblemHttpResult>> DeliveriesAsync(Guid id, HttpContext http, WebhookBook book) =>
        await book.DeliveriesAsync(http.Viewer(), id) is { } deliveries
            ? TypedResults.Ok<DeliveryModel[]>([.. deliveries.Select(d => new DeliveryModel(d.Id, d.Event, d.CreatedAt, d.Tries, d.DeliveredAt, d.NextTryAt, d.LastStatus, d.LastError))])
            : CampaignsApi.Problem(404, "There is no such webhook.");
}
