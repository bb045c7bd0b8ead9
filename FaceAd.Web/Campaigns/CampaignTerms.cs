using System.Globalization;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Web.Data;

namespace FaceAd.Web.Campaigns;

/// <summary>A campaign's terms as plain text, for the audit log: a term has changed if its text differs.</summary>
static class CampaignTerms
{
    /// <summary>Stands between the former and the new value of a term.</summary>
    public const string Arrow = " → ";

    /// <summary>A site or group, as the log names it.</summary>
    public static string Place(Guid id) => id.ToString("N")[^8..];

    /// <summary>How a campaign is to be delivered, by name.</summary>
    public static IReadOnlyDictionary<string, string> Delivery(DeliveryTerms terms) => new Dictionary<string, string>
    {
        ["goal"] = terms.Goal?.ToString(CultureInfo.InvariantCulture) ?? "",
        ["pace"] = terms.Pace.ToString(),
        ["caps"] = string.Join(", ", terms.Caps.Select(c => $"{c.Most}/{c.Per}{(c.Hard ? "!" : "")}")),
        ["category"] = terms.Separation is { Category: > 0 } s
            ? $"{(CompetitiveCategory)s.Category} {s.Apart.TotalMinutes:0} {s.Plays}" : "",
        ["notForChildren"] = YesNo(terms.NotForChildren),
        ["broad"] = YesNo(terms.Broad),
        ["sequence"] = YesNo(terms.InSequence),
        ["share"] = terms.ShareOfVoice == 0 ? "" : terms.ShareOfVoice.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>The terms by name. Names and values are those of the log, in no particular language.</summary>
    public static IReadOnlyDictionary<string, string> Of(Campaign campaign) => new Dictionary<string, string>(Delivery(campaign.Delivery))
    {
        ["name"] = campaign.Name,
        ["startsOn"] = campaign.StartsOn.Iso(),
        ["endsOn"] = campaign.EndsOn.Iso(),
        ["flights"] = string.Join(", ", (campaign.Flights ?? []).Select(f => $"{f.StartsOn.Iso()}–{f.EndsOn.Iso()}")),
        ["targets"] = string.Join(", ", campaign.Targets.Order()),
        ["sites"] = campaign.SiteIds.Length == 0
            ? "all" : string.Join(" ", campaign.SiteIds.Select(Place).Order(StringComparer.Ordinal)),
        ["groups"] = string.Join(" ", campaign.GroupIds.Select(Place).Order(StringComparer.Ordinal)),
        ["days"] = campaign.Days == Dayparting.AllDays
            ? "all" : string.Concat(Enumerable.Range(0, 7).Select(d => (campaign.Days >> d) & 1)),
        ["hours"] = campaign.Hours == Dayparting.AllHours
            ? "all" : string.Join(", ", Dayparting.Runs(campaign.Hours).Select(r => $"{r.From:00}–{r.To:00}")),
        ["priceModel"] = campaign.PriceModel.ToString(),
        ["budget"] = campaign.BudgetKrw.ToString(CultureInfo.InvariantCulture),
        ["price"] = campaign.PricePerThousandKrw?.ToString(CultureInfo.InvariantCulture) ?? "",
        ["weights"] = campaign.Creatives.Count < 2 ? "" : string.Join(" : ", campaign.Creatives.Select(c => c.Weight)),
    };

    /// <summary>The terms that differ, as "before → after".</summary>
    public static (string Key, string? Value)[] Changes(
        IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        [.. after.Where(a => before[a.Key] != a.Value).Select(a => (a.Key, (string?)$"{Shown(before[a.Key])}{Arrow}{Shown(a.Value)}"))];

    private static string YesNo(bool value) => value ? "yes" : "no";

    private static string Shown(string value) => value.Length == 0 ? "–" : value;
}
