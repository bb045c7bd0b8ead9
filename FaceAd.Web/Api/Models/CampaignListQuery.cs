using System.ComponentModel;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api.Models;

/// <summary>Filters of a campaign list; absent ones match all.</summary>
sealed class CampaignListQuery
{
    /// <summary>Part of the name.</summary>
    [Description("Part of the name.")]
    public string? Search { get; init; }

    [Description("running, scheduled, submitted, draft, rejected, paused or ended.")]
    public string? Phase { get; init; }

    /// <summary>Part of the advertiser's name.</summary>
    [Description("Part of the advertiser's name; media owner only.")]
    public string? Advertiser { get; init; }

    /// <summary>Part of a site's name.</summary>
    [Description("Part of the name of a site the campaign may run at.")]
    public string? Site { get; init; }

    /// <summary>Earliest last day.</summary>
    [Description("Campaigns that end on this day or later, such as 2026-03-09. Combine with to for a calendar of those days.")]
    public string? From { get; init; }

    /// <summary>Latest first day.</summary>
    [Description("Campaigns that start on this day or earlier.")]
    public string? To { get; init; }

    /// <summary>Parses the filters.</summary>
    /// <returns>The problem; null when there is none.</returns>
    internal ProblemHttpResult? Read(out CampaignSearch search)
    {
        search = new CampaignSearch();
        CampaignPhase? phase = null;
        if (Phase is not null)
        {
            if (!ApiWords.Read<CampaignPhase>(Phase, out var wanted))
                return ApiProblem.Of(400, "Word", "phase", "running, scheduled, submitted, draft, rejected, paused, ended");
            phase = wanted;
        }
        var days = DayRange.Read(From, To);
        if (ApiProblem.Of(days) is { } problem) return problem;
        if (!new[] { Search, Advertiser, Site }.All(StorableText.IsSound)) return ApiProblem.Of(400, "BadRequest");
        search = new CampaignSearch
        {
            Search = Search,
            Phase = phase,
            Advertiser = Advertiser,
            Site = Site,
            From = days.From,
            To = days.To,
        };
        return null;
    }
}
