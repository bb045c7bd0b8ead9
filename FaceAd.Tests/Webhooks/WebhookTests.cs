using System.Globalization;
using System.Net;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Notifications;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Webhooks;

/// <summary>Events on their way to a real receiver.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private readonly EphemeralDataProtectionProvider _ring = new();
    private readonly SetClock _clock = new(Sample.Noon);
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Campaign_ChangesState_IsToldOnceSignedAndOnlyToItsOrganisation()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Submitted));
        var (mine, secret) = await MakeAsync(advertiser, receiver.Url("mine"));
        var stranger = new Organisation { Name = "Stranger", Kind = OrganisationKind.Advertiser, CreatedAt = Sample.Noon };
        var media = new Organisation { Name = "Media", Kind = OrganisationKind.MediaOwner, CreatedAt = Sample.Noon };
        db.AddRange(stranger, media);
        await db.SaveChangesAsync();
        await MakeAsync(stranger, receiver.Url("stranger"));
        await MakeAsync(media, receiver.Url("media"));

        await LookAsync();
        await LookAsync(); // nothing has happened since
        using var sender = NewSender();
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        Assert.Equal(["media campaign.submitted", "mine campaign.submitted"], receiver.Got.Select(g => $"{g.Path} {g.Type}").Order());
        var (_, _, body, signature) = receiver.Got.Single(g => g.Path == "mine");
        var at = long.Parse(signature.Split(',')[0][2..], CultureInfo.InvariantCulture);
        Assert.Equal($"t={at},v1={WebhookSender.Sign(secret, at, body)}", signature);
        Assert.Equal(campaign.Id, JsonDocument.Parse(body).RootElement.GetProperty("campaign").GetProperty("id").GetGuid());

        await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.State, CampaignState.Approved));
        await LookAsync();
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        await db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.EndsOn, Sample.Calendar.DayOf(Sample.Noon).AddDays(-1)).SetProperty(c => c.StartsOn, Sample.Calendar.DayOf(Sample.Noon).AddDays(-2)));
        await LookAsync();
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        Assert.Equal(["campaign.submitted", "campaign.running", "campaign.ended"], receiver.Got.Where(g => g.Path == "mine").Select(g => g.Type));
        await using var fresh = _database.Contexts.CreateDbContext();
        Assert.All(await fresh.WebhookDeliveries.Where(d => d.WebhookId == mine.Id).ToListAsync(), d => Assert.Equal((1, 204, null), (d.Tries, d.LastStatus, d.NextTryAt)));
    }

    [Fact]
    public async Task Delivery_ReceiverIsDown_IsTriedFurtherAndFurtherApartAndThenGivenUp()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = StatusCodes.Status500InternalServerError;
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await MakeAsync(advertiser, receiver.Url("down"));
        await LookAsync();
        using var sender = NewSender();
        for (var tries = 1; tries <= WebhookSender.Delays.Count + 1; tries++)
        {
            Assert.Equal(1, await sender.RunCycleAsync(default));
            Assert.Equal(0, await sender.RunCycleAsync(default)); // not yet
            var row = await db.WebhookDeliveries.AsNoTracking().SingleAsync();
            Assert.Equal((tries, 500), (row.Tries, row.LastStatus));
            Assert.Equal(tries <= WebhookSender.Delays.Count ? _clock.Now + WebhookSender.Delays[tries - 1] : null, row.NextTryAt);
            _clock.Now = row.NextTryAt ?? _clock.Now.AddDays(3);
        }
        Assert.Equal(0, await sender.RunCycleAsync(default));
        Assert.Equal(WebhookSender.Delays.Count + 1, receiver.Got.Count);
        Assert.Single(receiver.Got.Select(g => JsonDocument.Parse(g.Body).RootElement.GetProperty("id").GetGuid()).Distinct());
    }

    [Fact]
    public async Task Delivery_NodeDiesWhileSending_IsSentByAnother()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await MakeAsync(advertiser, receiver.Url("a"));
        await LookAsync();
        using (var dying = NewSender())
        {
            using var gone = new CancellationTokenSource();
            receiver.Before = gone.Cancel; // in the middle of the post
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dying.RunCycleAsync(gone.Token));
        }
        receiver.Before = null;
        using var other = NewSender();
        Assert.Equal(0, await other.RunCycleAsync(default));
        _clock.Now += TimeSpan.FromMinutes(2);
        Assert.Equal(1, await other.RunCycleAsync(default));
        Assert.NotNull((await db.WebhookDeliveries.AsNoTracking().SingleAsync()).DeliveredAt);
    }

    [Fact]
    public async Task Screen_FallsSilentAndComesBack_IsToldToTheMediaOwner()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var db = _database.Contexts.CreateDbContext();
        var (_, _, a, b) = await Sample.AddSiteAsync(db);
        var media = new Organisation { Name = "Media", Kind = OrganisationKind.MediaOwner, CreatedAt = Sample.Noon };
        db.Add(media);
        await db.SaveChangesAsync();
        await MakeAsync(media, receiver.Url("media"), [.. WebhookEvents.Screens]);
        await db.Screens.Where(s => s.Id == a.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, Sample.Noon));
        await LookAsync();
        _clock.Now += TimeSpan.FromMinutes(3);
        await LookAsync();
        await db.Screens.Where(s => s.Id == a.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, _clock.Now));
        await LookAsync();
        Assert.Equal(["screen.online", "screen.silent", "screen.online"], await db.WebhookDeliveries.OrderBy(d => d.CreatedAt).ThenBy(d => d.Id).Select(d => d.Event).ToListAsync());
        var payloads = await db.WebhookDeliveries.Select(d => d.Payload).ToListAsync();
        Assert.All(payloads, p => Assert.DoesNotContain(b.Id.ToString(), p, StringComparison.Ordinal)); // one that was never there is not silent
    }

    [Fact]
    public async Task Webhook_Paused_HoldsItsEventsUntilItGoesOn()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        var (held, _) = await MakeAsync(advertiser, receiver.Url("held"));
        await MakeAsync(advertiser, receiver.Url("open"));
        var book = NewService();
        var viewer = new Viewer(advertiser.Id, false);
        Assert.Null(await book.SetPausedAsync(viewer, held.Id, true));
        Assert.Equal(WebhookProblem.Gone, await book.SetPausedAsync(new Viewer(Guid.NewGuid(), false), held.Id, false));
        Assert.Equal(WebhookProblem.Paused, (await book.TestAsync(viewer, held.Id)).Problem);
        await LookAsync();
        using var sender = NewSender();
        while (await sender.RunCycleAsync(default) > 0)
        {
        }
        Assert.Equal(["open"], receiver.Got.Select(g => g.Path));
        var standing = (await book.StandingAsync(viewer)).Single(w => w.Hook.Id == held.Id);
        Assert.Equal((1, 0), (standing.Waiting, standing.Last!.Tries));
        Assert.Null(await book.SetPausedAsync(viewer, held.Id, false));
        Assert.Equal(1, await sender.RunCycleAsync(default));
        Assert.Equal(["open", "held"], receiver.Got.Select(g => g.Path));
    }

    [Fact]
    public async Task Delivery_SentAgain_KeepsItsIdentityAndIsSignedByTheNewSecret()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var (hook, old) = await MakeAsync(advertiser, receiver.Url("a"));
        var book = NewService();
        var viewer = new Viewer(advertiser.Id, false);
        var (delivery, _) = await book.TestAsync(viewer, hook.Id);
        Assert.Equal(WebhookProblem.Underway, (await book.TestAsync(viewer, hook.Id)).Problem);
        Assert.Equal(WebhookProblem.Underway, await book.SendAgainAsync(viewer, hook.Id, delivery!.Id));
        using var sender = NewSender();
        Assert.Equal(1, await sender.RunCycleAsync(default));
        var secret = await book.RotateAsync(viewer, hook.Id);
        Assert.Equal(WebhookProblem.Gone, await book.SendAgainAsync(new Viewer(Guid.NewGuid(), false), hook.Id, delivery.Id));
        Assert.Null(await book.SendAgainAsync(viewer, hook.Id, delivery.Id));
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
    public async Task EndBudgetAndSilence_NobodyDidIt_AreToldToPeopleOnce()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, a, _) = await Sample.AddSiteAsync(db);
        var media = new Organisation { Name = "Media", Kind = OrganisationKind.MediaOwner, CreatedAt = Sample.Noon };
        User Person(Organisation of, string name) => new() { OrganisationId = of.Id, DisplayName = name, UserName = name, Email = name };
        var (buyer, keeper) = (Person(advertiser, "buyer@example.com"), Person(media, "keeper@example.com"));
        db.AddRange(media, buyer, keeper);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        var (old, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Kids]);
        await db.SaveChangesAsync();
        var day = Sample.Calendar.DayOf(Sample.Noon);
        await db.Campaigns.Where(c => c.Id == old.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.StartsOn, day.AddDays(-9)).SetProperty(c => c.EndsOn, day.AddDays(-5)));
        await db.Screens.Where(s => s.Id == a.Id).ExecuteUpdateAsync(s => s.SetProperty(x => x.LastSeenAt, Sample.Noon));
        db.Add(new MailSwitch { UserId = keeper.Id, Kind = NotificationKind.ScreenSilent, IsOn = false });
        await db.SaveChangesAsync();
        await LookAsync();
        Assert.Empty(await db.Set<Notification>().ToListAsync()); // what had ended before is no news
        _clock.Now += TimeSpan.FromMinutes(3);
        await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.StartsOn, day.AddDays(-3)).SetProperty(c => c.EndsOn, day.AddDays(-1)));
        await LookAsync();
        await LookAsync();
        var told = await db.Set<Notification>().AsNoTracking().ToListAsync();
        var ended = Assert.Single(told, n => n.Kind == NotificationKind.CampaignEnded);
        Assert.Equal((buyer.Id, campaign.Id, campaign.Name), (ended.UserId, ended.CampaignId, ended.Subject));
        Assert.NotNull(ended.MailDueAt);
        var silent = Assert.Single(told, n => n.Kind == NotificationKind.ScreenSilent);
        Assert.Equal((keeper.Id, a.Id, a.Name, null, null), (silent.UserId, silent.ScreenId, silent.Subject, silent.CampaignId, silent.MailDueAt));
        Assert.Equal(2, told.Count);
    }

    [Theory]
    [InlineData("http://example.com/")]
    [InlineData("ftp://example.com/")]
    [InlineData("https://me:secret@example.com/")]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Make_BadAddress_IsRefused(string? url)
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        var book = new WebhookService(_database.Contexts, _ring, new WebhookOptions(), _clock);
        Assert.Equal(WebhookProblem.Url, (await book.MakeAsync(new Viewer(advertiser.Id, false), url, ["campaign.running"])).Problem);
        Assert.Equal(WebhookProblem.Events, (await book.MakeAsync(new Viewer(advertiser.Id, false), "https://example.com/", ["screen.silent"])).Problem);
        Assert.Equal(WebhookProblem.Denied, (await book.MakeAsync(new Viewer(advertiser.Id, false) { ReadOnly = true }, "https://example.com/", ["campaign.running"])).Problem);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.20.0.1", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:4700::1111", true)]
    public void IsPublic_Address_IsKnown(string address, bool expected) => Assert.Equal(expected, WebhookSender.IsPublic(IPAddress.Parse(address)));

    [Fact]
    public async Task Send_ToAPrivateAddress_IsNotEvenConnected()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var db = _database.Contexts.CreateDbContext();
        var (_, advertiser, _, _) = await Sample.AddSiteAsync(db);
        await Sample.AddCampaignAsync(db, advertiser, [Segment.Silver]);
        await MakeAsync(advertiser, receiver.Url("inside"));
        await LookAsync();
        using var sender = new WebhookSender(_database.Source, _ring, new WebhookOptions(), _clock, NullLogger<WebhookSender>.Instance);
        Assert.Equal(1, await sender.RunCycleAsync(default));
        Assert.Empty(receiver.Got);
        Assert.Contains("not a public address", (await db.WebhookDeliveries.AsNoTracking().SingleAsync()).LastError, StringComparison.Ordinal);
    }

    private async Task<(Webhook Hook, string Secret)> MakeAsync(Organisation organisation, string url, string[]? events = null)
    {
        var book = new WebhookService(_database.Contexts, _ring, new WebhookOptions { AllowPrivate = true }, _clock);
        var (hook, secret, problem) = await book.MakeAsync(new Viewer(organisation.Id, organisation.Kind == OrganisationKind.MediaOwner), url, events ?? [.. WebhookEvents.Campaigns]);
        Assert.Null(problem);
        return (hook!, secret!);
    }

    private WebhookService NewService() => new(_database.Contexts, _ring, new WebhookOptions { AllowPrivate = true }, _clock);

    private async Task LookAsync()
    {
        using var watch = new WebhookWatch(_database.Contexts, _clock, NullLogger<WebhookWatch>.Instance);
        Assert.NotNull(await watch.RunCycleAsync(default));
        _clock.Now += TimeSpan.FromSeconds(1);
    }

    private WebhookSender NewSender() => new(_database.Source, _ring, new WebhookOptions { AllowPrivate = true }, _clock, NullLogger<WebhookSender>.Instance);

    /// <summary>A web server that takes events.</summary>
    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Receiver(WebApplication app) => _app = app;

        public List<(string Path, string Type, string Body, string Signature)> Got { get; } = [];

        public int Answer { get; set; } = StatusCodes.Status204NoContent;

        public Action? Before { get; set; }

        public string Url(string path) => _app.Urls.First() + "/" + path;

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var receiver = new Receiver(builder.Build());
            receiver._app.MapPost("/{path}", async (string path, HttpContext http) =>
            {
                receiver.Before?.Invoke();
                using var reader = new StreamReader(http.Request.Body);
                var body = await reader.ReadToEndAsync();
                lock (receiver.Got) receiver.Got.Add((path, JsonDocument.Parse(body).RootElement.GetProperty("type").GetString()!, body, http.Request.Headers[WebhookSender.SignatureHeader].ToString()));
                return Results.StatusCode(receiver.Answer);
            });
            await receiver._app.StartAsync();
            return receiver;
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();
    }
}
