using FaceAd.Core;
using FaceAd.Player.Server;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Player;

public sealed class WaitingReportsTests
{
    static readonly DateTimeOffset Noon = Sample.Noon;

    [Fact]
    public void Add_ServerAnswersAndIsPrivate_ViewsTravel() =>
        Assert.Single(Views(Through(new WaitingReports(viewsMayTravel: true), Report(1))));

    [Fact]
    public void Add_PlainHttpToAnotherMachine_NoViewEverTravels() =>
        Assert.Empty(Views(Through(new WaitingReports(viewsMayTravel: false), Report(1))));

    [Fact]
    public void Hold_WhatWaitsAndWhatComes_LosesItsViewsUntilReleased()
    {
        var waiting = new WaitingReports(viewsMayTravel: true);
        waiting.Add(Report(1));
        waiting.Hold();
        waiting.Add(Report(2));
        Assert.Empty(Drain(waiting).SelectMany(r => Views(r)));
        waiting.Release();
        Assert.Single(Views(Through(waiting, Report(3))));
    }

    [Fact]
    public void Add_MoreThanTheLimit_GivesUpTheOldest()
    {
        var waiting = new WaitingReports(viewsMayTravel: true, limit: 3);
        Assert.Equal([true, true, true, false, false], Enumerable.Range(1, 5).Select(i => waiting.Add(Report(i))));
        Assert.Equal([3, 4, 5], Drain(waiting).Select(r => r.Sequence));
    }

    [Fact]
    public void Remove_ReplacedWhileItWasOnItsWay_KeepsTheNewerOne()
    {
        var waiting = new WaitingReports(viewsMayTravel: true);
        waiting.Hold();
        waiting.Add(Report(1));
        var sent = waiting.Oldest!;
        waiting.Add(Report(2));
        waiting.Remove(sent);
        Assert.Equal(2, Assert.Single(Drain(waiting)).Sequence);
    }

    [Fact]
    public void Hold_AnyCourse_WhatIsDeliveredSaysOfEveryPresenceWhatAllReportsSaid() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var waiting = new WaitingReports(viewsMayTravel: true);
        List<AudienceReport> all = [], delivered = [];
        var (audience, sequence) = (Guid.NewGuid(), 0);
        List<Guid> inView = [Guid.NewGuid()];
        for (var i = 0; i < 60; i++)
        {
            Guid[] gone = inView.Count > 0 && random.Next(5) == 0 ? [inView[0]] : [];
            inView.RemoveRange(0, gone.Length);
            if (random.Next(5) == 0) inView.Add(Guid.NewGuid());
            var at = Noon.AddSeconds(i);
            var report = Sample.Report(audience, ++sequence, Noon, at, AudienceState.Open,
                [.. inView.Concat(gone)
                    .Select(id => Sample.Viewer(Segment.Silver, Noon, at, id: id, inView: !gone.Contains(id), views: [Sample.Face(1)]))]);
            if (random.Next(10) == 0) (audience, sequence, inView) = (Guid.NewGuid(), 0, []);
            all.Add(report);
            waiting.Add(report);
            if (random.Next(6) == 0) waiting.Hold();
            if (random.Next(6) == 0)
            {
                delivered.AddRange(Drain(waiting));
                waiting.Release();
            }
        }
        delivered.AddRange(Drain(waiting));
        return delivered.Count <= all.Count && Newest(delivered).SetEquals(Newest(all));
    }).QuickCheckThrowOnFailure();

    // What a server that merges by sequence knows in the end.
    static HashSet<(Guid, DateTimeOffset, bool)> Newest(IEnumerable<AudienceReport> reports) =>
        [.. reports.SelectMany(r => r.Presences.Select(p => (r.Sequence, Presence: p))).GroupBy(p => p.Presence.PresenceId)
            .Select(g => g.MaxBy(p => p.Sequence).Presence).Select(p => (p.PresenceId, p.To, p.InView))];

    static List<AudienceReport> Drain(WaitingReports waiting)
    {
        List<AudienceReport> reports = [];
        while (waiting.Oldest is { } report)
        {
            reports.Add(report);
            waiting.Remove(report);
        }
        return reports;
    }

    static AudienceReport Through(WaitingReports waiting, AudienceReport report)
    {
        waiting.Add(report);
        return Assert.Single(Drain(waiting));
    }

    static IEnumerable<byte[]> Views(AudienceReport report) => report.Presences.SelectMany(p => p.Views);

    static readonly (Guid Audience, Guid Presence) Ids = (Guid.NewGuid(), Guid.NewGuid());

    static AudienceReport Report(int sequence) => Sample.Report(Ids.Audience, sequence, Noon, Noon.AddSeconds(sequence), AudienceState.Open,
        Sample.Viewer(Segment.Men2030, Noon, Noon.AddSeconds(sequence), id: Ids.Presence, views: [Sample.Face(sequence)]));
}
