using System.ComponentModel;
using System.Text.Json;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Privacy;
using FaceAd.Web.Reports;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>Shared links to reports, and what only the media owner sees: the overview, audience figures, privacy, the audit log.</summary>
static class FiguresApi
{
    private const int MostDays = 366;

    public static void MapFigures(this RouteGroupBuilder group)
    {
        var links = group.MapGroup("").WithTags("Reports");
        links.MapGet("/campaigns/{id:guid}/links", LinksAsync).RequireScope(ApiScopes.ReportsRead).Refuses(404)
            .WithSummary("Lists a campaign's valid report links.");
        links.MapPost("/campaigns/{id:guid}/links", ShareAsync).RequireScope(ApiScopes.ReportsWrite).Refuses(404, 409, 422)
            .WithSummary(
                "Creates a link that shows a report to people without an account; its address is returned only once. With an "
                + "Idempotency-Key, a repeat returns the same link without the address.");
        links.MapDelete("/links/{id:guid}", EndAsync).RequireScope(ApiScopes.ReportsWrite).Refuses(404).WithSummary("Revokes a link.");

        var owner = group.MapGroup("").WithTags("Media owner");
        owner.MapGet("/overview", OverviewAsync).RequireScope(ApiScopes.ReportsRead)
            .WithSummary("Returns current key figures: pending approvals, today's plays and the running campaigns; media owner only.");
        owner.MapGet("/audience", AudienceAsync).RequireScope(ApiScopes.ReportsRead).Refuses(404)
            .WithSummary("Returns opportunities to see the screens, whatever was playing; media owner only.");
        owner.MapGet("/privacy", PrivacyAsync).RequireScope(ApiScopes.ScreensRead)
            .WithSummary("Returns what is stored about people, since when and until when; media owner only. The call is audited.");
        owner.MapGet("/audit", AuditAsync).RequireScope(ApiScopes.AuditRead)
            .WithSummary("Searches the audit log, newest first, 50 entries per page; media owner only. The call is audited.");
    }

    private static async Task<Results<Ok<LinkModel[]>, ProblemHttpResult>> LinksAsync(Guid id, HttpContext http, CampaignService book, ReportLinks links)
    {
        if (await book.FindAsync(http.Viewer(), id, http.RequestAborted) is null) return CampaignsApi.Missing();
        return TypedResults.Ok<LinkModel[]>([.. (await links.ListAsync(http.Viewer(), id)).Select(l => Of(l, null))]);
    }

    private static async Task<Results<Created<LinkModel>, Ok<LinkModel>, ProblemHttpResult>> ShareAsync(
        Guid id, HttpContext http, CampaignService book, ReportLinks links, LinkTermsModel terms, [FromHeader(Name = IdempotencyKey.Header)] string? key)
    {
        if (!IdempotencyKey.IsGood(key)) return IdempotencyKey.Bad;
        if (!ReportLinks.Lifetimes.Contains(terms.Days)) return ApiProblem.Of(422, "Word", "days", string.Join(", ", ReportLinks.Lifetimes));
        if (terms.From > terms.To) return ApiProblem.Of(422, "Day", "from");
        var viewer = http.Viewer();
        if (await book.FindAsync(viewer, id, http.RequestAborted) is null) return CampaignsApi.Missing();
        var linkId = IdempotencyKey.IdOf(viewer, $"link {id:N} ", key);
        async Task<LinkModel?> EarlierAsync() => linkId is { } known && (await links.ListAsync(viewer, id)).FirstOrDefault(l => l.Id == known) is { } link ? Of(link, null) : null;
        if (await EarlierAsync() is { } earlier) return TypedResults.Ok(earlier);
        try
        {
            var query = new MetricsQuery(id) { From = terms.From, To = terms.To, SiteId = terms.Site, ScreenId = terms.Screen, CreativeId = terms.Film };
            if (await links.MakeAsync(viewer, query, terms.Days, linkId) is not var (link, token)) return ApiProblem.Of(409, "TooManyLinks", ReportLinks.MostOpen);
            http.Response.Headers.CacheControl = "no-store";
            return TypedResults.Created($"/api/v1/campaigns/{id}/links", Of(link, $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}/r/{token}"));
        }
        catch (DbUpdateException exception) when (exception.IsTwice() == true)
        {
            return await EarlierAsync() is { } meanwhile ? TypedResults.Ok(meanwhile) : ApiProblem.Of(409, "KeyGone");
        }
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(Guid id, HttpContext http, ReportLinks links) =>
        await links.RevokeAsync(http.Viewer(), id) ? TypedResults.NoContent() : ApiProblem.Of(404, "NoLink");

    private static async Task<Results<Ok<OverviewModel>, ProblemHttpResult>> OverviewAsync(HttpContext http, OverviewFeed feed)
    {
        if (!http.Viewer().IsAdmin) return ApiProblem.Of(403, "OwnersOnly");
        var now = await feed.ReadAsync(http.RequestAborted);
        return TypedResults.Ok(new OverviewModel(now.Waiting, now.PlaysToday, now.CoverageToday, now.RunningTotal, [.. now.Running.Select(r => new RunningModel(
            r.Id, r.Name, r.Advertiser, [.. r.Targets.Select(ApiWords.Of)], r.Figures.Impressions, r.Figures.Reach, r.Figures.Frequency, r.Figures.CpmKrw, r.Figures.Coverage))]));
    }

    private static async Task<Results<Ok<AudienceModel>, ProblemHttpResult>> AudienceAsync(
        HttpContext http, SharedAudience audience, Display display,
        [Description("First day; 28 days before the last if absent.")] string? from,
        [Description("Last day; today when absent.")] string? to, [Description("One site.")] Guid? site)
    {
        if (!http.Viewer().IsAdmin) return ApiProblem.Of(403, "OwnersOnly");
        foreach (var (name, day) in new[] { ("from", from), ("to", to) })
        {
            if (day is not null && ReportAddress.Day(day) is null) return ApiProblem.Of(400, "Day", name);
        }
        var last = ReportAddress.Day(to) ?? display.Today;
        var first = ReportAddress.Day(from) ?? last.AddDays(-27);
        if (first > last || last.DayNumber - first.DayNumber >= MostDays) return ApiProblem.Of(400, "Day", "from");
        var figures = await audience.ReadAsync(site, first, last);
        return TypedResults.Ok(new AudienceModel(first, last, figures.All, figures.Segments.ToDictionary(s => ApiWords.Of(s.Segment), s => s.Count), figures.Hours, figures.Screens));
    }

    private static async Task<Results<Ok<PrivacyModel>, ProblemHttpResult>> PrivacyAsync(
        HttpContext http, PrivacyReader reader, AuditLog log, [Description("Value of next on the previous page.")] string? after)
    {
        var viewer = http.Viewer();
        if (!viewer.IsAdmin) return ApiProblem.Of(403, "OwnersOnly");
        if (!ApiWords.IsSound(after)) return ApiProblem.Of(400, "After");
        await log.LookedAsync(viewer, AuditVerb.PrivacyViewed, AuditSubject.Page, null, "/api/v1/privacy");
        var facts = await reader.ReadAsync(after, http.RequestAborted);
        return TypedResults.Ok(new PrivacyModel(
            facts.AllSites, facts.Measuring, facts.RawDays, facts.Grace.TotalHours, facts.BinaryColumns,
            [.. facts.Facts.Select(f => new StoredFactsModel(ApiWords.Of(f.Kind), f.Rows.Rows, f.Rows.Estimated, f.Oldest, f.Newest, f.KeptUntil))],
            [.. facts.Sites.Select(s => new SitePrivacyModel(s.Site.Id, s.Site.Name, s.Site.Measures,
                [.. s.Stored.Select(e => new StoredEpochModel(e.Epoch, e.FirstDay, e.LastDay, e.Persons.Rows, e.Persons.Estimated, e.DeleteOn, e.Overdue))],
                [.. s.Ended.Select(e => new EndedEpochModel(e.Epoch, e.FirstDay, e.LastDay, e.Persons, e.EndedAt))]))], facts.Next));
    }

    private static async Task<Results<Ok<PageModel<AuditModel>>, ProblemHttpResult>> AuditAsync(HttpContext http, AuditReader reader, AuditLog log, Display display, [AsParameters] AuditWords words)
    {
        var viewer = http.Viewer();
        if (!viewer.IsAdmin) return ApiProblem.Of(403, "OwnersOnly");
        if (words.Read(display, out var filter) is { } problem) return problem;
        await log.LookedAsync(viewer, AuditVerb.AuditViewed, AuditSubject.Page, null, "/api/v1/audit");
        var page = await reader.ReadAsync(filter, http.RequestAborted);
        return TypedResults.Ok(new PageModel<AuditModel>([.. page.Entries.Select(e => new AuditModel(
            e.Id, e.At, e.UserId, e.UserName, e.OrganisationId, ApiWords.Of(e.Verb), ApiWords.Of(e.Subject), e.SubjectId, e.SubjectName,
            e.Details is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(e.Details), e.Address))], page.Next?.ToString()));
    }

    private static LinkModel Of(ReportLink l, string? address) =>
        new(l.Id, l.CampaignId, l.From, l.To, l.SiteId, l.ScreenId, l.CreativeId, l.CreatedBy, l.CreatedAt, l.ExpiresAt, l.Opened, l.OpenedAt, address);
}

/// <summary>Filters of the audit log; absent ones match all.</summary>
public sealed class AuditWords
{
    /// <summary>The acting account.</summary>
    [Description("By this account.")]
    public Guid? User { get; init; }

    /// <summary>What was done.</summary>
    [Description("What was done, such as campaignApproved.")]
    public string? Verb { get; init; }

    /// <summary>The thing concerned.</summary>
    [Description("Concerning this thing.")]
    public Guid? Subject { get; init; }

    /// <summary>Text to search for.</summary>
    [Description("Contained in a name, the details or the address; at most 100 characters.")]
    public string? Text { get; init; }

    /// <summary>First day.</summary>
    [Description("First day, such as 2026-03-09.")]
    public string? From { get; init; }

    /// <summary>Last day.</summary>
    [Description("Last day.")]
    public string? To { get; init; }

    /// <summary>Position in the list.</summary>
    [Description("Value of next on the previous page.")]
    public string? After { get; init; }

    /// <summary>Parses the filters.</summary>
    /// <returns>The problem; null when there is none.</returns>
    internal ProblemHttpResult? Read(Display display, out AuditFilter filter)
    {
        filter = new AuditFilter();
        AuditVerb? verb = null;
        if (Verb is not null)
        {
            if (!ApiWords.Read<AuditVerb>(Verb, out var wanted)) return ApiProblem.Of(400, "Word", "verb", string.Join(", ", Enum.GetValues<AuditVerb>().Select(ApiWords.Of)));
            verb = wanted;
        }
        foreach (var (name, day) in new[] { ("from", From), ("to", To) })
        {
            if (day is not null && ReportAddress.Day(day) is not { Year: > 2000 and < 9000 }) return ApiProblem.Of(400, "Day", name);
        }
        if (After is not null && AuditPlace.Read(After) is null) return ApiProblem.Of(400, "After");
        if (!ApiWords.IsSound(Text)) return ApiProblem.Of(400, "BadRequest");
        filter = new AuditFilter
        {
            UserId = User,
            Verb = verb,
            SubjectId = Subject,
            Text = Text?.Trim(),
            From = ReportAddress.Day(From) is { } from ? display.StartOf(from) : null,
            To = ReportAddress.Day(To) is { } to ? display.StartOf(to.AddDays(1)) : null,
            After = AuditPlace.Read(After),
        };
        return null;
    }
}

/// <summary>A link to a report.</summary>
/// <param name="Id">Identity.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="From">First requested day; null for the page's default.</param>
/// <param name="To">Last requested day; null for the page's default.</param>
/// <param name="Site">One site; null for all.</param>
/// <param name="Screen">One screen; null for all.</param>
/// <param name="Film">One creative; null for all.</param>
/// <param name="CreatedBy">Sign-in name of the user who created it.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="ExpiresAt">When it expires, exclusive.</param>
/// <param name="Opened">How many times it was opened.</param>
/// <param name="OpenedAt">When it was last opened.</param>
/// <param name="Address">The link's address, returned only once; null in lists and for a repeated call.</param>
public sealed record LinkModel(
    Guid Id, Guid CampaignId, DateOnly? From, DateOnly? To, Guid? Site, Guid? Screen, Guid? Film, string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, int Opened,
    DateTimeOffset? OpenedAt, string? Address);

/// <summary>Parameters of a new link.</summary>
/// <param name="Days">Lifetime in days: 7, 30 or 90.</param>
/// <param name="From">First day; absent for the page's default.</param>
/// <param name="To">Last day; absent for the page's default.</param>
/// <param name="Site">One site; absent for all.</param>
/// <param name="Screen">One screen; absent for all.</param>
/// <param name="Film">One creative; absent for all.</param>
public sealed record LinkTermsModel(int Days, DateOnly? From, DateOnly? To, Guid? Site, Guid? Screen, Guid? Film);

/// <summary>Current key figures.</summary>
/// <param name="Waiting">Campaigns awaiting approval.</param>
/// <param name="PlaysToday">Campaign plays since each site's midnight.</param>
/// <param name="CoverageToday">Their measured share, 0..1; null without plays.</param>
/// <param name="RunningTotal">Campaigns that may run today.</param>
/// <param name="Running">Those of them with the largest budgets.</param>
public sealed record OverviewModel(int Waiting, long PlaysToday, double? CoverageToday, int RunningTotal, IReadOnlyList<RunningModel> Running);

/// <summary>A campaign that runs today, with exact figures.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Name">Its name.</param>
/// <param name="Advertiser">Its advertiser.</param>
/// <param name="Targets">Its segments.</param>
/// <param name="Impressions">Impressions.</param>
/// <param name="Reach">Reach, 0..1; null when undefined.</param>
/// <param name="Frequency">Frequency; null when undefined.</param>
/// <param name="CpmKrw">Cost per thousand impressions, KRW; null when undefined.</param>
/// <param name="Coverage">Measured plays / plays, 0..1; null without plays.</param>
public sealed record RunningModel(Guid Id, string Name, string Advertiser, string[] Targets, long Impressions, double? Reach, double? Frequency, double? CpmKrw, double? Coverage);

/// <summary>Audience figures.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="All">All viewers.</param>
/// <param name="Segments">By segment.</param>
/// <param name="Hours">By hour of the day, 0 to 23.</param>
/// <param name="Screens">By screen.</param>
public sealed record AudienceModel(
    DateOnly From, DateOnly To, AudienceCount All, IReadOnlyDictionary<string, AudienceCount> Segments, IReadOnlyList<AudienceCount> Hours, IReadOnlyDictionary<Guid, AudienceCount> Screens);

/// <summary>What is stored about people.</summary>
/// <param name="Sites">Number of sites.</param>
/// <param name="Measuring">How many of them measure.</param>
/// <param name="RawDays">Days for which raw facts about viewers are kept.</param>
/// <param name="GraceHours">Hours from the end of a counting period (epoch) to the destruction of its person records.</param>
/// <param name="BinaryColumns">All columns that can hold binary data: a picture could only be stored in one of them.</param>
/// <param name="Facts">Raw facts.</param>
/// <param name="Buildings">A page of sites, by name.</param>
/// <param name="Next">Value of after for the next page; null on the last page.</param>
public sealed record PrivacyModel(
    int Sites, int Measuring, int RawDays, double GraceHours, IReadOnlyList<string> BinaryColumns, IReadOnlyList<StoredFactsModel> Facts, IReadOnlyList<SitePrivacyModel> Buildings, string? Next);

/// <summary>What is stored of one kind of raw fact.</summary>
public sealed record StoredFactsModel(string Kind, long? Rows, bool Estimated, DateOnly? Oldest, DateOnly? Newest, DateOnly? KeptUntil);

/// <summary>What is stored about the people at one site.</summary>
public sealed record SitePrivacyModel(Guid Id, string Name, bool Measured, IReadOnlyList<StoredEpochModel> Stored, IReadOnlyList<EndedEpochModel> Ended);

/// <summary>A counting period (epoch) whose people are currently stored.</summary>
public sealed record StoredEpochModel(int Epoch, DateOnly FirstDay, DateOnly LastDay, long? Persons, bool Estimated, DateOnly DeleteOn, bool Overdue);

/// <summary>A counting period (epoch) whose person records have been destroyed.</summary>
public sealed record EndedEpochModel(int Epoch, DateOnly FirstDay, DateOnly LastDay, long Persons, DateTimeOffset EndedAt);

/// <summary>One entry of the audit log.</summary>
/// <param name="Id">Identity; ascending over time.</param>
/// <param name="At">Time of the action.</param>
/// <param name="UserId">The user; null for the system or a failed sign-in by an unknown user.</param>
/// <param name="UserName">The user's sign-in name.</param>
/// <param name="OrganisationId">The user's organisation.</param>
/// <param name="Verb">What was done.</param>
/// <param name="Subject">The kind of thing it was done to.</param>
/// <param name="SubjectId">Identity of that thing.</param>
/// <param name="SubjectName">Its name at the time.</param>
/// <param name="Details">Further facts.</param>
/// <param name="Address">Client address of the request.</param>
public sealed record AuditModel(
    long Id, DateTimeOffset At, Guid? UserId, string? UserName, Guid? OrganisationId, string Verb, string Subject, Guid? SubjectId, string? SubjectName,
    IReadOnlyDictionary<string, string>? Details, string? Address);
