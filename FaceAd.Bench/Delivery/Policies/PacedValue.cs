using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;

namespace FaceAd.Bench.Delivery.Policies;

/// <summary>
/// <see cref="ValueDecider"/> itself: gates, scores and pacing are the library's. A push counts at once, not when its play is reported.
/// </summary>
sealed class PacedValue : IDeliveryPolicy
{
    static readonly WeeklySupply Flat = new([.. Enumerable.Repeat(1.0, WeeklySupply.Hours)]);

    readonly IReadOnlyList<Contract> _contracts;
    readonly BookedCampaign[] _campaigns;
    readonly Dictionary<Guid, Contract> _byId;
    readonly Progress _progress;
    readonly ValueDecider _decider = new();
    readonly ScreenMemory[] _screens;
    readonly Dictionary<int, RecognisedPerson> _persons = [];
    readonly Queue<Guid> _underWay = new(); // all plays take equally long, so they are reported in order
    PacingBook _book;
    int _decisions;

    /// <summary>Creates the policy.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="contracts">The contracts.</param>
    /// <param name="forecast">Supply to come; null for a flat curve over the flight.</param>
    public PacedValue(Trace trace, IReadOnlyList<Contract> contracts, Forecast? forecast)
    {
        ArgumentNullException.ThrowIfNull(trace);
        Name = forecast is null ? "dual descent, flat curve" : "paced value (ours)";
        (_contracts, _progress) = (contracts, new Progress(contracts.Count));
        _campaigns = [.. contracts.Select(c => new BookedCampaign(SimulatedNetwork.Campaign(c, trace))
        {
            PriceKrw = c.PriceKrw,
            Goal = c.Goal,
            Curve = new TargetCurve(
                new FlightPlan(trace.FirstDay.AddDays(c.FirstDay), trace.FirstDay.AddDays(c.LastDay), null), forecast?.WeekOf(c) ?? Flat),
            Terms = new DeliveryTerms
            {
                Caps = c.CapPerDay is { } cap ? [new FrequencyCap(cap, CapUnit.Day, Hard: true)] : [],
                Separation = new Separation(c.Category, 0, Gates.Apart),
                NotForChildren = c.Restricted,
            },
        })];
        _byId = contracts.ToDictionary(c => _campaigns[c.Number].Campaign.Id);
        _screens = [.. Enumerable.Range(0, trace.Screens).Select(i => new ScreenMemory(SimulatedNetwork.Screen(i)))];
        _book = new PacingBook(SiteCalendar.Default, new CampaignTable(_campaigns));
    }

    public string Name { get; }

    public bool AsksGates => false;

    public void Advance(DateTimeOffset now, int day, double hour)
    {
        foreach (var contract in _contracts)
        {
            if (_campaigns[contract.Number].Goal == contract.Goal) continue;
            foreach (var all in _contracts) _campaigns[all.Number] = _campaigns[all.Number] with { Goal = all.Goal };
            _book.Take(new CampaignTable(_campaigns), now);
            break;
        }
        _book.Refresh(now);
    }

    public Contract? Choose(Slot slot, IReadOnlyList<(Contract Contract, int Expected)> candidates)
    {
        Rider[] riders = [.. slot.Seats.Where(s => s.InView).Select(s => RiderOf(s, slot))];
        var cabin = new Cabin(SimulatedNetwork.Site(slot.Site), SiteCalendar.Default, riders);
        var (screen, table) = (_screens[slot.Screen], _book.Table);
        if (_decider.Decide(_book, cabin, screen, slot.At).Winner is not { } winner) return null;
        var (campaign, decision) = (table[winner.Number], new Guid(++_decisions, 0, 0, new byte[8]));
        if (!_book.TryCommit(decision, campaign.Campaign.Id, winner.Expected, slot.At)) return null;
        _underWay.Enqueue(decision);
        screen.Show(table, cabin, winner.Number, Slot.Length.TotalSeconds, slot.At);
        foreach (var seat in slot.Seats.Where(s => s.Exposed))
        {
            PersonOf(seat).Seen!.Add(
                campaign.Campaign.Id, campaign.Campaign.Creatives[0].Id, campaign.Terms.Separation.Category, slot.End);
        }
        return _byId[campaign.Campaign.Id];
    }

    public void Reported(Contract contract, int expected, int brought, int impressions)
    {
        _progress.Add(contract, brought);
        _book.Settle([(_underWay.Dequeue(), brought)]);
        _book.Count([_campaigns[contract.Number].Campaign with { TargetImpressions = _progress[contract] }], _book.BeginCount());
    }

    public void Lost() => _book = new PacingBook(SiteCalendar.Default, new CampaignTable(_contracts.Select(c => _campaigns[c.Number] with
    {
        Campaign = _campaigns[c.Number].Campaign with { TargetImpressions = _progress[c] },
    })));

    // What counts is the segment by which an exposure will be counted: here it is fixed by now, or never will be.
    Rider RiderOf(Seat seat, Slot slot)
    {
        double Is(Segment segment) => seat.Counted == segment ? 1 : 0;
        var counted = new SegmentProbabilities(
            Is(Segment.Kids), Is(Segment.Men2030), Is(Segment.Women2030), Is(Segment.Men4050), Is(Segment.Women4050), Is(Segment.Silver));
        var presence = SimulatedNetwork.Presence(seat, slot) with { Segments = seat.Counted == Segment.Unknown ? null : counted };
        return new Rider(presence, seat.Known ? PersonOf(seat) : null);
    }

    RecognisedPerson PersonOf(Seat seat)
    {
        if (!_persons.TryGetValue(seat.Person, out var person))
        {
            person = new RecognisedPerson(SimulatedNetwork.Person(seat.Person), new Dictionary<Guid, int>()) { Seen = new SeenAds() };
            _persons.Add(seat.Person, person);
        }
        return person;
    }
}
