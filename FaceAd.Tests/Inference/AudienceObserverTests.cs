using System.Buffers.Binary;
using FaceAd.Core;
using FaceAd.Inference;
using FaceAd.Inference.Imaging;
using FaceAd.Tests.Support;

namespace FaceAd.Tests.Inference;

/// <summary>Scripts of real pictures through the real models.</summary>
public sealed class AudienceObserverTests
{
    static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    readonly AudienceObserver _observer = new(Support.Models.Chain);

    [Fact]
    public async Task Observe_RidersComeAndGo_TellsOneAudienceFromOpenToClosed()
    {
        var (empty, one, two) = await SceneAsync();
        Assert.Null(_observer.Observe(empty, At(0)));
        List<AudienceReport> reports = [];
        for (var n = 1; n <= 17; n++)
        {
            var jpeg = n switch { < 4 or (>= 8 and < 13) => one[n % 2], < 8 => two[n % 2], _ => empty };
            if (_observer.Observe(jpeg, At(n * 0.5)) is { } report) reports.Add(report);
        }

        Assert.False(_observer.AudienceOpen);
        Assert.Single(reports.Select(r => r.AudienceId).Distinct());
        Assert.Equal(Enumerable.Range(1, reports.Count), reports.Select(r => r.Sequence));
        Assert.All(reports, r => Assert.Equal(At(0.5), r.OpenedAt));
        Assert.Equal(AudienceState.Closed, reports[^1].State);
        Assert.All(reports.SkipLast(1), r => Assert.Equal(AudienceState.Open, r.State));
        Assert.Equal(At(1.5), reports[0].At); // two moves show a person
        // A checkpoint each second at least.
        Assert.All(reports.Zip(reports.Skip(1)), pair => Assert.InRange((pair.Second.At - pair.First.At).TotalSeconds, 0.4, 1.01));

        var ended = reports.SelectMany(r => r.Presences).Where(p => !p.InView).ToList();
        Assert.Equal(2, ended.Count);
        Assert.Equal((At(2), At(3.5)), (ended[0].From, ended[0].To));
        Assert.Equal((At(0.5), At(6)), (ended[1].From, ended[1].To));
        Assert.Equal(Segment.Men4050, ended[1].Segments!.Value.Top);
        Assert.Equal(Segment.Women2030, ended[0].Segments!.Value.Top);
        Assert.All(ended, p => Assert.InRange(p.SecondsAttentive, 1, (p.To - p.From).TotalSeconds));
        Assert.All(ended, p => Assert.InRange(p.ChildProbability!.Value, 0, 0.3));
        Assert.NotEqual(ended[0].PresenceId, ended[1].PresenceId);
    }

    [Fact]
    public async Task Observe_LongPresence_CarriesAtMostFiveViewsOnceEach()
    {
        var (_, one, _) = await SceneAsync();
        List<byte[]> views = [];
        for (var i = 0; i < 40; i++) views.AddRange(_observer.Observe(one[i % 2], At(i * 0.5))?.Presences.SelectMany(p => p.Views) ?? []);

        Assert.Equal(PresenceReport.MaxViews, views.Count);
        Assert.Equal(views.Count, views.Distinct(ReferenceEqualityComparer.Instance).Count());
        foreach (var view in views)
        {
            Assert.Equal(PresenceReport.ViewBytes, view.Length);
            var squares = 0.0;
            for (var i = 0; i < view.Length; i += 2) squares += Math.Pow((double)BinaryPrimitives.ReadHalfLittleEndian(view.AsSpan(i)), 2);
            Assert.Equal(1, squares, 2);
        }
    }

    [Fact]
    public async Task Observe_EagerEstimatesDone_ClassifiesOnlyEveryTwoSeconds()
    {
        var (_, one, _) = await SceneAsync();
        var classified = new List<double>();
        for (var i = 0; i < 30; i++)
        {
            _observer.Observe(one[i % 2], At(i * 0.25));
            if (_observer.LastTimings.AgeGender > TimeSpan.Zero) classified.Add(i * 0.25);
        }

        Assert.Equal([0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 4.25, 6.25], classified);
    }

    [Fact]
    public async Task Observe_FaceTooSmall_IsPresentAndNotClassified()
    {
        var report = Enter(await Pictures.RidersAsync((60, 300, 34)), 0);

        var presence = Assert.Single(report.Presences);
        Assert.Null(presence.Segments);
        Assert.Null(presence.AgeYears);
        Assert.Empty(presence.Views);
        Assert.InRange(presence.FaceArea, 0.001, 0.02);
    }

    [Fact]
    public async Task CheckSilence_ThirtySecondsWithoutAFrame_ReportsTheAudienceLost()
    {
        var (_, one, _) = await SceneAsync();
        var opened = Enter(one, 0);
        _observer.Observe(one[0], At(0.5));
        Assert.Null(_observer.CheckSilence(At(30)));

        var lost = _observer.CheckSilence(At(31))!;

        Assert.Equal((AudienceState.Lost, opened.AudienceId, 2), (lost.State, lost.AudienceId, lost.Sequence));
        var presence = Assert.Single(lost.Presences);
        Assert.Equal((false, At(0.5)), (presence.InView, presence.To));
        Assert.False(_observer.AudienceOpen);
        Assert.Null(_observer.CheckSilence(At(99)));
    }

    [Fact]
    public async Task Observe_FrameAfterUnnoticedSilence_ReportsTheLostAudienceThenTheNew()
    {
        var (_, one, _) = await SceneAsync();
        var first = Enter(one, 0);

        var lost = _observer.Observe(one[0], At(59.8))!;
        var opened = Enter(one, 60);

        Assert.Equal((AudienceState.Lost, first.AudienceId), (lost.State, lost.AudienceId));
        Assert.Equal((AudienceState.Open, 1, At(60)), (opened.State, opened.Sequence, opened.At));
        Assert.Equal(At(59.8), opened.OpenedAt);
        Assert.NotEqual(first.AudienceId, opened.AudienceId);
        Assert.NotEqual(first.Presences[0].PresenceId, Assert.Single(opened.Presences).PresenceId);
    }

    [Fact]
    public async Task Observe_SilenceOfSeconds_EndsThePresenceAndBeginsAnother()
    {
        var (_, one, _) = await SceneAsync();
        var first = Enter(one, 0);

        var ended = _observer.Observe(one[0], At(9.8))!;
        var second = Enter(one, 10.1);

        Assert.Equal((AudienceState.Closed, first.AudienceId), (ended.State, ended.AudienceId));
        Assert.Equal((first.Presences[0].PresenceId, At(0)), Assert.Single(ended.Presences) is var p ? (p.PresenceId, p.To) : default);
        Assert.NotEqual(first.AudienceId, second.AudienceId);
        Assert.Equal(At(9.8), Assert.Single(second.Presences).From); // the frame that ended the one before
    }

    [Fact]
    public async Task Observe_PoisonedOrLateFrame_ChangesNothing()
    {
        var (_, one, _) = await SceneAsync();
        Enter(one, 1);

        Assert.Throws<InvalidFrameException>(() => _observer.Observe(one[0].AsSpan(0, 2000), At(1.5)));
        Assert.Null(_observer.Observe(one[0], At(0.5)));
        Assert.Null(_observer.Observe(one[0], At(1)));

        Assert.Equal(2, _observer.IgnoredFrames);
        Assert.True(_observer.AudienceOpen);
        Assert.Equal((At(2), 2), _observer.Observe(one[0], At(2)) is { } next ? (next.At, next.Sequence) : default);
    }

    [Fact]
    public async Task Observe_SensorSawThemLeave_ClosesOnTheSecondEmptyFrame()
    {
        var (empty, one, _) = await SceneAsync();
        Enter(one, 0);
        // The sensor is wrong: a face is seen.
        _observer.Observe(one[0], At(0.5), cabinEmptied: true);
        _observer.Observe(one[1], At(0.9), cabinEmptied: true);
        Assert.True(_observer.AudienceOpen);

        Assert.NotEqual(AudienceState.Closed, _observer.Observe(empty, At(1.2), cabinEmptied: true)?.State);
        var closed = _observer.Observe(empty, At(1.5), cabinEmptied: true)!;

        Assert.Equal(AudienceState.Closed, closed.State);
        Assert.Equal((false, At(0.9)), Assert.Single(closed.Presences) is var presence ? (presence.InView, presence.To) : default);
    }

    [Fact]
    public async Task Stop_OpenAudience_IsLostAtTheLastSighting()
    {
        var (_, one, _) = await SceneAsync();
        Assert.Null(_observer.Stop(At(0)));
        Enter(one, 0);

        var report = _observer.Stop(At(5))!;

        Assert.Equal(AudienceState.Lost, report.State);
        Assert.Equal(At(0), report.Presences[0].To);
        Assert.Null(_observer.Stop(At(6)));
    }

    static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    /// <summary>Somebody is first seen 0.2 s before, and is known to be a person at that time.</summary>
    AudienceReport Enter(byte[][] riders, double seconds)
    {
        Assert.Null(_observer.Observe(riders[0], At(seconds - 0.2)) is { State: AudienceState.Open } early ? early : null);
        return _observer.Observe(riders[1], At(seconds - 0.1)) ?? _observer.Observe(riders[0], At(seconds))!;
    }

    /// <summary>An empty cabin; a man of 4050; the same man and a woman of 2030. Riders in two pictures, so that they move.</summary>
    static async Task<(byte[] Empty, byte[][] One, byte[][] Two)> SceneAsync() => await Scene.Value;

    static readonly Lazy<Task<(byte[], byte[][], byte[][])>> Scene = new(async () =>
        (await Pictures.CabinAsync(), await Pictures.RidersAsync((14, 60, 200)),
            await Pictures.RidersAsync((14, 66, 200), (147, 400, 180))));
}
