using FaceAd.Core;
using FaceAd.Core.Decisions;
using FaceAd.Core.Decisions.Gates;
using FaceAd.Core.Offline;
using FaceAd.Player.Clock;
using FaceAd.Player.Playback;
using FaceAd.Tests.Decisions;
using FaceAd.Tests.Player.Clock;
using FaceAd.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Player.Playback;

/// <summary>A player without a server, on real files.</summary>
public sealed class OfflineAdsTests : IDisposable
{
    static readonly DateTimeOffset Start = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    readonly string _folder = Directory.CreateTempSubdirectory("facead-offline-").FullName;
    readonly MachineClock _machine = new(Start.AddHours(1), TimeSpan.Zero);
    readonly ServerClock _clock;
    readonly OfflineTicket _ticket = OfflineRuleTests.Ticket(new(Start, Start.AddHours(8), 4));
    readonly OfflineTicket _other = OfflineRuleTests.Ticket(new(Start, Start.AddHours(8), 4));
    IReadOnlyList<Rider>? _riders;

    public OfflineAdsTests()
    {
        _clock = new ServerClock(_machine, "boot");
        _clock.Learn(_clock.GetTimestamp(), _clock.GetTimestamp(), _machine.Truth);
    }

    OfflineSlice Slice => OfflineSlice.In(_ticket.DecisionId)!.Value;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Next_KilledAfterEachPlay_NeverMakesMoreThanTheSliceOrAPlayTwice()
    {
        var key = Guid.NewGuid();
        Create().Replace(Schedule(key, _ticket));
        List<Guid> plays = [];
        for (var life = 0; life < 7; life++)
        {
            var offline = Create(); // and its predecessor, which was killed, has said nothing more
            if (life == 2) offline.Replace(Schedule(key, OfflineRuleTests.Ticket(Slice with { Plays = 6 }, _ticket.CreativeId)));
            _machine.Pass(31);
            if (Next(offline) is { } play) plays.Add(play.PlayId);
            Assert.Null(Next(offline)); // another one is not due yet
            _machine.Pass(Slice.Pace.TotalSeconds / 2);
        }
        // The same slice, given out again for more plays, is no second one; and it was over before all of them were made.
        Assert.Equal(Enumerable.Range(1, plays.Count).Select(n => Slice.PlayId(key, _ticket.CreativeId, n)), plays);
        Assert.InRange(plays.Count, 4, 6);
        _machine.Pass(Slice.Pace.TotalSeconds * 8);
        Assert.Null(Next(Create()));
    }

    [Fact]
    public void Next_ServerIsThereOrItsTimeIsUnknown_IsNothing()
    {
        var offline = Create();
        offline.Replace(Schedule(default, _ticket));
        _machine.Pass(29);
        Assert.Null(Next(offline));
        offline.Heard();
        _machine.Pass(29);
        Assert.Null(Next(offline));
        _machine.Pass(1);
        Assert.Null(offline.Next(new HashSet<Guid>(), _clock.GetUtcNow())); // its video is not here
        Assert.NotNull(Next(offline));

        var blind = new OfflineAds(_folder, new ServerClock(_machine, "another boot"), () => null, NullLogger<OfflineAds>.Instance);
        _machine.Pass(Slice.Pace.TotalSeconds);
        Assert.Null(Next(blind));
    }

    [Fact]
    public void Next_RidersAreKnown_IsForThem()
    {
        var (men, silver) = (_ticket, _other);
        var offline = Create();
        offline.Replace(new OfflineSchedule(default, [new([Segment.Men2030], [men]), new([Segment.Silver], [silver])]));
        _machine.Pass(31);
        _riders = [];
        Assert.Null(Next(offline));
        _riders = [new Rider(Sample.Viewer(null, Start, Start))];
        Assert.Null(Next(offline));
        _riders = [new Rider(Sample.Viewer(Segment.Silver, Start, Start))];
        Assert.Equal(silver, Next(offline)?.Ticket);
        Assert.Null(Next(offline));
    }

    [Fact]
    public void Next_AnHourAlone_KeepsTargetsChildrenSeparationAndSlices()
    {
        var near = new Separation(3, 0, TimeSpan.FromMinutes(5));
        OfflineOffer[] offers =
        [
            Offer(Segment.Men2030, 960, t => t with { BidKrw = 30, NotForChildren = true }),
            Offer(Segment.Men2030, 8, t => t with { BidKrw = 20, Separation = near }),
            Offer(Segment.Men2030, 960, t => t with { BidKrw = 15, Separation = near }),
            Offer(Segment.Silver, 8, t => t),
        ];
        var ready = offers.Select(o => o.Tickets[0].CreativeId).ToHashSet();
        var (offline, random) = (Create(), new Random(1));
        offline.Replace(new OfflineSchedule(Guid.NewGuid(), offers));
        _machine.Pass(31);
        List<(OfflineOffer? Offer, DateTimeOffset At, bool IsChild, Segment Rider)> slots = [];
        for (var slot = 0; slot < 240; slot++)
        {
            var (isChild, segment, now) = (random.Next(3) == 0, random.Next(2) == 0 ? Segment.Men2030 : Segment.Silver, _clock.GetUtcNow());
            _riders = [new Rider(Sample.Viewer(segment, now, now) with { ChildProbability = isChild ? 0.5 : 0 })];
            var play = offline.Next(ready, now);
            offline.Shown(new CreativeFile(play?.Ticket.CreativeId ?? Guid.NewGuid(), "", 1, 15, ""));
            slots.Add((offers.SingleOrDefault(o => o.Tickets[0] == play?.Ticket), now, isChild, segment));
            _machine.Pass(15);
        }
        var played = slots.Where(s => s.Offer is not null).ToList();
        Assert.Equal(offers, played.Select(p => p.Offer).Distinct().OrderBy(o => Array.IndexOf(offers, o)));
        Assert.All(played, p => Assert.Contains(p.Rider, p.Offer!.Targets));
        Assert.DoesNotContain(played, p => p.IsChild && p.Offer!.Terms!.NotForChildren);
        var apart = played.Where(p => p.Offer!.Terms!.Separation == near).Select(p => p.At).ToList();
        Assert.All(apart.Zip(apart.Skip(1)), p => Assert.True(p.Second - p.First >= TimeSpan.FromSeconds(315)));
        Assert.InRange(played.Count(p => p.Offer == offers[3]), 1, 2); // eight in eight hours

        OfflineOffer Offer(Segment target, int plays, Func<OfflineTerms, OfflineTerms> with) =>
            new([target], [OfflineRuleTests.Ticket(new(Start, Start.AddHours(8), plays))])
            {
                Terms = with(new OfflineTerms(Guid.NewGuid(), 10, 15)),
            };
    }

    [Fact]
    public void Next_TheUseCannotBeWritten_IsNothing()
    {
        var offline = Create();
        offline.Replace(Schedule(default, _ticket));
        _machine.Pass(31);
        var used = Directory.CreateDirectory(Path.Combine(_folder, "schedule-used.json"));
        Assert.Null(Next(offline));
        used.Delete();
        Assert.Equal(Slice.PlayId(default, _ticket.CreativeId, 1), Next(offline)?.PlayId);
        File.WriteAllText(used.FullName, "{ \"half");
        File.WriteAllText(Path.Combine(_folder, "schedule.json"), "[]");
        var again = Create();
        _machine.Pass(Slice.Pace.TotalSeconds);
        Assert.Null(Next(again)); // no schedule can be read, so nothing is allowed
        again.Replace(new OfflineSchedule(default, [new([], [null!])]));
        again.Replace(new OfflineSchedule(default, null!));
        Assert.Null(Next(again));
        File.WriteAllText(Path.Combine(_folder, "schedule.json"), "{}");
        again = Create();
        _machine.Pass(31);
        Assert.Null(Next(again));
    }

    static OfflineSchedule Schedule(Guid key, OfflineTicket ticket) => new(key, [new([], [ticket])]);

    OfflineAds Create() => new(_folder, _clock, () => _riders, NullLogger<OfflineAds>.Instance);

    OfflinePlay? Next(OfflineAds offline) => offline.Next(new HashSet<Guid> { _ticket.CreativeId, _other.CreativeId }, _clock.GetUtcNow());
}
