using System.ComponentModel;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api.Models;

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
sealed record CampaignTermsModel(
    string? Name, DateOnly StartsOn, DateOnly EndsOn, string[]? Targets, Guid[]? SiteIds, Guid[]? GroupIds, string[]? Days, int[]? Hours,
    [property: DefaultValue("flat")] string? PriceModel, long BudgetKrw, long? PricePerThousandKrw, int? Version,
    Dictionary<Guid, int>? Weights = null, Flight[]? Flights = null)
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
        Days = Days is null
            ? Dayparting.AllDays : Days.Aggregate(0, (set, day) => Array.IndexOf(DayNames, day) is >= 0 and var i ? set | (1 << i) : -1),
        Hours = Hours is null
            ? Dayparting.AllHours : Hours.Aggregate(0, (set, hour) => set >= 0 && hour is >= 0 and < 24 ? set | (1 << hour) : -1),
        PriceModel = PriceModel == "perThousand" ? Core.Decisions.PriceModel.PerThousand : Core.Decisions.PriceModel.Flat,
        BudgetKrw = BudgetKrw,
        PricePerThousandKrw = PricePerThousandKrw,
        Version = Version,
        Weights = Weights ?? [],
    };

    /// <summary>Problem with terms that cannot be converted at all; null when there is none.</summary>
    internal ProblemHttpResult? Problem =>
        PriceModel is not (null or "flat" or "perThousand") ? ApiProblem.Of(400, "Word", "priceModel", "flat, perThousand")
        : StorableText.IsSound(Name) ? null : ApiProblem.Of(400, "BadRequest");

    internal static int[] HoursOf(int hours) => [.. Enumerable.Range(0, 24).Where(h => (hours >> h & 1) != 0)];

    internal static string[] NamesOf(int days) => [.. DayNames.Where((_, i) => (days >> i & 1) != 0)];
}
