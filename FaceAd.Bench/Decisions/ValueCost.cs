using System.Diagnostics;
using System.Globalization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Decisions.Pacing;
using FaceAd.Core.Decisions.Value;

namespace FaceAd.Bench.Decisions;

/// <summary>What a decision by value costs, with every kind of gate among the campaigns, and what it costs to keep their bids.</summary>
static class ValueCost
{
    const int Screens = 64;

    /// <summary>The heading of the lines.</summary>
    public static string Heading => string.Create(CultureInfo.InvariantCulture,
        $"  {"campaigns",10}{"us, median",12}{"us, 99 %",12}{"us, longest",13}{"bytes",9}{"won",8}{"refresh, ms",13}{"new table, ms",15}");

    /// <summary>Measures decisions with their commitments, on screens whose plays, riders and budgets go on meanwhile.</summary>
    /// <param name="campaigns">The campaigns.</param>
    /// <param name="cabins">Who is in view, in turn.</param>
    /// <param name="decisions">How many decisions.</param>
    /// <param name="now">The instant of the first one.</param>
    /// <param name="random">Chance.</param>
    /// <returns>One line.</returns>
    public static string Measure(
        IReadOnlyList<SnapshotCampaign> campaigns, IReadOnlyList<Cabin> cabins, int decisions, DateTimeOffset now, Random random)
    {
        ArgumentNullException.ThrowIfNull(campaigns);
        ArgumentNullException.ThrowIfNull(random);
        BookedCampaign[] booked = [.. campaigns.Select(c => Book(c, random))];
        var table = new CampaignTable(booked);
        var book = new PacingBook(SiteCalendar.Default, table);
        book.Refresh(now);
        ScreenMemory[] screens = [.. Enumerable.Range(0, Screens).Select(i => new ScreenMemory(new Guid(i, 4, 0, new byte[8])))];
        Cabin[] recognised = [.. cabins.Select(c => c with { Riders = [.. c.Riders.Select(r => Recognise(r, booked, now, random))] })];
        var decider = new ValueDecider();
        var (times, refreshes, bytes, won) = (new double[decisions], new List<double>(), 0L, 0);
        for (var i = -decisions; i < decisions; i++) // the first half is a warm-up
        {
            var at = now.AddSeconds((double)(i + decisions) / Screens * 15);
            if (i % 50 == 0)
            {
                var begun = Stopwatch.GetTimestamp();
                book.Refresh(at);
                if (i >= 0) refreshes.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            var (cabin, screen) = (recognised[(i + decisions) % cabins.Count], screens[(i + decisions) % Screens]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            var why = decider.Decide(book, cabin, screen, at);
            var took = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            if (i >= 0)
            {
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
                times[i] = took;
                if (why.Winner is not null) won++;
            }
            if (why.Winner is not { } winner) continue;
            var (decision, campaign) = (Guid.NewGuid(), why.Table[winner.Number]);
            book.TryCommit(decision, campaign.Campaign.Id, winner.Expected, at);
            book.Settle([(decision, winner.Expected)]);
            var total = (long)Math.Round(book.DeliveredBy(winner.Number) + winner.Expected);
            book.Count([campaign.Campaign with { TargetImpressions = total }], book.BeginCount());
            screen.Show(why.Table, cabin, winner.Number, 15, at);
            for (var rider = 0; rider < cabin.Riders.Count; rider++)
            {
                cabin.Riders[rider].Person?.Seen!.Add(
                    campaign.Campaign.Id, why.Creative ?? campaign.Campaign.Creatives[0].Id, campaign.Terms.Separation.Category, at);
            }
        }
        var rebuilt = Stopwatch.GetTimestamp();
        book.Take(new CampaignTable(booked), now);
        var anew = Stopwatch.GetElapsedTime(rebuilt).TotalMilliseconds;
        Array.Sort(times);
        refreshes.Sort();
        return string.Create(CultureInfo.InvariantCulture,
            $"  {campaigns.Count,10:N0}{times[decisions / 2],12:F1}{times[decisions * 99 / 100],12:F1}{times[^1],13:F1}{bytes / decisions,9}{(double)won / decisions,8:P0}{refreshes[refreshes.Count / 2],13:F2}{anew,15:F1}");
    }

    static BookedCampaign Book(SnapshotCampaign campaign, Random random) => new(campaign)
    {
        PriceKrw = random.Next(10, 60),
        Goal = random.Next(500, 5_000),
        Curve = new TargetCurve(
            campaign.Plan, new WeeklySupply([.. Enumerable.Range(0, WeeklySupply.Hours).Select(_ => random.NextDouble())])),
        Terms = TermsOf(random),
    };

    static DeliveryTerms TermsOf(Random random) => new()
    {
        Caps = random.Next(3) switch
        {
            0 => [new FrequencyCap(2, CapUnit.Hour, Hard: false), new FrequencyCap(5, CapUnit.Day, Hard: true)],
            1 => [new FrequencyCap(10, CapUnit.Week, Hard: false) { SkipsUnrecognised = random.Next(5) == 0 }],
            _ => [],
        },
        Separation = random.Next(2) == 0 ? default : new Separation(random.Next(1, 40), 2, TimeSpan.FromMinutes(5)),
        Worth = random.Next(5) switch { 0 => new Worth(0.8, 0), 1 => new Worth(1, 3), _ => Worth.Same },
        NotForChildren = random.Next(10) == 0,
        Broad = random.Next(5) == 0,
        InSequence = random.Next(10) == 0,
        ShareOfVoice = random.Next(500) == 0 ? 0.01 : 0,
    };

    static Rider Recognise(Rider rider, BookedCampaign[] booked, DateTimeOffset now, Random random)
    {
        if (random.Next(10) == 0) return rider;
        var seen = new SeenAds();
        for (var i = 0; i < 100; i++)
        {
            var campaign = booked[random.Next(booked.Length)];
            seen.Add(
                campaign.Campaign.Id, campaign.Campaign.Creatives[0].Id, campaign.Terms.Separation.Category,
                now.AddMinutes(-random.Next(1, 20_000)));
        }
        var person = new RecognisedPerson(Guid.NewGuid(), new Dictionary<Guid, int>()) { Segment = (Segment)random.Next(7), Seen = seen };
        return rider with { Person = person, Stays = 0.5 + (random.NextDouble() / 2) };
    }
}
