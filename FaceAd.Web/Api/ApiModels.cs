using System.ComponentModel;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api;

/// <summary>Terms of a campaign, as sent by a client.</summary>
/// <param name="Name">1 to 120 characters.</param>
/// <param name="StartsOn">First day, inclusive.</param>
/// <param name="EndsOn">Last day, inclusive.</param>
/// <param name="Targets">Segments: kids, men2030, women2030, men4050, women4050, silver.</param>
/// <param name="SiteIds">Sites; empty or absent for all.</param>
/// <param name="GroupIds">Site groups, in addition.</param>
/// <param name="Days">Days of the week: mon, tue, wed, thu, fri, sat, sun; absent for all.</param>
/// <param name="Hours">Hours of the day, 0 to 23; absent for all.</param>
/// <param name="PriceModel">flat or perThousand.</param>
/// <param name="BudgetKrw">Whole KRW, VAT excluded.</param>
/// <param name="PricePerThousandKrw">Whole KRW for a thousand target impressions; with perThousand only.</param>
/// <param name="Version">The version the changes are based on; absent to overwrite any version.</param>
/// <param name="Weights">Weights by creative, 1 to 100 each; creatives not listed keep theirs.</param>
/// <param name="Flights">Runs of days, if there are several; startsOn and endsOn then follow from them. At most 12, not
/// overlapping.</param>
public sealed record CampaignTermsModel(
    string? Name, DateOnly StartsOn, DateOnly EndsOn, string[]? Targets, Guid[]? SiteIds, Guid[]? GroupIds, string[]? Days, int[]? Hours,
    [property: DefaultValue("flat")] string? PriceModel, long BudgetKrw, long? PricePerThousandKrw, int? Version, Dictionary<Guid, int>? Weights = null, Flight[]? Flights = null)
{
    private static readonly string[] DayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>Converts to the form's model. An unknown segment, day or hour becomes a value that validation refuses.</summary>
    internal CampaignDraft ToDraft() => new()
    {
        Name = Name ?? "",
        StartsOn = StartsOn,
        EndsOn = EndsOn,
        Flights = [.. Flights ?? []],
        Targets = new SortedSet<Segment>((Targets ?? []).Select(t => ApiWords.Read<Segment>(t, out var s) ? s : Segment.Unknown)),
        SiteIds = (SiteIds ?? []).ToHashSet(),
        GroupIds = (GroupIds ?? []).ToHashSet(),
        Days = Days is null ? Dayparting.AllDays : Days.Aggregate(0, (set, day) => Array.IndexOf(DayNames, day) is >= 0 and var i ? set | (1 << i) : -1),
        Hours = Hours is null ? Dayparting.AllHours : Hours.Aggregate(0, (set, hour) => set >= 0 && hour is >= 0 and < 24 ? set | (1 << hour) : -1),
        PriceModel = PriceModel == "perThousand" ? Core.Decisions.PriceModel.PerThousand : Core.Decisions.PriceModel.Flat,
        BudgetKrw = BudgetKrw,
        PricePerThousandKrw = PricePerThousandKrw,
        Version = Version,
        Weights = Weights ?? [],
    };

    /// <summary>Problem with terms that cannot be converted at all; null when there is none.</summary>
    internal ProblemHttpResult? Problem => PriceModel is not (null or "flat" or "perThousand") ? ApiProblem.Of(400, "Word", "priceModel", "flat, perThousand")
        : ApiWords.IsSound(Name) ? null : ApiProblem.Of(400, "BadRequest");

    internal static string[] NamesOf(int days) => [.. DayNames.Where((_, i) => (days >> i & 1) != 0)];
}

/// <summary>A campaign.</summary>
public sealed record CampaignModel(
    Guid Id, string Name, string Phase, string? RejectionReason, DateOnly StartsOn, DateOnly EndsOn, string[] Targets, Guid[] SiteIds, Guid[] GroupIds,
    string[] Days, int[] Hours, string PriceModel, long BudgetKrw, long? PricePerThousandKrw, Guid OrganisationId, int Version, DateTimeOffset CreatedAt,
    IReadOnlyList<CreativeModel> Creatives, IReadOnlyList<Flight> Flights)
{
    internal static CampaignModel Of(Campaign c, DateOnly today) => new(
        c.Id, c.Name, Word(CampaignPhases.Of(c, today).ToString()), c.RejectionReason, c.StartsOn, c.EndsOn, [.. c.Targets.Select(t => Word(t.ToString()))],
        c.OwnSiteIds ?? c.SiteIds, c.GroupIds, CampaignTermsModel.NamesOf(c.Days), [.. Enumerable.Range(0, 24).Where(h => (c.Hours >> h & 1) != 0)],
        Word(c.PriceModel.ToString()), c.BudgetKrw, c.PricePerThousandKrw, c.OrganisationId, c.Version, c.CreatedAt,
        [.. c.Creatives.Select(f => new CreativeModel(f.Id, f.Name, f.Seconds, f.Width, f.Height, f.Weight))], c.Plan.Flights)
    {
        Advertiser = c.Organisation?.Name,
        DeletedAt = c.DeletedAt,
    };

    /// <summary>Name of the advertiser; null where it was not requested.</summary>
    public string? Advertiser { get; init; }

    /// <summary>When it was deleted; null if it was not.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    internal static string Word(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

/// <summary>A creative of a campaign.</summary>
public sealed record CreativeModel(Guid Id, string Name, double Seconds, int Width, int Height, int Weight);

/// <summary>One page of a list.</summary>
/// <param name="Items">Its rows.</param>
/// <param name="Next">Value of <c>after</c> for the next page; null on the last page.</param>
public sealed record PageModel<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>An action on a campaign.</summary>
/// <param name="Step">submit, revise, approve, reject, pause or resume.</param>
/// <param name="Reason">For reject: the reason shown to the advertiser, at most 1,000 characters.</param>
/// <param name="Confirmed">For approve: all of allAges, sender, claims, rights, legible.</param>
public sealed record StepModel(string? Step, string? Reason, string[]? Confirmed);

/// <summary>A report.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="From">First day counted.</param>
/// <param name="To">Last day counted.</param>
/// <param name="Epoch">The counting period (epoch) of these days.</param>
/// <param name="ComputedAt">When it was computed.</param>
/// <param name="Exact">Whether people counts are exact; otherwise they move in steps of five and are withheld below five.</param>
/// <param name="Tables">The requested tables.</param>
public sealed record ReportModel(Guid CampaignId, DateOnly From, DateOnly To, int Epoch, DateTimeOffset ComputedAt, bool Exact, IReadOnlyList<ReportTableModel> Tables);

/// <summary>A table of a report: each row is an object with the table's columns; undefined is null, withheld is the text "&lt;5".</summary>
public sealed record ReportTableModel(string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyDictionary<string, object?>> Rows);

/// <summary>Filters of a campaign list; absent ones match all.</summary>
public sealed class CampaignWords
{
    /// <summary>Part of the name.</summary>
    [Description("Part of the name.")]
    public string? Search { get; init; }

    /// <summary>Phase.</summary>
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
            if (!ApiWords.Read<CampaignPhase>(Phase, out var wanted)) return ApiProblem.Of(400, "Word", "phase", "running, scheduled, submitted, draft, rejected, paused, ended");
            phase = wanted;
        }
        foreach (var (name, day) in new[] { ("from", From), ("to", To) })
        {
            if (day is not null && Reports.ReportAddress.Day(day) is null) return ApiProblem.Of(400, "Day", name);
        }
        if (!ApiWords.IsSound(Search) || !ApiWords.IsSound(Advertiser) || !ApiWords.IsSound(Site)) return ApiProblem.Of(400, "BadRequest");
        search = new CampaignSearch { Search = Search, Phase = phase, Advertiser = Advertiser, Site = Site, From = Reports.ReportAddress.Day(From), To = Reports.ReportAddress.Day(To) };
        return null;
    }
}
