using System.Net;
using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Screens;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Tests.Screens;

/// <summary>Nothing is measured without consent and notice, whatever someone switches.</summary>
public sealed class SiteConsentsTests(SiteFixture app) : IClassFixture<SiteFixture>
{
    private SiteConsents Consents => app.Services.GetRequiredService<SiteConsents>();

    private ScreenDirectory Directory => app.Services.GetRequiredService<ScreenDirectory>();

    [Fact]
    public async Task Measurement_WithoutConsentOrNotice_CannotBeSwitchedOn()
    {
        var site = await app.Registry.RegisterSiteAsync(Name, "", "Asia/Seoul", "");
        var (screen, _) = await app.Registry.RegisterAsync(site.Id, "A", InferenceMode.Server);
        Assert.Equal(ConsentRefusal.NoConsent, await Consents.SetMeasurementAsync(site.Id, true));
        Assert.Null(await Consents.RecordAsync(site.Id, " Resolution 4 "));
        Assert.False(Directory.Find(screen.Id)!.Measurement); // recording switches nothing on
        Assert.Equal(ConsentRefusal.NoNotice, await Consents.SetMeasurementAsync(site.Id, true));
        Assert.Null(await Consents.SetNoticeAsync(site.Id, "We count viewers"));
        Assert.Null(await Consents.SetMeasurementAsync(site.Id, true));
        Assert.True(Directory.Find(screen.Id)!.Measurement);
        Assert.Equal(ConsentRefusal.NoNotice, await Consents.SetNoticeAsync(site.Id, "  "));
        Assert.Equal(ConsentRefusal.NoSuchSite, await Consents.SetMeasurementAsync(Guid.NewGuid(), true));
        await Assert.ThrowsAsync<ArgumentException>(() => Consents.RecordAsync(site.Id, new string('x', 241)));
        await Assert.ThrowsAsync<ArgumentException>(() => Consents.RecordAsync(site.Id, " "));
        await using var db = app.NewContext();
        var row = await db.Sites.AsNoTracking().SingleAsync(s => s.Id == site.Id);
        Assert.Equal(("Resolution 4", true), (row.ConsentReference, row.Measures));
    }

    [Fact]
    public async Task Withdraw_WhileMeasuring_FramesAndReportsAreRefusedAtOnceAndItIsToldWithWho()
    {
        var site = await app.Registry.RegisterSiteAsync(Name, "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
        var (_, frames) = await app.Registry.RegisterAsync(site.Id, "A", InferenceMode.Server);
        var (_, reports) = await app.Registry.RegisterAsync(site.Id, "B", InferenceMode.Device);
        using var server = new DeviceClient(app, frames);
        using var device = new DeviceClient(app, reports);
        var now = TimeProvider.System.GetUtcNow();
        var report = Sample.Report(Guid.NewGuid(), 1, now, now, AudienceState.Open, Sample.Viewer(Segment.Silver, now, now));
        Assert.Equal(HttpStatusCode.Accepted, (await server.SendFrameAsync([0xFF, 0xD8, 0xFF, 0xD9])).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await device.SendAsync(Routes.Audiences, report)).StatusCode);

        var admin = new Viewer(Guid.NewGuid(), true) { UserId = Guid.NewGuid(), Name = "admin@facead.example" };
        Assert.Null(await Consents.WithdrawAsync(site.Id, admin));
        Assert.Equal(HttpStatusCode.Conflict, (await server.SendFrameAsync([0xFF, 0xD8, 0xFF, 0xD9])).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await device.SendAsync(Routes.Audiences, report with { Sequence = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await device.SendAsync(Routes.Plays, Array.Empty<PlayReport>())).StatusCode); // it keeps playing
        Assert.Equal(ConsentRefusal.NoConsent, await Consents.WithdrawAsync(site.Id, admin));
        Assert.Equal(ConsentRefusal.NoConsent, await Consents.SetMeasurementAsync(site.Id, true, admin));

        await using var db = app.NewContext();
        var told = await db.AuditEntries.AsNoTracking().Where(e => e.SubjectId == site.Id).OrderBy(e => e.Id).ToListAsync();
        Assert.Equal(
            [AuditVerb.SiteRegistered, AuditVerb.ConsentRecorded, AuditVerb.MeasurementOn, AuditVerb.ConsentWithdrawn,
                AuditVerb.MeasurementOff],
            told.Select(e => e.Verb));
        Assert.Equal((null, admin.UserId), (told[1].UserId, told[3].UserId));
        Assert.Contains(Sample.Consent, told[3].Details, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Measurement_SwitchedOnInTheRowWithoutConsent_MeasuresOnlyAfterConsentAndSwitch()
    {
        var site = new Site { Name = Name, Measurement = true, CreatedAt = TimeProvider.System.GetUtcNow() };
        await using (var db = app.NewContext())
        {
            db.Add(site);
            await db.SaveChangesAsync();
        }
        var (screen, token) = await app.Registry.RegisterAsync(site.Id, "A", InferenceMode.Server);
        Assert.False(Directory.Find(screen.Id)!.Measurement);
        using var client = new DeviceClient(app, token);
        Assert.Equal(HttpStatusCode.Conflict, (await client.SendFrameAsync([0xFF, 0xD8, 0xFF, 0xD9])).StatusCode);
        await Consents.RecordAsync(site.Id, Sample.Consent);
        Assert.False(Directory.Find(screen.Id)!.Measurement);
        await Consents.SetMeasurementAsync(site.Id, true);
        Assert.True(Directory.Find(screen.Id)!.Measurement);
    }

    private static string Name => $"Site {Guid.NewGuid():N}";
}
