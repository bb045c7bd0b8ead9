using System.Text.Json;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Inference.Presence;
using FaceAd.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAd.Tests.Inference;

/// <summary>An audience report has at most 8 KB, however many viewers there are.</summary>
public sealed class ReportCapacityTests
{
    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web);

    [Fact]
    public void Serialized_AnyReportWithinTheRoom_HasAtMostEightKilobytes() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var presences = random.Next(AudienceReport.MaxPresences + 1);
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(Longest(random, presences), Wire).Length, 1, Routes.MaxReportBytes);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void ViewsBeside_AsManyAsCanBeInView_LeavesRoomForOneWhoLeft()
    {
        Assert.True(AudienceReport.MaxPresences > PresenceMachine.MaxPresent);
        Assert.Equal(
            (5, 4, 1),
            (AudienceReport.ViewsBeside(1), AudienceReport.ViewsBeside(4), AudienceReport.ViewsBeside(PresenceMachine.MaxPresent)));
    }

    [Fact]
    public void ShareViews_AnyNeed_FillsTheRoomAndNeverServesTheWellServedFirst() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var waiting = Enumerable.Range(0, random.Next(AudienceReport.MaxPresences + 1)).Select(_ => random.Next(6)).ToArray();
        var told = waiting.Select(_ => random.Next(6)).ToArray();
        var share = new int[waiting.Length];
        ReportCapacity.ShareViews(waiting, told, share);

        Assert.Equal(Math.Min(waiting.Sum(), AudienceReport.ViewsBeside(waiting.Length)), share.Sum());
        Assert.All(share.Zip(waiting), pair => Assert.InRange(pair.First, 0, pair.Second));
        // No waiting viewer was overtaken by one that already had more.
        for (var i = 0; i < share.Length; i++)
        {
            for (var j = 0; j < share.Length; j++)
            {
                if (share[i] < waiting[i] && share[j] > 0) Assert.True(told[j] + share[j] - 1 <= told[i] + share[i]);
            }
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Leaving_AnyNumber_TakesAllInOrderWithinTheRoom() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        var inView = random.Next(PresenceMachine.MaxPresent + 1);
        var left = Enumerable.Range(0, random.Next(1, PresenceMachine.MaxPresent + 1)).Select(_ => random.Next(6)).ToArray();
        var now = ReportCapacity.Leaving(inView, left);

        Assert.InRange(now, 1, left.Length);
        Assert.True(inView + now <= AudienceReport.MaxPresences);
        if (now > 1) Assert.True(left.Take(now).Sum() <= AudienceReport.ViewsBeside(inView + now), "A view is lost that had room.");
        // One more would not have fitted.
        if (now < left.Length)
            Assert.True(inView + now + 1 > AudienceReport.MaxPresences
                || left.Take(now + 1).Sum() > AudienceReport.ViewsBeside(inView + now + 1));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Observe_SixRidersWhoLeaveTogether_EveryReportIsSmallAndEveryViewIsToldOnce()
    {
        var crowd = await Pictures.RidersAsync(
            (14, 0, 104), (147, 106, 104), (168, 212, 104), (240, 318, 104), (63, 424, 104), (138, 530, 104));
        var empty = await Pictures.CabinAsync();
        var observer = new AudienceObserver(Support.Models.Chain);
        List<AudienceReport> reports = [];
        void See(byte[] jpeg, double seconds)
        {
            for (var report = observer.Observe(jpeg, Sample.Noon.AddSeconds(seconds)); report is not null; report = observer.Next())
                reports.Add(report);
        }
        for (var i = 0; i < 12; i++) See(crowd[i % 2], i * 0.25);
        for (var i = 0; i < 5; i++) See(empty, 3 + i);

        Assert.False(observer.AudienceOpen);
        Assert.All(reports, r => Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(r, Wire).Length, 1, Routes.MaxReportBytes));
        Assert.Equal(Enumerable.Range(1, reports.Count), reports.Select(r => r.Sequence));
        Assert.Equal(AudienceState.Closed, reports[^1].State);
        Assert.All(reports.SkipLast(1), r => Assert.Equal(AudienceState.Open, r.State));
        Assert.Equal(6, reports.SelectMany(r => r.Presences).Count(p => !p.InView));
        // Views at 0.5, 1 and 2 s, three for each.
        var views = reports.SelectMany(r => r.Presences).GroupBy(p => p.PresenceId).Select(g => g.Sum(p => p.Views.Count));
        Assert.Equal([3, 3, 3, 3, 3, 3], views);
    }

    // Rounded as the observer does, and otherwise as long as can be.
    private static AudienceReport Longest(Random random, int presences)
    {
        double Number(int digits) => Math.Round(random.NextDouble(), digits);
        var at = new DateTimeOffset(2026, 12, 31, 23, 59, 59, TimeSpan.FromHours(9)).AddTicks(1234567 + random.Next(1000));
        var views = AudienceReport.ViewsBeside(presences);
        return new AudienceReport
        {
            AudienceId = Guid.NewGuid(),
            Sequence = int.MaxValue,
            OpenedAt = at.AddTicks(1),
            At = at,
            State = AudienceState.Closed,
            ModelVersion = new string('m', 116) + "++++",
            Presences = [.. Enumerable.Range(0, presences).Select(i => new PresenceReport
            {
                PresenceId = Guid.NewGuid(),
                TrackId = int.MaxValue,
                From = at.AddTicks(1),
                To = at,
                InView = false,
                SecondsAttentive = 43_000 + Number(3),
                Segments = new SegmentProbabilities(Number(4), Number(4), Number(4), Number(4), Number(4), Number(4)),
                AgeYears = 100 + Number(2),
                ChildProbability = Number(4),
                FaceArea = Number(5),
                Views = [.. Enumerable.Range(0, views / presences + (i < views % presences ? 1 : 0)).Select(_ =>
                {
                    var view = new byte[PresenceReport.ViewBytes];
                    random.NextBytes(view);
                    return view;
                })],
            })],
        };
    }
}
