using System.ComponentModel;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>Site endpoints: names for everyone who books, the rest for the media owner.</summary>
static class SitesApi
{
    private const int MaxPageSize = 500;

    public static void MapSites(this RouteGroupBuilder group)
    {
        var api = group.MapGroup("/sites").WithTags("Sites");
        api.MapGet("", ListAsync).RequireScope(ApiScopes.CampaignsRead).WithSummary("Lists sites by identity.");
        api.MapGet("/{id:guid}", FindAsync).RequireScope(ApiScopes.CampaignsRead).Refuses(404)
            .WithSummary("Returns one site; address, notice and consent for the media owner only.");
        api.MapPost("", RegisterAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(409, 422)
            .WithSummary("Creates a site. Without consent its cameras stay off. With an Idempotency-Key, a repeat returns the same site.");
        api.MapPut("/{id:guid}", ChangeAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 409, 422)
            .WithSummary("Changes a site's name, address and time zone; the time zone is fixed once one of its screens has connected.");
        api.MapPut("/{id:guid}/consent", ConsentAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 422)
            .WithSummary("Records a reference to the building's consent. Switches nothing on.");
        api.MapDelete("/{id:guid}/consent", WithdrawAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 409)
            .WithSummary("Withdraws the consent and switches the site's cameras off immediately.");
        api.MapPut("/{id:guid}/measurement", MeasureAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 409)
            .WithSummary("Switches a site's measurement on or off; it needs consent and a notice.");
        api.MapPut("/{id:guid}/notice", NoticeAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 409, 422)
            .WithSummary("Changes the notice on a site's screens while measurement is on.");
        api.MapPost("/{id:guid}/erasure", EraseAsync).RequireScope(ApiScopes.ScreensWrite).Refuses(404, 422)
            .WithSummary(
                "Erases everyone recognised at a site, the current counting period included. Cannot be undone: confirm with the "
                + "site's name.");
    }

    private static async Task<Results<Ok<PageModel<SiteModel>>, ProblemHttpResult>> ListAsync(
        HttpContext http, FaceAdDbContext db, [Description("Value of next on the previous page.")] Guid? after,
        [Description("Part of the name.")] string? search, [Description("1 to 500.")] int limit = 100)
    {
        if (limit is < 1 or > MaxPageSize) return ApiProblem.Of(400, "Limit", MaxPageSize);
        if (!StorableText.IsSound(search)) return ApiProblem.Of(400, "BadRequest");
        var (from, part) = (after ?? Guid.Empty, Sql.Pattern(search));
        var rows = await db.Sites.AsNoTracking().Where(s => s.Id > from && (part == null || EF.Functions.ILike(s.Name, part, @"\")))
            .OrderBy(s => s.Id).Take(limit + 1).ToListAsync(http.RequestAborted);
        return TypedResults.Ok(ApiWords.Page(rows, limit, s => new SiteModel(s.Id, s.Name, s.TimeZone, s.Measures), s => s.Id.ToString()));
    }

    private static async Task<Results<Ok<SiteDetailModel>, ProblemHttpResult>> FindAsync(Guid id, HttpContext http, FaceAdDbContext db) =>
        await ReadAsync(id, http, db);

    private static async Task<Results<Created<SiteDetailModel>, Ok<SiteDetailModel>, ProblemHttpResult>> RegisterAsync(
        HttpContext http, FaceAdDbContext db, ScreenRegistry registry, NewSiteModel terms,
        [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        var viewer = http.Viewer();
        if (!viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (Check(terms.Name, terms.Address, terms.TimeZone ?? Seoul) is { } problem) return problem;
        if (Check(terms.Notice, "notice") is { } loud) return loud;
        if (Check(terms.Consent, "consent") is { } vague) return vague;
        if (!StorableText.IsBlank(terms.Consent) && terms.Notice is not null && StorableText.IsBlank(terms.Notice))
            return ApiProblem.Of(422, "Admin.Consent.Refused.", ConsentRefusal.NoNotice);
        var id = IdempotencyKey.IdOf(viewer, "site", key);
        async Task<SiteDetailModel?> EarlierAsync() =>
            id is { } known && await db.Sites.AsNoTracking().SingleOrDefaultAsync(s => s.Id == known, http.RequestAborted) is { } site
                ? SiteDetailModel.Of(site, true) : null;
        if (await EarlierAsync() is { } earlier) return TypedResults.Ok(earlier);
        try
        {
            var site = await registry.RegisterSiteAsync(
                terms.Name!, terms.Address ?? "", terms.TimeZone ?? Seoul, terms.Notice ?? Site.DefaultNotice, terms.Consent, viewer, id);
            return TypedResults.Created($"/api/v1/sites/{site.Id}", SiteDetailModel.Of(site, true));
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() is { } twice)
        {
            return twice && await EarlierAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "NameTaken");
        }
    }

    private static async Task<Results<Ok<SiteDetailModel>, ProblemHttpResult>> ChangeAsync(
        Guid id, HttpContext http, ScreenRegistry registry, SiteTermsModel terms)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (Check(terms.Name, terms.Address, terms.TimeZone ?? "") is { } problem) return problem;
        try
        {
            return await registry.ChangeSiteAsync(id, terms.Name!, terms.Address ?? "", terms.TimeZone!, http.Viewer()) is { } site
                ? TypedResults.Ok(SiteDetailModel.Of(site, true)) : Missing();
        }
        catch (InvalidOperationException)
        {
            return ApiProblem.Of(409, "TimeZoneStays");
        }
        catch (DbUpdateException exception) when (exception.IsDuplicate() is not null)
        {
            return ApiProblem.Of(409, "NameTaken");
        }
    }

    private static async Task<Results<Ok<SiteDetailModel>, ProblemHttpResult>> ConsentAsync(
        Guid id, HttpContext http, FaceAdDbContext db, SiteConsents consents, ConsentModel consent)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (StorableText.IsBlank(consent.Reference)) return ApiProblem.Of(422, "Missing", "reference");
        if (Check(consent.Reference, "reference") is { } problem) return problem;
        return Refused(await consents.RecordAsync(id, consent.Reference, http.Viewer())) ?? await ReadAsync(id, http, db);
    }

    private static async Task<Results<Ok<SiteDetailModel>, ProblemHttpResult>> WithdrawAsync(
        Guid id, HttpContext http, FaceAdDbContext db, SiteConsents consents) =>
        !http.Viewer().IsMediaOwner ? ApiProblem.Of(403, "OwnersOnly") : Refused(await consents.WithdrawAsync(id, http.Viewer()))
            ?? await ReadAsync(id, http, db);

    private static async Task<Results<Ok<SiteDetailModel>, ProblemHttpResult>> MeasureAsync(
        Guid id, HttpContext http, FaceAdDbContext db, SiteConsents consents, SwitchModel state) =>
        !http.Viewer().IsMediaOwner ? ApiProblem.Of(
            403, "OwnersOnly") : Refused(await consents.SetMeasurementAsync(id, state.On, http.Viewer())) ?? await ReadAsync(id, http, db);

    private static async Task<Results<Ok<SiteDetailModel>, ProblemHttpResult>> NoticeAsync(
        Guid id, HttpContext http, FaceAdDbContext db, SiteConsents consents, NoticeModel notice)
    {
        if (!http.Viewer().IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (Check(notice.Notice, "notice") is { } problem) return problem;
        return Refused(await consents.SetNoticeAsync(id, notice.Notice ?? "", http.Viewer())) ?? await ReadAsync(id, http, db);
    }

    private static async Task<Results<Ok<ErasedModel>, ProblemHttpResult>> EraseAsync(
        Guid id, HttpContext http, FaceAdDbContext db, SiteErasure erasure, AuditLog audit, TimeProvider time, EraseModel confirmation)
    {
        var viewer = http.Viewer();
        if (!viewer.IsMediaOwner) return ApiProblem.Of(403, "OwnersOnly");
        if (await db.Sites.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, http.RequestAborted) is not { } site) return Missing();
        if (StorableText.Of(confirmation.Confirm ?? "") != site.Name) return ApiProblem.Of(422, "Confirm");
        await audit.WriteAsync(AuditLog.Entry(viewer, time.GetUtcNow(), AuditVerb.ErasureAsked, AuditSubject.Site, id, site.Name));
        return TypedResults.Ok(new ErasedModel(await erasure.EraseAsync(id, http.RequestAborted)));
    }

    private const string Seoul = "Asia/Seoul";

    private static async Task<Results<Ok<SiteDetailModel>, ProblemHttpResult>> ReadAsync(Guid id, HttpContext http, FaceAdDbContext db) =>
        await db.Sites.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, http.RequestAborted) is { } site
            ? TypedResults.Ok(SiteDetailModel.Of(site, http.Viewer().IsMediaOwner)) : Missing();

    internal static ProblemHttpResult Missing() => ApiProblem.Of(404, "NoSite");

    private static ProblemHttpResult? Check(string? name, string? address, string timeZone) =>
        StorableText.IsBlank(name) || !StorableText.Fits(name, 120) ? ApiProblem.Of(422, "Name", 120)
        : !StorableText.Fits(address, Site.MaxAddress) ? ApiProblem.Of(422, "TooLong", "address", Site.MaxAddress)
        : timeZone.Length > 64 || !TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out _) ? ApiProblem.Of(422, "TimeZone") : null;

    private static ProblemHttpResult? Check(string? text, string name) =>
        !StorableText.Fits(text, Site.MaxReference) ? ApiProblem.Of(422, "TooLong", name, Site.MaxReference) : null;

    private static Results<Ok<SiteDetailModel>, ProblemHttpResult>? Refused(ConsentRefusal? refusal) => refusal switch
    {
        null => (Results<Ok<SiteDetailModel>, ProblemHttpResult>?)null,
        ConsentRefusal.NoSuchSite => Missing(),
        { } why => ApiProblem.Of(409, "Admin.Consent.Refused.", why),
    };
}
