using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FaceAd.Tests.Accounts.Audit;

/// <summary>What gets into the audit log, and that nothing gets out of it.</summary>
public sealed class AuditLogTests(PeopleFixture app) : IClassFixture<PeopleFixture>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Theory]
    [InlineData("UPDATE audit_entries SET user_name = 'nobody'")]
    [InlineData("DELETE FROM audit_entries")]
    [InlineData("TRUNCATE audit_entries")]
    [InlineData("SET LOCAL facead.audit_retention = 'on'; UPDATE audit_entries SET user_name = 'nobody'")]
    [InlineData("SET LOCAL facead.audit_retention = 'on'; TRUNCATE audit_entries")]
    [InlineData("SET LOCAL facead.audit_retention = 'on'; DELETE FROM audit_entries WHERE at > now() - interval '29 days'")]
    public async Task Entries_ChangedOrDeleted_AreRefusedByTheDatabase(string sql)
    {
        await WriteAsync(Now);
        await using var db = app.NewContext();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlRawAsync(sql));
        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retention_EntriesOlderThanKept_AreDeletedAndNoOthers()
    {
        var retention = app.Services.GetRequiredService<AuditRetention>();
        var (old, young) = (Guid.NewGuid(), Guid.NewGuid());
        await WriteAsync(Now.AddDays(-retention.KeepDays - 1), old);
        await WriteAsync(Now.AddDays(-retention.KeepDays + 1), young);
        Assert.Equal(1, await retention.RunCycleAsync(default));
        Assert.Empty(await AboutAsync(old));
        Assert.Single(await AboutAsync(young));
    }

    [Fact]
    public async Task SignIn_AllThatCanHappen_IsToldWithoutWhatWasTyped()
    {
        Guid id;
        await using (var scope = app.Services.CreateAsyncScope())
        {
            id = (await scope.ServiceProvider.GetRequiredService<AccountSetup>()
                .CreateUserAsync(app.First, "watched@facead.example", PeopleFixture.Password, "Watched", Roles.Advertiser)).Id;
        }
        using var visitor = await Visitor.SignedInAsync(app, "watched@facead.example", PeopleFixture.Password);
        (await visitor.PostAsync("account/logout", await visitor.TokenAsync("campaigns"), ("returnUrl", "/"))).Dispose();
        using var guesser = new Visitor(app);
        for (var attempt = 0; attempt < 8; attempt++) (await guesser.SignInAsync("watched@facead.example", "typed secret")).Dispose();
        for (var attempt = 0; attempt < 3; attempt++) (await guesser.SignInAsync("typed@secret.example", "typed secret")).Dispose();

        var told = await AboutAsync(id);
        Assert.Equal([AuditVerb.SignedIn, AuditVerb.SignedOut], told.Select(e => e.Verb).Take(2));
        var refused = told.Where(e => e.Verb == AuditVerb.SignInFailed).Select(e => e.Details!).ToList();
        Assert.Equal(5, refused.Count(d => d.Contains("password", StringComparison.Ordinal)));
        Assert.InRange(refused.Count(d => d.Contains("locked", StringComparison.Ordinal)), 1, 2); // once a minute, and a minute may end
        Assert.Single(told, e => e.Verb == AuditVerb.LockedOut);
        Assert.All(told, e =>
            Assert.Equal((id, "watched@facead.example", app.First.Id, "127.0.0.1"), (e.UserId, e.UserName, e.OrganisationId, e.Address)));

        await using var db = app.NewContext();
        var unknown = await db.AuditEntries.Where(e => e.Verb == AuditVerb.SignInFailed && e.UserId == null).ToListAsync();
        Assert.NotEmpty(unknown);
        Assert.All(unknown, e => Assert.Equal((null, null, "127.0.0.1"), (e.UserName, e.OrganisationId, e.Address)));
        Assert.DoesNotContain(
            await db.AuditEntries.AsNoTracking().ToListAsync(), e =>
                $"{e.UserName}{e.SubjectName}{e.Details}{e.OnceKey}".Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Campaign_EveryStep_IsToldOnceWithWhoAndWhyAndARefusedStepIsNot()
    {
        var service = app.Services.GetRequiredService<CampaignService>();
        var owner = new Viewer(app.First.Id, false) { UserId = Guid.NewGuid(), Name = "one", Address = "10.0.0.1" };
        var admin = new Viewer(Guid.NewGuid(), true) { UserId = Guid.NewGuid(), Name = "admin" };
        var campaign = await app.AddCampaignAsync(app.First);
        await using (var db = app.NewContext())
        {
            db.Add(
                new Creative
                {
                    OrganisationId = app.First.Id,
                    CampaignId = campaign.Id,
                    Name = "Creative",
                    Sha256 = new string('c', 64),
                    Bytes = 1,
                    Seconds = 5,
                    Width = 640,
                    Height = 360,
                    CreatedAt = Now,
                });
            await db.SaveChangesAsync();
        }
        Assert.False((await service.StepAsync(owner, campaign.Id, CampaignAction.Resume))!.Value.Happened);
        var terms = CampaignDraft.Of(campaign);
        terms.Name = "Renamed";
        await service.ChangeAsync(owner, campaign.Id, terms, campaign.StartsOn);
        await service.StepAsync(owner, campaign.Id, CampaignAction.Submit);
        await service.StepAsync(admin, campaign.Id, CampaignAction.Reject, "Too loud");
        var creative = Assert.Single((await service.FindAsync(owner, campaign.Id))!.Creatives);
        Assert.False(await service.RemoveCreativeAsync(new Viewer(app.Second.Id, false), campaign.Id, creative.Id));
        Assert.True(await service.RemoveCreativeAsync(owner, campaign.Id, creative.Id));
        Assert.True(await service.DeleteAsync(owner, campaign.Id, campaign.StartsOn));

        var told = await AboutAsync(campaign.Id);
        Assert.Equal(
            [AuditVerb.CampaignChanged, AuditVerb.CampaignSubmitted, AuditVerb.CampaignRejected, AuditVerb.CreativeRemoved,
                AuditVerb.CampaignDeleted],
            told.Select(e => e.Verb));
        Assert.Equal(("Renamed", "10.0.0.1", owner.UserId), (told[1].SubjectName, told[1].Address, told[1].UserId));
        Assert.Equal((admin.UserId, "{\"reason\": \"Too loud\"}"), (told[2].UserId, told[2].Details));
    }

    [Fact]
    public async Task Change_ThatFails_LeavesNoEntry()
    {
        var registry = app.Services.GetRequiredService<ScreenRegistry>();
        var name = $"Twice {Guid.NewGuid():N}";
        var site = await registry.RegisterSiteAsync(name, "", "Asia/Seoul", "");
        await Assert.ThrowsAsync<DbUpdateException>(() => registry.RegisterSiteAsync(name, "", "Asia/Seoul", ""));
        await using var db = app.NewContext();
        Assert.Equal(site.Id, Assert.Single(await db.AuditEntries.Where(e => e.SubjectName == name).ToListAsync()).SubjectId);
    }

    [Fact]
    public async Task Screen_RegisteredRenewedMovedRevoked_IsTold()
    {
        var registry = app.Services.GetRequiredService<ScreenRegistry>();
        var site = await registry.RegisterSiteAsync($"Told {Guid.NewGuid():N}", "", "Asia/Seoul", "");
        var (screen, token) = await registry.RegisterAsync(site.Id, "A", Core.InferenceMode.Server);
        var renewed = await registry.RenewTokenAsync(screen.Id);
        await registry.SetModeAsync(screen.Id, Core.InferenceMode.Device);
        await registry.RevokeAsync(screen.Id);
        var told = await AboutAsync(screen.Id);
        Assert.Equal(
            [AuditVerb.ScreenRegistered, AuditVerb.TokenRenewed, AuditVerb.ModeChanged, AuditVerb.TokenRevoked], told.Select(e => e.Verb));
        Assert.All(told, e => Assert.DoesNotContain(token, e.Details ?? "", StringComparison.Ordinal));
        Assert.All(told, e => Assert.DoesNotContain(renewed, e.Details ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Look_AtExactFigures_IsToldOncePerPersonCampaignAndHourAndNotOfTheOwner()
    {
        var campaign = await app.AddCampaignAsync(app.First);
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        using var owner = await app.SignInAsync(PeopleFixture.One);
        for (var look = 0; look < 3; look++)
        {
            (await admin.Http.GetAsync($"campaigns/{campaign.Id}")).EnsureSuccessStatusCode();
            (await owner.Http.GetAsync($"campaigns/{campaign.Id}")).EnsureSuccessStatusCode();
        }
        var told = await AboutAsync(campaign.Id);
        Assert.InRange(told.Count, 1, 2); // an hour may end between
        Assert.All(told, e => Assert.Equal((AuditVerb.FiguresViewed, PeopleFixture.Admin, "127.0.0.1"), (e.Verb, e.UserName, e.Address)));
    }

    [Theory]
    [InlineData("admin/privacy", AuditVerb.PrivacyViewed)]
    [InlineData("admin/audit", AuditVerb.AuditViewed)]
    public async Task Page_LookedAt_TellsWhoLetInAndNobodyElse(string path, AuditVerb verb)
    {
        using var admin = await app.SignInAsync(PeopleFixture.Admin);
        using var advertiser = await app.SignInAsync(PeopleFixture.One);
        (await advertiser.Http.GetAsync(path)).Dispose();
        (await admin.Http.GetAsync(path)).EnsureSuccessStatusCode();
        await using var db = app.NewContext();
        var lookers = await db.AuditEntries.Where(e => e.Verb == verb).Select(e => e.UserName).Distinct().ToListAsync();
        Assert.Equal(PeopleFixture.Admin, Assert.Single(lookers));
    }

    [Fact]
    public void GroupOf_EveryVerb_HasOne()
    {
        Assert.All(Enum.GetValues<AuditVerb>(), verb => Assert.True(Enum.IsDefined(AboutAttribute.GroupOf(verb))));
        Assert.Equal(AuditGroup.Screens, AboutAttribute.GroupOf(AuditVerb.GroupChanged));
    }

    private Task WriteAsync(DateTimeOffset at, Guid? subject = null) => app.Services.GetRequiredService<AuditLog>()
        .WriteAsync(AuditLog.Entry(null, at, AuditVerb.SiteRegistered, AuditSubject.Site, subject ?? Guid.NewGuid(), "Site"));

    private async Task<List<AuditEntry>> AboutAsync(Guid subject)
    {
        await using FaceAdDbContext db = app.NewContext();
        return await db.AuditEntries.AsNoTracking().Where(e => e.SubjectId == subject).OrderBy(e => e.Id).ToListAsync();
    }
}
