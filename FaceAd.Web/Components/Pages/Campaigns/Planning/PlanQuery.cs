using System.Globalization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Views;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.WebUtilities;

namespace FaceAd.Web.Components.Pages.Campaigns.Planning;

/// <summary>A plan in the query of an address: to be shared, saved, and made a campaign.</summary>
static class PlanQuery
{
    /// <summary>The keys that it knows.</summary>
    public static IReadOnlyList<string> Keys => SavedViews.KeysOf(SavedList.Plans);

    private const int MostPlaces = 100; // a longer address is not sent by every mail program

    /// <summary>The days that an address asks for.</summary>
    /// <param name="address">The whole address.</param>
    public static DayRange Days(string address)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        return DayRange.Read(query.GetValueOrDefault("from"), query.GetValueOrDefault("to"));
    }

    /// <summary>Reads a plan; what is missing or makes no sense is as for a new campaign.</summary>
    /// <param name="address">The whole address.</param>
    /// <param name="today">Today, in the pages' time zone.</param>
    public static CampaignDraft Read(string address, DateOnly today)
    {
        var query = QueryHelpers.ParseQuery(new Uri(address).Query);
        string? Text(string key) => query.TryGetValue(key, out var values) ? values.ToString() : null;
        long Number(string key, long least, long most, long otherwise) =>
            long.TryParse(Text(key), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : otherwise;
        DateOnly? DayIn(string? text) =>
            DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day >= today && day.DayNumber - today.DayNumber <= CampaignDraft.MaxDaysAhead ? day : null;
        DateOnly? Day(string key) => DayIn(Text(key));
        List<Flight> flights = [];
        foreach (var text in (Text("flights") ?? "").Split(',').Take(FlightPlan.MostFlights))
        {
            if (text.Split('_') is [var first, var last] && DayIn(first) is { } starts && DayIn(last) is { } ends && ends >= starts)
                flights.Add(new Flight(starts, ends));
        }
        HashSet<Guid> Ids(string key) => [.. (Text(key) ?? "").Split(',').Take(MostPlaces)
            .Select(t => Guid.TryParse(t, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty)];
        var from = Day("from") ?? today;
        var price = Number("price", 1, CampaignDraft.MaxBudgetKrw, 0);
        var draft = new CampaignDraft
        {
            StartsOn = from,
            EndsOn = Day("to") is { } to && to >= from && to.DayNumber - from.DayNumber < CampaignDraft.MaxDays ? to : from.AddDays(27),
            Targets = new SortedSet<Segment>((Text("for") ?? "").Split(',')
                .Select(t => Enum.TryParse<Segment>(t, out var segment) ? segment : Segment.Unknown)
                .Where(SegmentProbabilities.Segments.Contains)),
            SiteIds = Ids("site"),
            GroupIds = Ids("group"),
            BudgetKrw = Number("budget", 1, CampaignDraft.MaxBudgetKrw, 0),
            PriceModel = price > 0 ? PriceModel.PerThousand : PriceModel.Flat,
            PricePerThousandKrw = price > 0 ? price : null,
        };
        if (flights.Count > 0 && FlightPlan.Of(flights) is var plan
            && plan.EndsOn.DayNumber - plan.StartsOn.DayNumber < CampaignDraft.MaxDays)
            draft.Take(plan);
        var (days, hours) = ((int)Number("days", 1, Dayparting.AllDays, Dayparting.AllDays),
            (int)Number("hours", 1, Dayparting.AllHours, Dayparting.AllHours));
        if (Dayparting.IsValid(days, hours)) (draft.Days, draft.Hours) = (days, hours);
        if (Number("goal", 1, DeliveryTerms.MaxGoal, 0) is > 0 and var goal) draft.Delivery = draft.Delivery with { Goal = goal };
        return draft;
    }

    /// <summary>Leaves out places that are not there any more.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="sites">All sites.</param>
    /// <param name="groups">All groups.</param>
    public static void Keep(CampaignDraft plan, IEnumerable<Site> sites, IEnumerable<SiteGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(plan);
        plan.SiteIds.IntersectWith(sites.Select(s => s.Id));
        plan.GroupIds.IntersectWith(groups.Select(g => g.Id));
    }

    /// <summary>The query of a plan, with its question mark.</summary>
    /// <param name="plan">The plan.</param>
    public static string Of(CampaignDraft plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Dictionary<string, string?> query = new()
        {
            ["for"] = Joined(plan.Targets.Select(t => t.ToString())),
            ["site"] = Joined(plan.SiteIds.Order().Take(MostPlaces).Select(id => id.ToString("N"))),
            ["group"] = Joined(plan.GroupIds.Order().Take(MostPlaces).Select(id => id.ToString("N"))),
            ["from"] = plan.Flights.Count > 0 ? null : plan.StartsOn.Iso(),
            ["to"] = plan.Flights.Count > 0 ? null : plan.EndsOn.Iso(),
            ["flights"] = Joined(plan.Flights.Select(f => $"{f.StartsOn.Iso()}_{f.EndsOn.Iso()}")),
            ["days"] = plan.Days == Dayparting.AllDays ? null : Number(plan.Days),
            ["hours"] = plan.Hours == Dayparting.AllHours ? null : Number(plan.Hours),
            ["budget"] = plan.BudgetKrw > 0 ? Number(plan.BudgetKrw) : null,
            ["price"] = plan is { PriceModel: PriceModel.PerThousand, PricePerThousandKrw: { } price } ? Number(price) : null,
            ["goal"] = plan.Delivery.Goal is { } goal ? Number(goal) : null,
        };
        return QueryHelpers.AddQueryString("", query.Where(q => q.Value is not null));
    }

    private static string? Joined(IEnumerable<string> parts) => string.Join(',', parts) is { Length: > 0 } text ? text : null;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
