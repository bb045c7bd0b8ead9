using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics.Forecasts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Api;

/// <summary>What terms would bring, before they are booked.</summary>
static class ForecastsApi
{
    public static void MapForecasts(this RouteGroupBuilder group) =>
        group.MapPost("/forecast", ForecastAsync).RequireScope(ApiScopes.CampaignsRead).WithTags("Campaigns").Refuses(422)
            .WithSummary("Forecasts impressions, Reach, Frequency and cost of these terms, beside what is booked. Changes nothing.");

    private static async Task<Results<Ok<ForecastModel>, ProblemHttpResult>> ForecastAsync(
        HttpContext http, ForecastReader forecasts, SiteGroups groups, IDbContextFactory<FaceAdDbContext> contexts, Display display,
        CampaignTermsModel terms)
    {
        if (terms.Problem is { } problem) return problem;
        if (terms.SiteIds is { Length: > ForecastReader.MostSites }) return ApiProblem.Of(400, "Many", "siteIds", ForecastReader.MostSites);
        var (draft, stop) = (terms.ToDraft(), http.RequestAborted);
        List<Guid> known;
        await using (var db = await contexts.CreateDbContextAsync(stop))
        {
            Guid[] asked = [.. draft.SiteIds];
            known = await db.Sites.Where(s => asked.Contains(s.Id)).Select(s => s.Id).ToListAsync(stop);
        }
        var named = (await groups.ListAsync(stop)).Where(g => draft.GroupIds.Contains(g.Id)).ToList();
        if (Plans.Problems(draft, display.Today, known, [.. named.Select(g => g.Id)]) is { Count: > 0 } problems)
            return ApiProblem.Of(problems);
        var sites = SiteGroups.Together(draft.SiteIds, named);
        if (Plans.Of(draft, null, sites, display.Today) is not { } plan)
            return ApiProblem.Of(400, "Many", "groupIds", ForecastReader.MostSites);
        return TypedResults.Ok(ForecastModel.Of((await forecasts.ReadAsync(plan, stop)).Make(), http.Viewer().IsMediaOwner));
    }
}
