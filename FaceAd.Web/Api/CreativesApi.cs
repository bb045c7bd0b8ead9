using System.ComponentModel;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Api.Requests;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Creatives;
using FaceAd.Web.Creatives.Uploads;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Api;

/// <summary>Endpoints for creatives: uploading, progress, weights, replacing, removing, downloading.</summary>
static class CreativesApi
{
    public static void MapCreatives(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/campaigns/{id:guid}").WithTags("Creatives");
        api.MapGet("/creatives", HistoryAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Lists a campaign's creatives in all versions, newest first.");
        api.MapPost("/creatives", UploadAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 413, 422)
            .WithMetadata(new NoSizeLimit())
            .Accepts<byte[]>("*/*")
            .WithSummary(
                "Uploads a video or an image in one request: the body is the file. It is queued for encoding; the response names the "
                + "upload to poll. For large videos use /uploads.");
        api.MapPut("/creatives/{creative:guid}/weight", WeighAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409, 422)
            .TakesVersion()
            .WithSummary("Sets a creative's weight in its campaign's rotation, in a draft or a rejected campaign.");
        api.MapDelete("/creatives/{creative:guid}", RemoveAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409)
            .TakesVersion()
            .WithSummary("Removes a creative from a draft or a rejected campaign.");
        api.MapGet("/creatives/{creative:guid}/video", VideoAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .Produces<byte[]>(200, "video/mp4").WithSummary("Returns the video as screens play it; supports range requests.");
        api.MapGet("/creatives/{creative:guid}/poster", PosterAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .Produces<byte[]>(200, "image/jpeg").WithSummary("Returns the creative's poster.");
        api.MapGet("/uploads", UploadsAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Lists uploads that are not creatives yet, and failures of the last day.");

        var uploads = group.MapGroup("/uploads").WithTags("Creatives");
        uploads.MapGet("/{id:guid}", TellAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary(
                "Returns an upload's state: bytes received, then encoding progress in per cent, then the creative or the refusal.");
        uploads.MapPost("/{id:guid}/retry", RetryAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404, 409)
            .WithSummary("Retries a failed upload, if a retry may help (mayRetry).");
        var house = group.MapGroup("/house").WithTags("Creatives");
        house.MapGet("", HouseAsync).RequireScope(ApiScopes.CampaignsRead)
            .WithSummary("Lists the media owner's own creatives, which play while no campaign is due, in playing order.");
        house.MapPost("", UploadToHouseAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(413, 422).WithMetadata(new NoSizeLimit())
            .Accepts<byte[]>("*/*")
            .WithSummary("Uploads a video or an image to the house loop: the body is the file. The response names the upload to poll.");
        house.MapDelete("/{id:guid}", RemoveFromHouseAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404)
            .WithSummary("Removes a creative from the house loop; it can be restored.");
        house.MapPost("/{id:guid}/restore", RestoreToHouseAsync).RequireScope(ApiScopes.CampaignsWrite).Refuses(404)
            .WithSummary("Restores a creative to the house loop.");
        UploadEndpoints.Speak(uploads, (route, what) => route.RequireScope(ApiScopes.CampaignsWrite).WithMetadata(new NoSizeLimit())
            .WithSummary(what).Refuses(404, 409, 413, 422, 423));
    }

    private static async Task<Results<Ok<VersionModel[]>, ProblemHttpResult>> HistoryAsync(
        Guid id, HttpContext http, CampaignService service, CreativeReview review)
    {
        if (await service.FindAsync(http.Viewer(), id, http.RequestAborted) is null) return CampaignsApi.Missing();
        return TypedResults.Ok<VersionModel[]>([.. (await review.HistoryAsync(http.Viewer(), id)).Select(VersionModel.Of)]);
    }

    private static async Task<Results<Ok<VersionModel[]>, ProblemHttpResult>> HouseAsync(HttpContext http, HouseLoop loop) =>
        !http.Viewer().IsMediaOwner
            ? ApiProblem.Of(403, "OwnersOnly") : TypedResults.Ok<VersionModel[]>([.. (await loop.ListAsync()).Select(VersionModel.Of)]);

    private static async Task<Results<Accepted<UploadModel>, ProblemHttpResult>> UploadToHouseAsync(
        HttpContext http, CreativeIntake intake, CreativeUploads uploads, IOptions<MediaOptions> options,
        [Description("File name.")] string? name,
        [Description("For an image: duration of its loop in seconds, 1 to 60.")] double? seconds) =>
        http.Viewer().IsMediaOwner
            ? await TakeAsync(null, http, intake, uploads, options, name, null, seconds) : ApiProblem.Of(403, "OwnersOnly");

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveFromHouseAsync(Guid id, HttpContext http, HouseLoop loop) =>
        !http.Viewer().IsMediaOwner ? ApiProblem.Of(403, "OwnersOnly") : await loop.RemoveAsync(http.Viewer(), id)
            ? TypedResults.NoContent() : Missing();

    private static async Task<Results<NoContent, ProblemHttpResult>> RestoreToHouseAsync(Guid id, HttpContext http, HouseLoop loop) =>
        !http.Viewer().IsMediaOwner ? ApiProblem.Of(403, "OwnersOnly") : await loop.RestoreAsync(http.Viewer(), id)
            ? TypedResults.NoContent() : Missing();

    private static Task<Results<Accepted<UploadModel>, ProblemHttpResult>> UploadAsync(
        Guid id, HttpContext http, CreativeIntake intake, CreativeUploads uploads, IOptions<MediaOptions> options,
        [Description("File name.")] string? name,
        [Description("Any version of the creative to replace; absent to add a creative.")] Guid? replaces,
        [Description("For an image: duration of its loop in seconds, 1 to 60.")] double? seconds) =>
        TakeAsync(id, http, intake, uploads, options, name, replaces, seconds);

    private static async Task<Results<Accepted<UploadModel>, ProblemHttpResult>> TakeAsync(
        Guid? id, HttpContext http, CreativeIntake intake, CreativeUploads uploads, IOptions<MediaOptions> options, string? name,
        Guid? replaces, double? seconds)
    {
        if (http.Request.ContentLength > options.Value.MaxUploadBytes) return Refused(CreativeRefusal.TooLarge);
        // The stream is counted while it is saved; the server's own limit would abort the request without a reason.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
        var plan = new UploadPlan(id, name is { Length: > 0 and <= 400 } ? name : "video", http.Request.ContentLength
            ?? options.Value.MaxUploadBytes, replaces, seconds ?? UploadPlan.UsualStillSeconds);
        var (upload, refusal) = await intake.AcceptAsync(
            http.Viewer(), plan, http.Request.Body, http.Request.ContentLength, http.RequestAborted);
        if (upload is null) return Refused(refusal!.Value);
        var now = await uploads.FindAsync(http.Viewer(), upload.Id) ?? upload;
        return TypedResults.Accepted($"/api/v1/uploads/{upload.Id}", UploadModel.Of(now, uploads));
    }

    private static async Task<Results<Ok<CampaignModel>, ProblemHttpResult>> WeighAsync(
        Guid id, Guid creative, HttpContext http, CampaignService service, Display display, WeightModel weight)
    {
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } campaign || campaign.Creatives.All(f => f.Id != creative))
            return Missing();
        if (VersionTag.Check(http.Request, campaign, out var version) is { } stale) return stale;
        var draft = CampaignDraft.Of(campaign);
        draft.Weights[creative] = weight.Weight;
        var (changed, problems) = await service.ChangeAsync(viewer, id, draft, display.Today);
        if (problems.Contains(CampaignProblem.ChangedMeanwhile))
            return version is null ? ApiProblem.Of(409, "ChangedMeanwhile") : VersionTag.Stale;
        if (problems.Count > 0) return ApiProblem.Of(problems);
        return changed is null ? ApiProblem.Of(409, "NotEditable") : TypedResults.Ok(CampaignsApi.Tagged(http, changed, display));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        Guid id, Guid creative, HttpContext http, CampaignService service)
    {
        var viewer = http.Viewer();
        if (await service.FindAsync(viewer, id, http.RequestAborted) is not { } campaign || campaign.Creatives.All(f => f.Id != creative))
            return Missing();
        if (VersionTag.Check(http.Request, campaign, out var version) is { } stale) return stale;
        return await service.RemoveCreativeAsync(viewer, id, creative, version) ? TypedResults.NoContent()
            : await CampaignsApi.RefusedAsync(http, service, id, version, ApiProblem.Of(409, "NotEditable"));
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> VideoAsync(
        Guid id, Guid creative, HttpContext http, CampaignService service, CreativeReview review, MediaStore store)
    {
        if (await FindAsync(id, creative, http, service, review) is not { } found
            || await store.OpenVideoAsync(found.Sha256, http.RequestAborted) is not { } stream) return Missing();
        return TypedResults.File(stream, "video/mp4", entityTag: new($"\"{found.Sha256}\""), enableRangeProcessing: true);
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> PosterAsync(
        Guid id, Guid creative, HttpContext http, CampaignService service, CreativeReview review, MediaStore store)
    {
        if (await FindAsync(id, creative, http, service, review) is not { } found
            || await store.OpenPosterAsync(found.Sha256, found.Seconds, http.RequestAborted) is not { } stream) return Missing();
        return TypedResults.File(stream, "image/jpeg", entityTag: new($"\"{found.Sha256}\""));
    }

    private static async Task<Creative?> FindAsync(
        Guid id, Guid creative, HttpContext http, CampaignService service, CreativeReview review) =>
        await service.FindAsync(http.Viewer(), id, http.RequestAborted) is null
            ? null : (await review.HistoryAsync(http.Viewer(), id)).FirstOrDefault(f => f.Id == creative);

    private static async Task<Results<Ok<UploadModel[]>, ProblemHttpResult>> UploadsAsync(
        Guid id, HttpContext http, CampaignService service, CreativeUploads uploads)
    {
        if (await service.FindAsync(http.Viewer(), id, http.RequestAborted) is null) return CampaignsApi.Missing();
        return TypedResults.Ok<UploadModel[]>([.. (await uploads.ListAsync(http.Viewer(), id)).Select(u => UploadModel.Of(u, uploads))]);
    }

    private static async Task<Results<Ok<UploadModel>, ProblemHttpResult>> TellAsync(Guid id, HttpContext http, CreativeUploads uploads) =>
        await uploads.FindAsync(http.Viewer(), id) is { } upload
            ? TypedResults.Ok(UploadModel.Of(upload, uploads)) : ApiProblem.Of(404, "NoUpload");

    private static async Task<Results<Ok<UploadModel>, ProblemHttpResult>> RetryAsync(Guid id, HttpContext http, CreativeUploads uploads)
    {
        if (await uploads.FindAsync(http.Viewer(), id) is null) return ApiProblem.Of(404, "NoUpload");
        if (!await uploads.RetryAsync(http.Viewer(), id)) return ApiProblem.Of(409, "NoRetry");
        return TypedResults.Ok(UploadModel.Of((await uploads.FindAsync(http.Viewer(), id))!, uploads));
    }

    private static ProblemHttpResult Missing() => ApiProblem.Of(404, "NoCreative");

    private static ProblemHttpResult Refused(CreativeRefusal refusal) =>
        ApiProblem.Of(UploadEndpoints.StatusOf(refusal), "Form.Refusal.", refusal);

    /// <summary>Lifts the body size limit: uploads are counted while they are saved.</summary>
    private sealed class NoSizeLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => null;
    }
}
