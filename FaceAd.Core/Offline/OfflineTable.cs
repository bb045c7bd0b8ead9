using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;

namespace FaceAd.Core.Offline;

/// <summary>
/// A schedule's campaigns as <see cref="ValueDecider"/> takes them. Where and when they may run, how often and how fast is for their
/// tickets to say: so they are on air always, without an end, and at the bids of the schedule. One decision at a time.
/// </summary>
public sealed class OfflineTable
{
    // Times are in the tickets: no time zone is needed.
    private static readonly SiteCalendar Utc = new("UTC", SiteCalendar.DefaultAnchor);
    private static readonly Cabin Anywhere = new(Guid.Empty, Utc, []);

    // A plan that has not begun leaves each campaign on its price.
    private static readonly TargetCurve NotBegun =
        new(new FlightPlan(DateOnly.MaxValue, DateOnly.MaxValue, null), new WeeklySupply(new double[WeeklySupply.Hours]));

    private readonly Dictionary<Guid, OfflineOffer> _offers = [];
    private readonly Dictionary<Guid, Guid> _campaigns = []; // by creative
    private readonly PacingBook _book;
    private readonly ValueDecider _decider = new();

    /// <summary>Creates a table of the offers that have terms.</summary>
    /// <param name="schedule">The schedule.</param>
    public OfflineTable(OfflineSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        List<BookedCampaign> campaigns = [];
        foreach (var offer in schedule.Offers)
        {
            if (offer.Terms is not { } terms || offer.Tickets.Count == 0 || !_offers.TryAdd(terms.Campaign, offer)) continue;
            campaigns.Add(Book(offer, terms));
            foreach (var ticket in offer.Tickets) _campaigns[ticket.CreativeId] = terms.Campaign;
        }
        _book = new PacingBook(Utc, new CampaignTable(campaigns));
        _book.Refresh(DateTimeOffset.UnixEpoch);
    }

    /// <summary>Whether a schedule is for the choice by value.</summary>
    /// <param name="schedule">The schedule.</param>
    public static bool IsFor(OfflineSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return schedule.Offers.Any(o => o.Terms is not null);
    }

    /// <summary>Chooses for who is in view.</summary>
    /// <param name="riders">Everybody in view; nobody of them is recognised. Null when nobody can tell who is.</param>
    /// <param name="screen">What the screen has shown.</param>
    /// <param name="due">Tickets of which one more play may begin now, in the order of the schedule.</param>
    /// <param name="now">The instant.</param>
    /// <returns>
    /// Tickets of the campaign that wins; when nobody can tell who is in view, of all that may run. Empty for the house loop.
    /// </returns>
    public IEnumerable<OfflineTicket> Choose(
        IReadOnlyList<Rider>? riders, ScreenMemory screen, IReadOnlyCollection<OfflineTicket> due, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(screen);
        ArgumentNullException.ThrowIfNull(due);
        // A child may be there, too.
        if (riders is null) return due.Where(t => TermsOf(t) is { NotForChildren: false } terms && !IsTooSoon(terms, screen, now));
        screen.Cached = due.Select(t => t.CreativeId).ToHashSet();
        var why = _decider.Decide(_book, Anywhere with { Riders = riders }, screen, now);
        if (why.Winner is not { } winner) return [];
        var campaign = why.Table[winner.Number].Campaign.Id;
        return due.Where(t => _campaigns[t.CreativeId] == campaign && (why.Creative ?? t.CreativeId) == t.CreativeId);
    }

    /// <summary>Takes note of what a screen shows, whoever decided it.</summary>
    /// <param name="screen">What the screen has shown.</param>
    /// <param name="creative">The creative.</param>
    /// <param name="seconds">Its running time.</param>
    /// <param name="from">From when on.</param>
    public void Show(ScreenMemory screen, Guid creative, double seconds, DateTimeOffset from)
    {
        ArgumentNullException.ThrowIfNull(screen);
        var number = _campaigns.TryGetValue(creative, out var campaign) ? _book.Table.NumberOf(campaign) : null;
        screen.Show(_book.Table, Anywhere, number, seconds, from);
    }

    private OfflineTerms? TermsOf(OfflineTicket ticket) =>
        _campaigns.TryGetValue(ticket.CreativeId, out var campaign) ? _offers[campaign].Terms : null;

    private static bool IsTooSoon(OfflineTerms terms, ScreenMemory screen, DateTimeOffset now) =>
        terms.Separation.Forbids(screen.Categories, [], now);

    private static BookedCampaign Book(OfflineOffer offer, OfflineTerms terms) => new(new SnapshotCampaign
    {
        Id = terms.Campaign,
        StartsOn = DateOnly.MinValue,
        EndsOn = DateOnly.MaxValue,
        Targets = offer.Targets,
        SiteIds = [],
        PriceModel = PriceModel.Flat,
        BudgetKrw = 0,
        Impressions = 0,
        TargetImpressions = 0,
        Creatives =
            [.. offer.Tickets.Select(t => t.CreativeId).Distinct().Select(id => new SnapshotCreative(id, "", "", 0, terms.Seconds))],
    })
    {
        PriceKrw = terms.BidKrw,
        Goal = double.MaxValue,
        Curve = NotBegun,
        Terms = terms.Delivery,
    };
}
