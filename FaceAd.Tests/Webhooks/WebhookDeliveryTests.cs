using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Webhooks;

/// <summary>Events on their way to a real receiver.</summary>
public sealed class WebhookDeliveryTests : IAsyncLifetime
{
    private WebhookStages _stages = null!;

    public async Task InitializeAsync() => _stages = await WebhookStages.CreateAsync();

    public async Task DisposeAsync() => await _stages.DisposeAsync();

    [Fact]
    public async Task Delivery_ReceiverIsDown_IsTriedFurtherAndFurtherApartAndThenGivenUp()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Answer = StatusCodes.Status500InternalServerError;
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await _stages.MakeAsync(advertiser, receiver.Url("down"));
        await _stages.LookAsync();
        using var sender = _stages.NewSender();
        for (var tries = 1; tries <= WebhookSender.Delays.Count + 1; tries++)
        {
            Assert.Equal(1, await sender.RunCycleAsync(default));
            Assert.Equal(0, await sender.RunCycleAsync(default)); // not yet
            var row = await db.WebhookDeliveries.AsNoTracking().SingleAsync();
            Assert.Equal((tries, 500), (row.Tries, row.LastStatus));
            Assert.Equal(tries <= WebhookSender.Delays.Count ? _stages.Clock.Now + WebhookSender.Delays[tries - 1] : null, row.NextTryAt);
            _stages.Clock.Now = row.NextTryAt ?? _stages.Clock.Now.AddDays(3);
        }
        Assert.Equal(0, await sender.RunCycleAsync(default));
        Assert.Equal(WebhookSender.Delays.Count + 1, receiver.Got.Count);
        Assert.Single(receiver.Got.Select(g => JsonDocument.Parse(g.Body).RootElement.GetProperty("id").GetGuid()).Distinct());
    }

    [Fact]
    public async Task Delivery_ReceiverAnswersWhatNoColumnTakes_IsAFailedAttemptLikeOthers()
    {
        using var receiver = new TcpListener(IPAddress.Loopback, 0);
        receiver.Start();
        var answered = AnswerAsync(receiver, "\0HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await _stages.MakeAsync(advertiser, $"http://{receiver.LocalEndpoint}/zero");
        await _stages.LookAsync();
        using var sender = _stages.NewSender();
        Assert.Equal(1, await sender.RunCycleAsync(default));
        await answered;
        var row = await db.WebhookDeliveries.AsNoTracking().SingleAsync();
        Assert.Equal(_stages.Clock.Now + WebhookSender.Delays[0], row.NextTryAt);
        Assert.Contains('\uFFFD', row.LastError!);
    }

    [Fact]
    public async Task Delivery_ReceiverIsSlow_DelaysOnlyItsOwn()
    {
        await using var slow = await WebhookReceiver.StartAsync();
        await using var healthy = await WebhookReceiver.StartAsync();
        var answer = new TaskCompletionSource();
        slow.Hold = answer.Task;
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        for (var i = 0; i < 19; i++) await _stages.MakeAsync(advertiser, slow.Url("slow"));
        await _stages.MakeAsync(advertiser, healthy.Url("healthy"));
        await _stages.LookAsync();
        using var sender = _stages.NewSender();
        Assert.Equal(3, await sender.StartDueAsync(default));
        await Wait.UntilAsync(() => healthy.Got.Count == 1 && slow.Got.Count == 2, "both receivers are asked");
        Assert.Equal(0, await sender.StartDueAsync(default)); // no more to the slow one
        answer.SetResult();
        await sender.RunCycleAsync(default); // those under way end
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        Assert.Equal((19, 1), (slow.Got.Count, healthy.Got.Count));
    }

    [Theory]
    [InlineData(5, 4, false)] // eight each, by four hosts
    [InlineData(34, 1, false)] // more than the host may have in all
    [InlineData(34, 1, true)] // and one more organisation calls it, too
    [InlineData(40, 4, false)] // more than there is room for
    public async Task Delivery_OtherOrganisationsAreSlow_IsSentAtOnce(int organisations, int hosts, bool isShared)
    {
        var answer = new TaskCompletionSource();
        var slow = new WebhookReceiver[hosts];
        for (var i = 0; i < hosts; i++) (slow[i] = await WebhookReceiver.StartAsync()).Hold = answer.Task;
        await using var healthy = await WebhookReceiver.StartAsync();
        await using var db = _stages.Database.Contexts.CreateDbContext();
        for (var i = 0; i < organisations; i++)
        {
            var (_, other, _, _) = await Sample.AddSiteAsync(db);
            await Sample.AddCampaignAsync(db, other, [Segment.Silver]);
            for (var hook = 0; hook < 12; hook++) await _stages.MakeAsync(other, slow[hook % hosts].Url("slow"));
        }
        await _stages.LookAsync();
        using var sender = _stages.NewSender();
        while (await sender.StartDueAsync(default) > 0)
        {
        }
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await _stages.MakeAsync(advertiser, (isShared ? slow[0] : healthy).Url("waited-for"));
        await _stages.LookAsync();
        Assert.Equal(1, await sender.StartDueAsync(default));
        await Wait.UntilAsync(() => (isShared ? slow[0] : healthy).Paths.Contains("waited-for"), "it is asked at once");
        answer.SetResult();
        await sender.RunCycleAsync(default); // those under way end
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        Assert.Equal((organisations * 12) + 1, healthy.Got.Count + slow.Sum(s => s.Got.Count));
        foreach (var receiver in slow) await receiver.DisposeAsync();
    }

    [Fact]
    public async Task Connect_FirstAddressOfTheNameIsNotReached_TriesTheNext()
    {
        using var receiver = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        receiver.Start();
        var port = ((IPEndPoint)receiver.LocalEndpoint).Port;
        var (silent, open) = (IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.2"));
        await using var reached = await WebhookSender.ConnectToAnyAsync([silent, open], port, default);
        await Assert.ThrowsAsync<SocketException>(() => WebhookSender.ConnectToAnyAsync([silent], port, default));
    }

    [Fact]
    public async Task Delivery_NodeDiesWhileSending_IsSentByAnother()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await _stages.MakeAsync(advertiser, receiver.Url("a"));
        await _stages.LookAsync();
        using (var dying = _stages.NewSender())
        {
            using var gone = new CancellationTokenSource();
            receiver.Before = gone.Cancel; // in the middle of the post
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dying.RunCycleAsync(gone.Token));
        }
        receiver.Before = null;
        using var other = _stages.NewSender();
        Assert.Equal(0, await other.RunCycleAsync(default));
        _stages.Clock.Now += TimeSpan.FromMinutes(2);
        Assert.Equal(1, await other.RunCycleAsync(default));
        Assert.NotNull((await db.WebhookDeliveries.AsNoTracking().SingleAsync()).DeliveredAt);
    }

    [Fact]
    public async Task Webhook_Paused_HoldsItsEventsUntilItGoesOn()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        var (held, _) = await _stages.MakeAsync(advertiser, receiver.Url("held"));
        await _stages.MakeAsync(advertiser, receiver.Url("open"));
        var service = _stages.NewService();
        var viewer = new Viewer(advertiser.Id, false);
        Assert.Null(await service.SetPausedAsync(viewer, held.Id, true));
        Assert.Equal(WebhookProblem.Gone, await service.SetPausedAsync(new Viewer(Guid.NewGuid(), false), held.Id, false));
        Assert.Equal(WebhookProblem.Paused, (await service.TestAsync(viewer, held.Id)).Problem);
        await _stages.LookAsync();
        using var sender = _stages.NewSender();
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        Assert.Equal(["open"], receiver.Got.Select(g => g.Path));
        var standing = (await service.ListWithStateAsync(viewer)).Single(w => w.Hook.Id == held.Id);
        Assert.Equal((1, 0), (standing.Waiting, standing.Last!.Tries));
        Assert.Null(await service.SetPausedAsync(viewer, held.Id, false));
        Assert.Equal(1, await sender.RunCycleAsync(default));
        Assert.Equal(["open", "held"], receiver.Got.Select(g => g.Path));
    }

    [Fact]
    public async Task Delivery_SentAgain_KeepsItsIdentityAndIsSignedByTheNewSecret()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (hook, old) = await _stages.MakeAsync(advertiser, receiver.Url("a"));
        var service = _stages.NewService();
        var viewer = new Viewer(advertiser.Id, false);
        var (delivery, _) = await service.TestAsync(viewer, hook.Id);
        Assert.Equal(WebhookProblem.Underway, (await service.TestAsync(viewer, hook.Id)).Problem);
        Assert.Equal(WebhookProblem.Underway, await service.SendAgainAsync(viewer, hook.Id, delivery!.Id));
        using var sender = _stages.NewSender();
        Assert.Equal(1, await sender.RunCycleAsync(default));
        var secret = await service.RotateAsync(viewer, hook.Id);
        Assert.Equal(WebhookProblem.Gone, await service.SendAgainAsync(new Viewer(Guid.NewGuid(), false), hook.Id, delivery.Id));
        Assert.Null(await service.SendAgainAsync(viewer, hook.Id, delivery.Id));
        Assert.Equal(1, await sender.RunCycleAsync(default));
        Assert.Equal(0, await sender.RunCycleAsync(default));
        Assert.Equal(["webhook.test", "webhook.test"], receiver.Got.Select(g => g.Type));
        Assert.Single(receiver.Got.Select(g => JsonDocument.Parse(g.Body).RootElement.GetProperty("id").GetGuid()).Distinct());
        foreach (var (got, key) in receiver.Got.Zip([old, secret!]))
        {
            var at = long.Parse(got.Signature.Split(',')[0][2..], CultureInfo.InvariantCulture);
            Assert.Equal($"t={at},v1={WebhookSender.Sign(key, at, got.Body)}", got.Signature);
        }
    }

    [Fact]
    public async Task Send_ToAPrivateAddress_IsNotEvenConnected()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var db = _stages.Database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await _stages.MakeAsync(advertiser, receiver.Url("inside"));
        await _stages.LookAsync();
        using var sender = _stages.NewSender(allowPrivate: false);
        Assert.Equal(1, await sender.RunCycleAsync(default));
        Assert.Empty(receiver.Got);
        Assert.Contains(
            "not a public address", (await db.WebhookDeliveries.AsNoTracking().SingleAsync()).LastError, StringComparison.Ordinal);
    }

    // Until the caller hangs up.
    private static async Task AnswerAsync(TcpListener receiver, byte[] answer)
    {
        using var caller = await receiver.AcceptTcpClientAsync();
        var (stream, buffer) = (caller.GetStream(), new byte[4096]);
        Assert.NotEqual(0, await stream.ReadAsync(buffer));
        await stream.WriteAsync(answer);
        while (await stream.ReadAsync(buffer) > 0)
        {
        }
    }
}
