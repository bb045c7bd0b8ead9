using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;

namespace FaceAd.Core.Offline;

/// <summary>
/// A schedule's campaigns as <see cref="ValueDecider"/> takes them. Where and when they may run, how often and how fast is for their
/// tickets to say: so they are on air always, without an end, and at the bids of the schedule. One decision at a time; what it needs for
/// one it keeps for the next, and allocates nothing in between.
/// </summary>
public sealed class OfflineTable
{
    // Times are in the tickets: no time zone is needed.
    private static readonly SiteCalendar Utc = new("UTC", SiteCalendar.DefaultAnchor);
    private static readonly Cabin Anywhere = new(Guid.Empty, Utc, []);

    // A plan that has not begun leaves each campaign on its price.
    private static readonly TargetCurve NotBegun =
        new(new FlightPlan(DateOnly.MaxValue, DateOnly.MaxValue, null), new WeeklySupply(new double[WeeklySupply.Hours]));

    private readonly List<Offered> _offered = []; // in the order of the schedule
    private readonly Dictionary<Guid, Guid> _campaigns = []; // by creative
    private readonly List<(Offered Offered, OfflineUse Use)> _due = []; // at the latest decision
    private readonly HashSet<Guid> _dueCreatives = [];
    private readonly PacingBook _book;
    private readonly ValueDecider _decider = new();

    /// <summary>Creates a table of the offers that have terms.</summary>
    /// <param name="schedule">The schedule.</param>
    public OfflineTable(OfflineSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        List<BookedCampaign> campaigns = [];
        HashSet<Guid> known = [];
        foreach (var offer in schedule.Offers)
        {
            if (offer.Terms is not { } terms || offer.Tickets.Count == 0 || !known.Add(terms.Campaign)) continue;
            campaigns.Add(Book(offer, terms));
            foreach (var ticket in offer.Tickets)
            {
                _campaigns[ticket.CreativeId] = terms.Campaign;
                if (OfflineSlice.In(ticket.DecisionId) is { } slice) _offered.Add(new Offered(ticket, slice, terms));
            }
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
    /// <param name="isReady">Whether a creative can be played.</param>
    /// <param name="used">What has been used of a ticket.</param>
    /// <param name="now">The instant.</param>
    /// <returns>A ticket of which one more play may begin now; null for the house loop.</returns>
    public OfflineTicket? Choose(
        IReadOnlyList<Rider>? riders, ScreenMemory screen, Func<Guid, bool> isReady, Func<OfflineTicket, OfflineUse> used,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(screen);
        ArgumentNullException.ThrowIfNull(isReady);
        ArgumentNullException.ThrowIfNull(used);
        FindDue(isReady, used, now);
        var turn = new OfflineTurn();
        if (riders is null)
        {
            foreach (var (offered, use) in _due)
            {
                // A child may be there, too.
                if (!offered.Terms.NotForChildren && !IsTooSoon(offered.Terms, screen, now)) turn.Offer(offered.Ticket, offered.Slice, use);
            }
            return turn.Ticket;
        }
        screen.Cached = _dueCreatives;
        var why = _decider.Decide(_book, Anywhere with { Riders = riders }, screen, now);
        if (why.Winner is not { } winner) return null;
        var campaign = why.Table[winner.Number].Campaign.Id;
        foreach (var (offered, use) in _due)
        {
            if (offered.Terms.Campaign == campaign && (why.Creative ?? offered.Ticket.CreativeId) == offered.Ticket.CreativeId)
                turn.Offer(offered.Ticket, offered.Slice, use);
        }
        return turn.Ticket;
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

    private void FindDue(Func<Guid, bool> isReady, Func<OfflineTicket, OfflineUse> used, DateTimeOffset now)
    {
        _due.Clear();
        _dueCreatives.Clear();
        foreach (var offered in _offered)
        {
            var use = used(offered.Ticket);
            if (!OfflineRule.IsDue(offered.Slice, use, now) || !isReady(offered.Ticket.CreativeId)) continue;
            _due.Add((offered, use));
            _dueCreatives.Add(offered.Ticket.CreativeId);
        }
    }

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

    private readonly record struct Offered(OfflineTicket Ticket, OfflineSlice Slice, OfflineTerms Terms);
}
