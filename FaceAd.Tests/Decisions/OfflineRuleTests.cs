using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Offline;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Decisions;

/// <summary>What a screen plays while the server is away: no more than it may, in turn, and for known riders as the server would.</summary>
public sealed class OfflineRuleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Slice_ThroughItsId_IsTheSameAndKnowsItsOwnPlaysAlone()
    {
        var slice = new OfflineSlice(Start.AddMinutes(15), Start.AddHours(8), OfflineSlice.MostPlays);
        var (key, creative) = (Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal(slice, OfflineSlice.In(Ticket(slice, creative).DecisionId));
        Assert.Null(OfflineSlice.In(Guid.NewGuid()));
        Assert.Null(OfflineSlice.In(Guid.CreateVersion7(Start)));
        Assert.Null(OfflineSlice.In(new Guid("ffffffff-ffff-8fff-bfff-ffffffffffff"))); // begins beyond the end of time
        Assert.Equal(slice.Plays, Enumerable.Range(1, slice.Plays).Select(n => slice.PlayId(key, creative, n)).Distinct().Count());
        var smaller = slice with { Plays = 3 };
        Assert.All([1, 2, 3], n => Assert.True(smaller.Has(slice.PlayId(key, creative, n), key, creative)));
        Assert.False(smaller.Has(slice.PlayId(key, creative, 4), key, creative));
        Assert.False(slice.Has(slice.PlayId(key, creative, 1), Guid.NewGuid(), creative));
        Assert.False(slice.Has(slice.PlayId(key, creative, 1), key, Guid.NewGuid()));
        Assert.False(slice.Has(Guid.NewGuid(), key, creative));
    }

    [Fact]
    public void Choose_NobodyCanTellWhoIsThere_EachSliceLastsAsLongAsItDoesAndSharesAreKept()
    {
        OfflineTicket[] tickets = [.. new[] { 100, 200, 400 }.Select(plays => Ticket(new(Start, Start.AddHours(8), plays)))];
        Dictionary<OfflineTicket, OfflineUse> used = [];
        Play(tickets, used, Start, Start.AddHours(4));
        Assert.All(tickets, t => Assert.InRange(used[t].Plays, (OfflineSlice.In(t.DecisionId)!.Value.Plays / 2) - 1,
            (OfflineSlice.In(t.DecisionId)!.Value.Plays / 2) + 1));
        Play(tickets, used, Start.AddHours(4), Start.AddHours(9));
        Assert.Equal([100, 200, 400], tickets.Select(t => used[t].Plays));

        // More than there is time for: each has its share of it.
        tickets = [.. new[] { 1000, 2000, 4000 }.Select(plays => Ticket(new(Start, Start.AddHours(8), plays)))];
        used = [];
        Play(tickets, used, Start, Start.AddHours(7));
        Assert.All(tickets, t =>
            Assert.Equal(OfflineSlice.In(t.DecisionId)!.Value.Plays / 7000.0, used[t].Plays / (7 * 360.0), 0.01));
    }

    /// <summary>Never beyond a slice, never outside its time, never what is not ready, and no faster than its pace.</summary>
    [Fact]
    public void Choose_AnyScheduleAndOutage_KeepsToEachSlice() => Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
    {
        var random = new Random(seed);
        OfflineOffer[] offers = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => new OfflineOffer(
            [.. SegmentProbabilities.Segments.Where(_ => random.Next(2) == 0)],
            [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
            {
                var from = Start.AddMinutes(15 * random.Next(64));
                return Ticket(new(from, from.AddMinutes(15 * random.Next(1, 32)), random.Next(1, 200)));
            })]))];
        var missing = offers[0].Tickets[0].CreativeId;
        List<(OfflineTicket Ticket, DateTimeOffset At)> plays = [];
        // Some have been used before, when the slice was larger perhaps.
        var before = offers.SelectMany(o => o.Tickets).ToDictionary(
            t => t, t => random.Next(2) * random.Next(OfflineSlice.In(t.DecisionId)!.Value.Plays + 3));
        var used = before.ToDictionary(b => b.Key, b => new OfflineUse(b.Value, default));
        for (var now = Start.AddMinutes(random.Next(900)); now < Start.AddHours(26); now = now.AddSeconds(random.Next(5, 90)))
        {
            IReadOnlyList<Rider>? riders = random.Next(2) == 0 ? null : [.. Riders(random)];
            var ticket = OfflineRule.Choose(new(default, offers), riders, c => c != missing, t => used[t], now);
            if (ticket is null) continue;
            if (riders is not null && !offers.Any(o => o.Tickets.Contains(ticket) && o.Targets.Contains(NaiveRule.Dominant(riders))))
                return false;
            used[ticket] = used[ticket].With(OfflineSlice.In(ticket.DecisionId)!.Value, now);
            plays.Add((ticket, now));
        }
        return plays.GroupBy(p => p.Ticket).All(group =>
        {
            var (slice, times) = (OfflineSlice.In(group.Key.DecisionId)!.Value, group.Select(p => p.At).ToList());
            return before[group.Key] + times.Count <= slice.Plays && times[0] >= slice.From && times[^1] < slice.Until
                && group.Key.CreativeId != missing && times[^1] - times[0] >= (times.Count - 2) * slice.Pace;
        });
    }).QuickCheckThrowOnFailure();

    /// <summary>The device and the server choose alike from the same campaigns for the same cabin.</summary>
    [Fact]
    public void Choose_CabinIsKnown_IsWhatTheServerWouldHaveChosen()
    {
        var chosen = 0;
        var property = Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var (random, site, now) = (new Random(seed), Guid.NewGuid(), Sample.Noon);
            var snapshot = new DecisionSnapshot(now, NaiveRule.Draw(random, site, Sample.Calendar.DayOf(now)), []);
            var riders = Riders(random).ToArray();
            var why = Decider.Decide(snapshot, new Cabin(site, Sample.Calendar, riders), now);
            var shares = OfflineSlices.Of(snapshot, site, Sample.Calendar, _ => 1, now);
            var ticket = OfflineRule.Choose(OfflineSlicesTests.Schedule(shares), riders, _ => true, _ => default, now);
            if (ticket is not null) chosen++;
            return why.Winner?.Campaign.Id == snapshot.Campaigns.FirstOrDefault(c => c.Creatives[0].Id == ticket?.CreativeId)?.Id;
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), property);
        Assert.True(chosen > 40, $"{chosen} chose a campaign.");
    }

    private static void Play(OfflineTicket[] tickets, Dictionary<OfflineTicket, OfflineUse> used, DateTimeOffset from, DateTimeOffset to)
    {
        var schedule = new OfflineSchedule(default, [new([], tickets)]);
        for (var now = from; now < to; now = now.AddSeconds(10))
        {
            if (OfflineRule.Choose(schedule, null, _ => true, t => used.GetValueOrDefault(t), now) is { } ticket)
                used[ticket] = used.GetValueOrDefault(ticket).With(OfflineSlice.In(ticket.DecisionId)!.Value, now);
        }
    }

    private static IEnumerable<Rider> Riders(Random random) => Enumerable.Range(0, random.Next(4)).Select(i => new Rider(Sample.Viewer(
        random.Next(5) == 0 ? null : SegmentProbabilities.Segments[random.Next(6)], Start, Start, track: i + 1,
        p: 0.4 + (0.1 * random.Next(6)), area: 0.01 * random.Next(1, 4))));

    internal static OfflineTicket Ticket(OfflineSlice slice, Guid? creative = null)
    {
        Span<byte> id = stackalloc byte[16];
        slice.WriteTo(id);
        return new OfflineTicket(new Guid(id, bigEndian: true), creative ?? Guid.NewGuid());
    }
}
