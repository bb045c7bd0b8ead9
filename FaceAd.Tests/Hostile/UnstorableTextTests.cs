using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Hostile;

/// <summary>
/// Zero bytes and halves of emoji, which no PostgreSQL takes, at every boundary: refused or replaced, and nothing fails with them.
/// </summary>
public sealed class UnstorableTextTests(RolesFixture app) : IClassFixture<RolesFixture>
{
    private const string Bad = "a\0b\ud83d", Stored = "a\ufffdb\ufffd";
    private const string InAddress = "a%00b%ED%A0%BDc";

    [Fact]
    public async Task Pages_EveryTextOfAQuery_IsAnswered()
    {
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        var pages = typeof(DataFolder).Assembly.GetTypes().SelectMany(type =>
        {
            var texts = type.GetProperties().Where(p =>
                p.PropertyType == typeof(string) && p.IsDefined(typeof(SupplyParameterFromQueryAttribute))).ToList();
            var query = string.Join('&', texts.Select(p =>
                $"{p.GetCustomAttribute<SupplyParameterFromQueryAttribute>()!.Name ?? p.Name}={InAddress}"));
            return type.GetCustomAttributes<RouteAttribute>().Select(r => r.Template.TrimStart('/'))
                .Where(page => query.Length > 0 && !page.Contains('{', StringComparison.Ordinal)).Select(page => $"{page}?{query}");
        }).ToList();
        Assert.True(pages.Count > 5, $"Only {pages.Count} pages have texts in their addresses.");
        foreach (var page in pages)
        {
            using var answer = await admin.Http.GetAsync(page);
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{page}: {answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("campaigns?search=" + InAddress)]
    [InlineData("sites?search=" + InAddress)]
    [InlineData("audit?text=" + InAddress)]
    [InlineData("campaigns/" + InAddress)]
    [InlineData("screens?site=" + InAddress)]
    public async Task Api_TextInAnAddress_IsAnswered(string address)
    {
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        using var answer = await admin.Http.GetAsync("api/v1/" + address);
        Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{address}: {answer.StatusCode}");
    }

    [Fact]
    public async Task Forms_OfStrangers_AreAnswered()
    {
        using var stranger = new Visitor(app);
        foreach (var (page, form, field) in new[] { ("account/login", "", "email"), ("account/forgot", "forgot", "email") })
        {
            using var answer = await stranger.PostAsync(
                page, await stranger.TokenAsync(page), ("_handler", form), (field, Bad + "@example.com"), ("password", Bad),
                ("returnUrl", Bad));
            Assert.True(answer.StatusCode < HttpStatusCode.InternalServerError, $"{page}: {answer.StatusCode}");
        }
        // A zero byte does not make one account's address another's.
        using var close = await stranger.SignInAsync(PeopleFixture.Admin.Insert(3, "\0"), PeopleFixture.Password);
        Assert.True(close.StatusCode < HttpStatusCode.InternalServerError, $"{close.StatusCode}");
        Assert.Null(stranger.Session);
    }

    [Fact]
    public async Task Headers_ZeroByteOrHalfACharacter_AreRefusedOrAnswered()
    {
        foreach (var bad in new byte[][] { "a\0b"u8.ToArray(), [0xED, 0xA0, 0xBD] })
        {
            using var client = new TcpClient();
            await client.ConnectAsync(app.Address.Host, app.Address.Port);
            await using var stream = client.GetStream();
            var head = "GET /account/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nUser-Agent: "u8.ToArray();
            await stream.WriteAsync((byte[])[.. head, .. bad, .. "\r\n\r\n"u8]);
            var line = await new StreamReader(stream, Encoding.ASCII).ReadLineAsync();
            Assert.Matches("^HTTP/1.1 [24]00 ", line);
        }
    }

    [Fact]
    public async Task Clicks_AndWhatTheyWrite_AreStoredWithoutThem()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        var member = await app.ViewerAsync(RolesFixture.Member);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            var comments = scope.ServiceProvider.GetRequiredService<CampaignComments>();
            Assert.True(await comments.WriteAsync(member, campaign.Id, new string('x', CampaignComment.MaxText) + "😀"));
            Assert.True(await comments.WriteAsync(member, campaign.Id, Bad));
        }
        await using var db = app.NewContext();
        var said = await db.Set<CampaignComment>().Where(c => c.CampaignId == campaign.Id).Select(c => c.Text).ToListAsync();
        Assert.Equal([Stored, new string('x', CampaignComment.MaxText)], said.OrderBy(t => t.Length));
        // Searched for, in lists, and in one statement with other texts.
        var (bad, names) = (Bad, new List<string> { Bad, "none" }); // a variable: constants are no parameters
        Assert.Equal(0, await db.Campaigns.CountAsync(c => c.Name == bad || names.Contains(c.Name)));
        Assert.Equal(1, await db.Campaigns.Where(c => c.Id == campaign.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.Name, bad)));
        Assert.Equal(Stored, await db.Campaigns.Where(c => c.Id == campaign.Id).Select(c => c.Name).SingleAsync());

        // The log of changes, whose details are JSON; by EF Core and by itself.
        var now = TimeProvider.System.GetUtcNow();
        db.Audit(member, now, AuditVerb.CampaignRejected, AuditSubject.Campaign, campaign.Id, Bad, ("reason", Bad));
        await db.SaveChangesAsync();
        await app.Services.GetRequiredService<AuditLog>().WriteAsync(AuditLog.Entry(
            member, now, AuditVerb.CampaignRejected, AuditSubject.Campaign, campaign.Id, Bad,
            new Dictionary<string, string> { ["reason"] = Bad }));
        var told = await db.AuditEntries.AsNoTracking().Where(e => e.SubjectId == campaign.Id && e.SubjectName == Stored).ToListAsync();
        Assert.Equal(2, told.Count);
        Assert.All(told, e => Assert.Contains(Stored, e.Details, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reports_OfAScreen_AreStoredWithoutThem()
    {
        using var screen = new DeviceClient(app, app.ScreenToken);
        var now = TimeProvider.System.GetUtcNow();
        var report = Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open, Sample.Viewer(Segment.Silver, now, now));
        using var answer = await screen.SendAsync(Routes.Audiences, report with { ModelVersion = "v\0" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var db = app.NewContext();
        Assert.Equal("v\ufffd", (await db.Audiences.SingleAsync(a => a.Id == report.AudienceId)).ModelVersion);
    }
}
