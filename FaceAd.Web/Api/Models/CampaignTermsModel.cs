using System.ComponentModel;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
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
/// <param name="Delivery">How it is to be delivered; absent: evenly, without caps.</param>
sealed record CampaignTermsModel(
    string? Name, DateOnly StartsOn, DateOnly EndsOn, string[]? Targets, Guid[]? SiteIds, Guid[]? GroupIds, string[]? Days, int[]? Hours,
    [property: DefaultValue("flat")] string? PriceModel, long BudgetKrw, long? PricePerThousandKrw, int? Version,
    Dictionary<Guid, int>? Weights = null, Flight[]? Flights = null, DeliveryTermsModel? Delivery = null)
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
        Delivery = Delivery?.ToTerms() ?? DeliveryTerms.Default,
        Weights = Weights ?? [],
    };

    /// <summary>Problem with terms that cannot be converted at all; null when there is none.</summary>
    internal ProblemHttpResult? Problem =>
        PriceModel is not (null or "flat" or "perThousand") ? ApiProblem.Of(400, "Word", "priceModel", "flat, perThousand")
        : StorableText.IsSound(Name) ? null : ApiProblem.Of(400, "BadRequest");

    internal static int[] HoursOf(int hours) => [.. Enumerable.Range(0, 24).Where(h => (hours >> h & 1) != 0)];

    internal static string[] NamesOf(int days) => [.. DayNames.Where((_, i) => (days >> i & 1) != 0)];
}

/// <summary>How a campaign is to be delivered.</summary>
/// <param name="Goal">Impressions on its target that are booked, 1 to 1,000,000,000; absent: what the budget buys, or, at a flat price, its
/// share.</param>
/// <param name="Pace">even, frontLoaded or asFastAsPossible; absent: even.</param>
/// <param name="Caps">Frequency caps, at most three.</param>
/// <param name="Category">Competitive category: food, restaurants, beauty, fashion, retail, electronics, telecom, finance, realEstate,
/// cars, education, health, travel, entertainment, alcohol, publicBodies; absent or none: none.</param>
/// <param name="MinutesApart">Minutes between it and another of its category, 0 to 1440.</param>
/// <param name="PlaysBetween">Plays between them, 0 to 20.</param>
/// <param name="NotForChildren">Whether it may not be shown when a child is likely in view.</param>
/// <param name="Broad">Whether it runs, too, when nobody's segment is known well enough.</param>
/// <param name="InSequence">Whether its creatives are shown in their order, to each person the next.</param>
/// <param name="ShareOfVoice">Share of each of its screens' time, 0 to 1; 0: it is booked by impressions.</param>
sealed record DeliveryTermsModel(
    long? Goal, string? Pace, CapModel?[]? Caps, string? Category, int MinutesApart = 10, int PlaysBetween = 0, bool NotForChildren = false,
    bool Broad = false, bool InSequence = false, double ShareOfVoice = 0)
{
    internal static DeliveryTermsModel Of(DeliveryTerms terms) => new(
        terms.Goal, ApiWords.Of(terms.Pace),
        [.. terms.Caps.Select(c => new CapModel(c.Most, ApiWords.Of(c.Per), c.Hard, c.SkipsUnrecognised))],
        ApiWords.Of((CompetitiveCategory)terms.Separation.Category), (int)terms.Separation.Apart.TotalMinutes, terms.Separation.Plays,
        terms.NotForChildren, terms.Broad, terms.InSequence, terms.ShareOfVoice);

    /// <summary>Converts to terms. A word that is not known becomes a value that validation refuses.</summary>
    internal DeliveryTerms ToTerms() => new()
    {
        Goal = Goal,
        Pace = Pace is null ? default : ApiWords.Read<Pace>(Pace, out var pace) ? pace : (Pace)(-1),
        Caps = [.. (Caps ?? []).Select(c => c?.ToCap() ?? default)],
        Separation = Category is null or "none" ? default : new Separation(
            ApiWords.Read<CompetitiveCategory>(Category, out var category) ? (int)category : -1, PlaysBetween,
            TimeSpan.FromMinutes(MinutesApart)),
        NotForChildren = NotForChildren,
        Broad = Broad,
        InSequence = InSequence,
        ShareOfVoice = ShareOfVoice,
    };
}

/// <summary>The most exposures of one person in a unit of time.</summary>
/// <param name="Most">How many, 1 to 1000.</param>
/// <param name="Per">minute, hour, day, week or epoch (the 28 days for which a person is known).</param>
/// <param name="Hard">Whether one person who has had as many keeps it off the screen; else such a person only counts for nothing.</param>
/// <param name="SkipsUnrecognised">Whether people who are not recognised count for nothing.</param>
sealed record CapModel(int Most, string? Per, bool Hard = false, bool SkipsUnrecognised = false)
{
    internal FrequencyCap ToCap() => new(Most, ApiWords.Read<CapUnit>(Per, out var unit) ? unit : (CapUnit)(-1), Hard)
    {
        SkipsUnrecognised = SkipsUnrecognised,
    };
}
