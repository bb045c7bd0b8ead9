using FaceAd.Bench.Delivery;
using FaceAd.Bench.Delivery.Policies;
using FaceAd.Core;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Demo.History.Riders;
using FaceAd.Web.Metrics.Forecasts;

namespace FaceAd.Bench.Forecasts;

/// <summary>What came true of a contract.</summary>
/// <param name="Impressions">Impressions on its target.</param>
/// <param name="Universe">Persons of its target who were seen.</param>
/// <param name="Reached">Of these, who were exposed.</param>
/// <param name="Alone">Impressions on its target had every slot been its own.</param>
readonly record struct Truth(int Impressions, int Universe, int Reached, int Alone)
{
    /// <summary>Reach, 0..1.</summary>
    public double Reach => (double)Reached / Universe;
}

/// <summary>
/// Three counting periods in buildings of 500 people and more: in the second, forecasts are made from what was seen, and in the third,
/// contracts run which were booked for it. The same contracts run in the second, too, for "the last period again".
/// </summary>
sealed class ForecastWorld
{
    const int Epoch = SiteCalendar.EpochDays;

    static readonly double[] Families = [15, 16, 18, 18, 19, 14];
    static readonly double[] Staff = [0, 32, 30, 23, 14, 1];
    static readonly double[] Callers = [3, 24, 26, 22, 19, 6];

    /// <summary>The buildings.</summary>
    public static IReadOnlyList<Building> Buildings { get; } =
    [
        Of("Homes", 6, new(Crowd.Resident, 620, 4, Families), new(Crowd.Visitor, 40, 2, Callers)),
        Of("Offices", 8, new(Crowd.Worker, 700, 4, Staff), new(Crowd.Visitor, 60, 2, Callers)),
        Of("Mixed", 6, new(Crowd.Resident, 300, 4, Families), new(Crowd.Worker, 300, 4, Staff), new(Crowd.Visitor, 60, 2, Callers)),
    ];

    readonly Trace _trace;
    readonly Dictionary<int, Segment> _segments = []; // as the product fixes them: by the first confident estimate of a period
    readonly CancellationToken _cancellation;

    /// <summary>Draws three periods.</summary>
    public ForecastWorld(int seed, int campaigns, double load, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        _trace = Trace.Draw(Buildings, 2 * Epoch, Epoch, seed);
        foreach (var (_, stay) in _trace.Stays.OrderBy(s => s.Stay.From))
        {
            if (stay.Counted != Segment.Unknown) _segments.TryAdd(stay.Person, stay.Counted);
        }
        // What is shown to somebody who is recognised counts by the person's segment.
        _trace = _trace with { Slots = [.. _trace.Slots.Select(s => s with { Seats = [.. s.Seats.Select(CountedByPerson)] })] };
        Contracts = ContractBook.Draw(_trace, campaigns, load, seed);
        Facts = FactsOf();
    }

    /// <summary>What is booked for the third period.</summary>
    public IReadOnlyList<Contract> Contracts { get; }

    /// <summary>What is known at the end of the second.</summary>
    public ForecastFacts Facts { get; }

    /// <summary>The trace.</summary>
    public Trace Trace => _trace;

    /// <summary>What came true of each contract when all of them ran.</summary>
    /// <param name="earlier">Days by which they ran earlier than booked.</param>
    public IReadOnlyList<Truth> Run(int earlier)
    {
        List<Contract> contracts =
            [.. Contracts.Select(c => c with { FirstDay = c.FirstDay - earlier, LastDay = c.LastDay - earlier, Goal = c.Goal })];
        var trace = _trace with
        {
            Booked = _trace.Booked - earlier,
            Days = _trace.Days - earlier,
            Slots = [.. _trace.Slots.Where(s => s.Day < _trace.Days - earlier)],
        };
        var plan = new Delivery.Forecast(trace, contracts);
        var policy = new Recorder(new PacedValue(trace, contracts, plan));
        Replay.Run(trace, contracts, plan, policy, Stress.None, _cancellation);
        var shown = policy.Shown.ToLookup(s => s.Contract.Number, s => s.Slot);
        return [.. contracts.Select(c =>
        {
            var seats = shown[c.Number].SelectMany(s => s.Seats).Where(s => s.Exposed && IsTarget(c, s.Person)).ToList();
            var seen = _trace.Stays.Where(s => c.Sites.Contains(s.Site) && IsTarget(c, s.Stay.Person)
                && DayOf(s.Stay) >= c.FirstDay && DayOf(s.Stay) <= c.LastDay).Select(s => s.Stay.Person).Distinct().Count();
            var alone = trace.Open.Where(c.RunsIn).Sum(s => s.Seats.Count(x => x.Exposed && IsTarget(c, x.Person)));
            return new Truth(seats.Count, seen, seats.Select(s => s.Person).Distinct().Count(), alone);
        })];
    }

    Seat CountedByPerson(Seat seat) => seat with { Counted = _segments.GetValueOrDefault(seat.Person) };

    bool IsTarget(Contract contract, int person) => _segments.TryGetValue(person, out var segment) && contract.Targets.Contains(segment);

    int DayOf(Stay stay) => SiteCalendar.Default.DayOf(stay.From).DayNumber - _trace.FirstDay.DayNumber;

    ForecastFacts FactsOf()
    {
        var (from, weeks) = (Epoch, ForecastFacts.Weeks);
        var supply = Buildings.Select(_ => Supply.NewWeek()).ToArray();
        var presences = Buildings.Select(_ => new double[weeks * SegmentProbabilities.Segments.Count]).ToArray();
        var visits = new Dictionary<(int Site, int Person), List<(int Day, int Hour)>>();
        var rides = 0;
        foreach (var (site, stay) in _trace.Stays)
        {
            var day = DayOf(stay);
            if (day < from || day >= _trace.Booked) continue;
            rides++;
            if (_segments.ContainsKey(stay.Person))
            {
                if (!visits.TryGetValue((site, stay.Person), out var seen)) visits.Add((site, stay.Person), seen = []);
                seen.Add((day, SiteCalendar.Default.HourOf(stay.From)));
            }
            if (stay.Counted == Segment.Unknown) continue;
            var hour = SiteCalendar.Default.HourOf(stay.From);
            supply[site][Supply.Place(stay.Counted, day % 7, hour)] += 1.0 / weeks;
            presences[site][(((int)stay.Counted - 1) * weeks) + ((_trace.Booked - 1 - day) / 7)]++;
        }
        var exposed = _trace.Slots.Where(s => s.Day >= from && s.Day < _trace.Booked).Sum(s => s.Seats.Count(x => x.Exposed));
        var (together, alone) = (0L, 0L);
        foreach (var slot in _trace.Slots.Where(s => s.Day >= from && s.Day < _trace.Booked))
        {
            var inView = slot.Seats.Count(x => x.InView);
            together += inView * (inView - 1);
            alone += inView;
        }
        Guid Id(int site) => SimulatedNetwork.Site(site);
        return new ForecastFacts
        {
            Calendar = SiteCalendar.Default,
            Supply = new Supply(
                [.. Enumerable.Range(0, supply[0].Length).Select(i => supply.Sum(s => s[i]))],
                supply.Index().ToDictionary(s => Id(s.Index), s => s.Item)),
            Presences = presences.Index().ToDictionary(s => Id(s.Index), s => s.Item),
            Measured = weeks,
            Exposures = (double)exposed / rides,
            Companions = (double)together / alone,
            Patterns = visits.GroupBy(v => (Id(v.Key.Site), _segments[v.Key.Person]))
                .ToDictionary(g => g.Key, g => PatternsOf([.. g.Select(v => v.Value)], from)),
        };
    }

    static IReadOnlyList<VisitPattern> PatternsOf(List<List<(int Day, int Hour)>> people, int from) =>
        [.. new[] { 7, 14, 21, Epoch }.Select(days =>
        {
            var (persons, rides) = (new long[days], new long[days * 24]);
            foreach (var seen in people.Select(p => p.Where(r => r.Day < from + days).ToList()).Where(p => p.Count > 0))
            {
                var count = seen.Select(r => r.Day).Distinct().Count();
                persons[count - 1]++;
                foreach (var (_, hour) in seen) rides[VisitPattern.Place(count, hour)]++;
            }
            return new VisitPattern(days, persons, rides);
        })];

    static Building Of(string name, int screens, params Circle[] circles) =>
        new(name, "", default, Building.All[0].Facade, [.. Enumerable.Range(1, screens).Select(i => $"Screen {i}")], circles);
}
