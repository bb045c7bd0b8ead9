using FaceAd.Web.Api;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Comparisons;
using FaceAd.Web.Reports;
using Microsoft.AspNetCore.WebUtilities;

namespace FaceAd.Web.Components.Pages.Campaigns.Details;

/// <summary>A tab of a campaign's page, in the order of the tabs.</summary>
enum CampaignTab
{
    /// <summary>The figures.</summary>
    Results = 0,

    /// <summary>The creatives, and how they compare.</summary>
    Creatives = 1,

    /// <summary>Comments and history.</summary>
    Comments = 2,
}

/// <summary>
/// What the address of a campaign's page says: which figures, what they are compared with, the steps of their curve, and the open tab.
/// </summary>
static class CampaignAddress
{
    /// <summary>A query string: empty, or starting with a question mark.</summary>
    /// <param name="query">Which figures.</param>
    /// <param name="compared">What they are compared with.</param>
    /// <param name="tab">The open tab; null for the one that the page opens with.</param>
    /// <param name="step">The steps of the curve; null for the usual ones.</param>
    public static string Words(MetricsQuery query, ComparedWith compared, CampaignTab? tab, TimelineStep? step = null)
    {
        var words = ReportAddress.Words(query);
        if (compared != ComparedWith.Nothing) words = QueryHelpers.AddQueryString(words, "compare", ApiWords.Of(compared));
        if (step is { } chosen) words = QueryHelpers.AddQueryString(words, "step", ApiWords.Of(chosen));
        return tab is { } open ? QueryHelpers.AddQueryString(words, "tab", ApiWords.Of(open)) : words;
    }

    /// <summary>A named value; null for anything else.</summary>
    /// <param name="text">Text of the address.</param>
    public static T? Read<T>(string? text)
        where T : struct, Enum => ApiWords.Read(text, out T value) ? value : null;

    /// <summary>The tab on which the target of a link stands; null for any other.</summary>
    /// <param name="fragment">What follows the number sign.</param>
    public static CampaignTab? TabOf(string fragment) => fragment switch
    {
        "comments" or "history" => CampaignTab.Comments,
        "creatives" or "versus" => CampaignTab.Creatives,
        "parts" or "epochs" or "hours" or "compared" or "take-along" => CampaignTab.Results,
        _ => null,
    };
}
