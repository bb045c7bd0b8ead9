using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Decisions.Value;

/// <summary>What somebody saw, as a plain list keeps it.</summary>
internal sealed record Exposed(Guid Campaign, Guid Creative, int Category, DateTimeOffset At);

/// <summary>Draws campaigns, cabins and histories.</summary>
internal sealed class ValueWorld
{
    public static readonly Guid[] Sites = [.. Enumerable.Range(1, 3).Select(i => new Guid(i, 0, 0, new byte[8]))];
    private static readonly SiteCalendar Seoul = Sample.Calendar;
    private readonly Random _random;

    public ValueWorld(int seed, int campaigns, bool voices = false)
    {
        _random = new Random(seed);
        Campaigns = [.. Enumerable.Range(1, campaigns).Select(Draw)];
        if (voices)
        {
            var share = 0.9 / Campaigns.Length;
            Campaigns = [.. Campaigns.Select(c => _random.Next(2) == 0 ? c with { Terms = c.Terms with { ShareOfVoice = share } } : c)];
        }
        Book = new PacingBook(Seoul, new CampaignTable(Campaigns));
        Persons = [.. Enumerable.Range(1, 5).Select(i => new Guid(i, 5, 0, new byte[8]))];
        foreach (var person in Persons) (Seen[person], Exposures[person]) = (new SeenAds(), []);
        Now = Sample.Noon.AddHours(_random.Next(-8, 8)).AddDays(_random.Next(3));
        Book.Refresh(Now);
    }

    public BookedCampaign[] Campaigns { get; }

    public PacingBook Book { get; }

    public ScreenMemory Screen { get; } = new(new Guid(9, 9, 9, new byte[8]));

    public Guid[] Persons { get; }

    public Dictionary<Guid, SeenAds> Seen { get; } = [];

    public Dictionary<Guid, List<Exposed>> Exposures { get; } = [];

    public List<(int Category, DateTimeOffset EndsAt)> Plays { get; } = [];

    public DateTimeOffset Now { get; set; }

    /// <summary>Past plays and exposures, and plays under way, which move the bids.</summary>
    public void DrawPast()
    {
        for (var i = _random.Next(12); i > 0; i--) Show(One(), new Cabin(Sites[0], Seoul, []), Now.AddSeconds(-i * 40));
        foreach (var person in Persons)
        {
            for (var i = _random.Next(15); i > 0; i--) Expose(person, One(), Now.AddMinutes(-i * _random.Next(1, 2_000)));
        }
        foreach (var campaign in Campaigns)
        {
            if (_random.Next(2) == 0) Book.TryCommit(Guid.NewGuid(), campaign.Campaign.Id, _random.NextDouble() * 3, Now);
        }
        var creatives = Campaigns.SelectMany(c => c.Campaign.Creatives).Select(c => c.Id).ToList();
        if (_random.Next(3) == 0) Screen.Cached = creatives.Where(_ => _random.Next(3) > 0).ToHashSet();
        if (_random.Next(3) == 0) Screen.LeftOut = creatives.Where(_ => _random.Next(3) == 0).ToHashSet();
    }

    public Cabin DrawCabin() => new(
        Sites[_random.Next(Sites.Length)], Seoul, [.. Persons.OrderBy(_ => _random.Next()).Take(_random.Next(5)).Select(DrawRider)]);

    public void Show(BookedCampaign campaign, in Cabin cabin, DateTimeOffset at)
    {
        Plays.Add((campaign.Terms.Separation.Category, at.AddSeconds(15)));
        Screen.Show(Book.Table, cabin, Book.Table.NumberOf(campaign.Campaign.Id), 15, at);
    }

    public void Expose(Guid person, BookedCampaign campaign, DateTimeOffset at, Guid? creative = null)
    {
        var what = new Exposed(
            campaign.Campaign.Id, creative ?? campaign.Campaign.Creatives[_random.Next(campaign.Campaign.Creatives.Count)].Id,
            campaign.Terms.Separation.Category, at);
        Exposures[person].Add(what);
        Seen[person].Add(what.Campaign, what.Creative, what.Category, at);
    }

    public RecognisedPerson Recognise(Guid person) => new(person, new Dictionary<Guid, int>()) { Seen = Seen[person] };

    private Rider DrawRider(Guid person)
    {
        double[] shares = [.. SegmentProbabilities.Segments.Select(_ => Math.Pow(_random.NextDouble(), 6) + 0.001)];
        var sum = shares.Sum();
        var presence = Sample.Viewer(null, Now.AddSeconds(-5), Now, 1) with
        {
            Segments = _random.Next(8) == 0 ? null : new SegmentProbabilities(
                shares[0] / sum, shares[1] / sum, shares[2] / sum, shares[3] / sum, shares[4] / sum, shares[5] / sum),
            ChildProbability = _random.Next(3) == 0 ? _random.NextDouble() * 0.3 : null,
        };
        var known = _random.Next(3) == 0 ? null
            : Recognise(person) with { Segment = _random.Next(2) == 0 ? (Segment)_random.Next(1, 7) : Segment.Unknown };
        return new Rider(presence, known) { Stays = 0.5 + (_random.NextDouble() / 2) };
    }

    private BookedCampaign One() => Campaigns[_random.Next(Campaigns.Length)];

    private BookedCampaign Draw(int number)
    {
        var starts = DateOnly.FromDateTime(Sample.Noon.UtcDateTime).AddDays(_random.Next(-3, 2));
        var campaign = Sample.Snapshot(
            new Guid(number, 1, 0, new byte[8]), [.. SegmentProbabilities.Segments.Where(_ => _random.Next(3) == 0)],
            sites: _random.Next(2) == 0 ? [] : [.. Sites.Where(_ => _random.Next(2) == 0), Guid.NewGuid()],
            starts: starts, ends: starts.AddDays(_random.Next(6))) with
        {
            Hours = _random.Next(4) == 0 ? _random.Next(1, Dayparting.AllHours) : Dayparting.AllHours,
            Days = _random.Next(4) == 0 ? _random.Next(1, Dayparting.AllDays) : Dayparting.AllDays,
            Creatives = [.. Enumerable.Range(1, _random.Next(1, 4)).Select(i => new SnapshotCreative(
                new Guid(number, 3, (short)i, new byte[8]), "Creative", new string('a', 64), 1, 15))],
        };
        return new BookedCampaign(campaign)
        {
            PriceKrw = _random.Next(10, 60),
            Goal = _random.Next(1, 400),
            Curve = Curves.Of(starts, 3, _ => _random.NextDouble()),
            Terms = DrawTerms(),
        };
    }

    private DeliveryTerms DrawTerms() => new()
    {
        Caps = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => new FrequencyCap(
            _random.Next(1, 4), (CapUnit)_random.Next(5), _random.Next(2) == 0) { SkipsUnrecognised = _random.Next(4) == 0 })],
        Separation = _random.Next(2) == 0 ? default : new Separation(
            _random.Next(1, 5), _random.Next(3), TimeSpan.FromMinutes(_random.Next(4))),
        Worth = _random.Next(3) switch { 0 => new Worth(0.7, 0), 1 => new Worth(1, 2), _ => Worth.Same },
        NotForChildren = _random.Next(4) == 0,
        Broad = _random.Next(3) == 0,
        InSequence = _random.Next(4) == 0,
    };
}
