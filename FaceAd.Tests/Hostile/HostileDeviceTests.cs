using System.Net;
using System.Net.Http.Json;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Hostile;

/// <summary>Whatever a broken or malicious device sends gets a clear error, changes nothing, and leaves the server serving.</summary>
public sealed class HostileDeviceTests(SiteFixture app) : IClassFixture<SiteFixture>, IDisposable
{
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 0, 0, 0];
    private readonly DeviceClient _server = new(app, app.Server.Token);
    private readonly DeviceClient _device = new(app, app.Device.Token);

    public void Dispose()
    {
        _server.Dispose();
        _device.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("x")]
    [InlineData("fad_unknown")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task AnyRoute_UnknownDevice_Is401(string? token)
    {
        using var client = new DeviceClient(app, token);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendFrameAsync(Jpeg)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(Routes.Plays, Array.Empty<PlayReport>())).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(Routes.Audiences, Report())).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendTextAsync(Routes.Hub + "/negotiate", "{}")).StatusCode);
    }

    [Theory]
    [InlineData("application/json; charset=")]
    [InlineData("application/json; charset=\"")]
    [InlineData("application/json; charset=ks_c_5601-1987")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json;;")]
    [InlineData(";;")]
    [InlineData("\"")]
    [InlineData("image/jpeg; charset=")]
    public async Task AnyRoute_BrokenContentType_IsAnsweredAndNeverAnError(string type)
    {
        foreach (var route in new[] { Routes.Frames, Routes.Plays, Routes.Audiences })
        {
            using var answer = await _device.SendAsTypeAsync(route, type, "[]"u8.ToArray());
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{route} {type}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task AnyRoute_RevokedThenRenewedDevice_Is401UntilTheNewToken()
    {
        var (screen, token) = await app.Registry.RegisterAsync(
            app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        using var client = new DeviceClient(app, token);
        Assert.Equal(HttpStatusCode.Accepted, (await client.SendFrameAsync(Jpeg)).StatusCode);
        await app.Registry.RevokeAsync(screen.Id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendFrameAsync(Jpeg)).StatusCode);
        using var renewed = new DeviceClient(app, await app.Registry.RenewTokenAsync(screen.Id));
        Assert.Equal(HttpStatusCode.Accepted, (await renewed.SendFrameAsync(Jpeg)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendFrameAsync(Jpeg)).StatusCode);
    }

    [Fact]
    public async Task Frames_NotAFrame_IsRefusedBeforeTheQueue()
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _server.SendFrameAsync(new byte[Routes.MaxFrameBytes + 1])).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await _server.SendFrameAsync("<html>"u8.ToArray())).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await _server.SendFrameAsync(Jpeg, "image/png")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.SendFrameAsync([])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.SendFrameAsync(Jpeg, capturedAt: "yesterday")).StatusCode);
        Assert.Equal(
            HttpStatusCode.BadRequest, (await _server.SendFrameAsync(Jpeg, capturedAt: "2001-01-01T00:00:00.0000000+00:00")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await _device.SendFrameAsync(Jpeg)).StatusCode);
    }

    [Fact]
    public async Task Frames_PoisonedPictures_FailAloneAndTheServerGoesOn()
    {
        // Truncated, and one whose header promises 20,000 x 20,000 pixels.
        byte[] huge = [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0x4E, 0x20, 0x4E, 0x20, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xFF, 0xD9];
        byte[][] poisons = [Jpeg, huge, [0xFF, 0xD8, 0xFF, 0xD9]];
        for (var i = 0; i < poisons.Length; i++)
        {
            Assert.Equal(HttpStatusCode.Accepted, (await _server.SendFrameAsync(poisons[i])).StatusCode);
            await Wait.UntilAsync(() =>
                app.Complaints.Count(c =>
                    c.Contains($"A frame of screen {app.Server.Screen.Id} was refused", StringComparison.Ordinal)) > i,
                    "the frame is refused");
        }
        using var client = app.NewClient();
        Assert.Equal("Healthy", await client.GetStringAsync("readyz"));
        await using var db = app.NewContext();
        Assert.False(await db.Audiences.AnyAsync(a => a.ScreenId == app.Server.Screen.Id));
    }

    [Fact]
    public async Task Plays_TwiceAndOutOfOrder_AreCommittedOnce()
    {
        var now = TimeProvider.System.GetUtcNow();
        var plays = Enumerable.Range(1, 5).Select(i => Play(now.AddSeconds(-60 + (10 * i)))).ToArray();
        Assert.Equal((3, 0), await ReceiptAsync(plays[4], plays[0], plays[2]));
        Assert.Equal((2, 3), await ReceiptAsync(plays));
        Assert.Equal((0, 5), await ReceiptAsync(plays));
        await using var db = app.NewContext();
        var ids = plays.Select(p => p.PlayId).ToArray();
        Assert.Equal(5, await db.Plays.CountAsync(p => ids.Contains(p.Id)));
    }

    [Fact]
    public async Task Plays_OneBadAmongGood_IsRefusedWithItsReasonAndTheGoodAreKept()
    {
        var at = TimeProvider.System.GetUtcNow().AddMinutes(-10);
        var good = Play(at);
        PlayReport[] bad =
        [
            Play(at) with { CreativeId = Guid.NewGuid() },
            Play(at) with { EndedAt = at.AddSeconds(-10) },
            Play(at.AddDays(-60)),
            Play(at) with { FramesPresented = 0 },
            Play(at) with { End = (PlayEnd)77 },
            Play(at) with { PlayId = Guid.Empty },
        ];
        var answer = await _server.SendPlaysAsync([.. bad, good]);
        var receipt = (await answer.Content.ReadFromJsonAsync<PlayReceipt>())!;
        Assert.Equal((1, 0), (receipt.Accepted, receipt.Disputed));
        Assert.Equal(bad.Select(b => b.PlayId), receipt.Refused.Select(r => r.PlayId));
        Assert.All(receipt.Refused, r => Assert.False(string.IsNullOrEmpty(r.Reason)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[null]")]
    [InlineData("[{\"playId\":\"x\"}]")]
    [InlineData("[{}]")]
    public async Task Plays_Malformed_Is400(string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.SendTextAsync(Routes.Plays, body)).StatusCode);

    [Fact]
    public async Task Plays_TooMany_Is413()
    {
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await _server.SendAsync(Routes.Plays, Enumerable.Range(0, PlayReport.MaxBatch + 1).Select(_ => Play(now))
                .ToArray())).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge,
            (await _server.SendTextAsync(Routes.Plays, new string(' ', Routes.MaxPlaysBytes + 1))).StatusCode);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"audienceId\":1}")]
    public async Task Audiences_Malformed_Is400(string body) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _device.SendTextAsync(Routes.Audiences, body)).StatusCode);

    [Fact]
    public async Task Audiences_TooLargeOrTooMany_IsRefused()
    {
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge,
            (await _device.SendTextAsync(Routes.Audiences, new string(' ', Routes.MaxReportBytes + 1))).StatusCode);
        var now = TimeProvider.System.GetUtcNow();
        AudienceReport Crowd(int people, int views) => Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open,
            [.. Enumerable.Range(0, people).Select(i =>
                Sample.Viewer(Segment.Silver, now, now, views: [.. Enumerable.Range(0, views).Select(v => Sample.Face(i, 0.1, v))]))]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _device.SendAsync(Routes.Audiences, Crowd(2, 5))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _device.SendAsync(Routes.Audiences, Crowd(1, AudienceReport.ViewsBeside(1)))).StatusCode);
    }

    [Fact]
    public async Task Audiences_FromAServerInferenceScreen_Is409() =>
        Assert.Equal(HttpStatusCode.Conflict, (await _server.SendAsync(Routes.Audiences, Report())).StatusCode);

    [Fact]
    public async Task Audiences_TwiceAndOutOfOrder_KeepTheNewestOfEachPresence()
    {
        var opened = TimeProvider.System.GetUtcNow().AddSeconds(-20);
        var (audience, presence) = (Guid.NewGuid(), Guid.NewGuid());
        AudienceReport At(int sequence) => Sample.Report(audience, sequence, opened, opened.AddSeconds(sequence), AudienceState.Open,
            Sample.Viewer(Segment.Men2030, opened, opened.AddSeconds(sequence), id: presence));
        foreach (var sequence in new[] { 2, 5, 1, 5, 3 })
            Assert.Equal(HttpStatusCode.OK, (await _device.SendAsync(Routes.Audiences, At(sequence))).StatusCode);
        await using var db = app.NewContext();
        var row = await db.Presences.SingleAsync(p => p.Id == presence);
        Assert.Equal((5, 5.0), (row.Sequence, Math.Round((row.To - row.From).TotalSeconds, 3)));
        Assert.Equal(5, (await db.Audiences.SingleAsync(a => a.Id == audience)).Sequence);
    }

    [Fact]
    public async Task Frames_MeasurementSwitchedOff_AreRefused()
    {
        await using var db = app.NewContext();
        var (site, _, _, _) = await Sample.AddSiteAsync(db);
        var (_, token) = await app.Registry.RegisterAsync(site.Id, "Own", InferenceMode.Server);
        Assert.Null(await app.Services.GetRequiredService<SiteConsents>().SetMeasurementAsync(site.Id, false));
        using var client = new DeviceClient(app, token);
        Assert.Equal(HttpStatusCode.Conflict, (await client.SendFrameAsync(Jpeg)).StatusCode);
    }

    [Fact]
    public async Task Frames_AFloodFromOneScreen_IsAnswered429AndAnotherScreenIsServed()
    {
        var (_, token) = await app.Registry.RegisterAsync(app.Server.Screen.SiteId, Guid.NewGuid().ToString("N"), InferenceMode.Server);
        using var flood = new DeviceClient(app, token);
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => flood.SendFrameAsync([])));
        Assert.Contains(HttpStatusCode.TooManyRequests, answers.Select(a => a.StatusCode));
        Assert.Equal(HttpStatusCode.BadRequest, (await _server.SendFrameAsync([])).StatusCode);
    }

    private static AudienceReport Report()
    {
        var now = TimeProvider.System.GetUtcNow();
        return Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open, Sample.Viewer(Segment.Silver, now, now));
    }

    private PlayReport Play(DateTimeOffset at) => new()
    {
        PlayId = Guid.NewGuid(),
        DecisionId = app.Decide(app.Server.Screen.Id, app.Creative.Id, at),
        CreativeId = app.Creative.Id,
        StartedAt = at,
        EndedAt = at.AddSeconds(10),
        End = PlayEnd.Completed,
        Measured = true,
        FramesPresented = 100,
    };

    private async Task<(int, int)> ReceiptAsync(params PlayReport[] plays)
    {
        var answer = await _server.SendPlaysAsync(plays);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var receipt = (await answer.Content.ReadFromJsonAsync<PlayReceipt>())!;
        Assert.Empty(receipt.Refused);
        Assert.Equal(0, receipt.Disputed);
        return (receipt.Accepted, receipt.Known);
    }
}
