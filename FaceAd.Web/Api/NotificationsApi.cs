using System.ComponentModel;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Notifications;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api;

/// <summary>The token creator's notifications, and which of them are mailed.</summary>
static class NotificationsApi
{
    private const int MaxPageSize = 100;

    public static void MapNotifications(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/notifications").WithTags("Notifications");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.NotificationsRead)
            .WithSummary("Lists the token creator's notifications, newest first; kept for 90 days.");
        api.MapPost("/read", ReadAsync).RequireScope(ApiScopes.NotificationsWrite)
            .WithSummary("Marks notifications up to an instant as read; later ones are unchanged.");
        api.MapGet("/mail", SwitchesAsync).RequireScope(ApiScopes.NotificationsRead).WithSummary("Returns which kinds are mailed.");
        api.MapPut("/mail", SwitchAsync).RequireScope(ApiScopes.NotificationsWrite)
            .WithSummary("Sets which kinds are mailed; kinds that are not listed stay as they are.");
    }

    private static async Task<Results<Ok<NotificationsModel>, ProblemHttpResult>> ListAsync(
        HttpContext http, NotificationInbox inbox, [Description("Value of next on the previous page.")] string? after,
        [Description("1 to 100.")] int limit = 50,
        [Description("Only unread ones.")] bool unread = false)
    {
        if (limit is < 1 or > MaxPageSize) return ApiProblem.Of(400, "Limit", MaxPageSize);
        if (!ApiWords.Place(after, out var place)) return ApiProblem.Of(400, "After");
        var rows = await inbox.NewestAsync(http.Viewer(), limit + 1, unread, place);
        var page = ApiWords.Page(rows, limit, n => new NotificationModel(
            n.Id, ApiWords.Of(n.Kind), n.CampaignId, n.ScreenId, n.Subject, n.Detail, ApiProblem.Text("Bell.Kind." + n.Kind, n.Subject),
            n.CreatedAt, n.ReadAt), n => ApiWords.Place(n.CreatedAt, n.Id));
        return TypedResults.Ok(new NotificationsModel(page.Items, page.Next, await inbox.UnreadAsync(http.Viewer())));
    }

    private static async Task<NoContent> ReadAsync(HttpContext http, NotificationInbox inbox, ReadModel read)
    {
        await inbox.ReadAsync(http.Viewer(), read.UpTo);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Dictionary<string, bool>>> SwitchesAsync(HttpContext http, MailPreferences mails) =>
        TypedResults.Ok(await WordsAsync(http, mails));

    private static async Task<Results<Ok<Dictionary<string, bool>>,
        ProblemHttpResult>> SwitchAsync(HttpContext http, MailPreferences mails, Dictionary<string, bool> wanted)
    {
        var known = await mails.ReadAsync(http.Viewer());
        var chosen = new Dictionary<NotificationKind, bool>();
        foreach (var (word, on) in wanted)
        {
            if (!ApiWords.Read<NotificationKind>(word, out var kind) || !known.ContainsKey(kind))
                return ApiProblem.Of(400, "Word", "kind", string.Join(", ", known.Keys.Select(ApiWords.Of)));
            chosen[kind] = on;
        }
        await mails.SetAsync(http.Viewer(), chosen);
        return TypedResults.Ok(await WordsAsync(http, mails));
    }

    private static async Task<Dictionary<string, bool>> WordsAsync(HttpContext http, MailPreferences mails) =>
        (await mails.ReadAsync(http.Viewer())).ToDictionary(s => ApiWords.Of(s.Key), s => s.Value);
}
