using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Tests.Support.Faults;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Tests.Exposures;

public sealed class ExposureWorkerTests(SteppedClockFixture app) : IClassFixture<SteppedClockFixture>
{
    [Fact]
    public async Task Worker_SitesThatCannotBeCounted_KeepNoOtherWaiting()
    {
        const int bad = 77; // frames of a play that makes its site fail, by the trigger below
        await using var db = app.NewContext();
        app.Ahead = TimeSpan.FromHours(-1); // set back: what nobody tells of is found all the same
        await db.Database.ExecuteSqlRawAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $r$refused$r$; END';
            CREATE TRIGGER refuse BEFORE UPDATE ON plays FOR EACH ROW WHEN (OLD.frames_presented = 77) EXECUTE FUNCTION refuse();
            """);
        for (var i = 0; i < 8; i++)
        {
            var site = await app.Registry.RegisterSiteAsync($"Bad {i}", "", "Asia/Seoul", Site.DefaultNotice, Sample.Consent);
            var (screen, _) = await app.Registry.RegisterAsync(site.Id, "A", InferenceMode.Device);
            db.Add(New(screen.Id, bad));
        }
        await db.SaveChangesAsync();
        await Wait.UntilAsync(
            () => Task.FromResult(app.Complaints.Any(c => c.Contains("Could not update the exposures", StringComparison.Ordinal))),
            "a site has failed");
        var good = New(app.Device.Screen.Id, 250);
        db.Add(good);
        await db.SaveChangesAsync();
        await Wait.UntilAsync(
            async () => !await db.Plays.AsNoTracking().AnyAsync(p => p.Id == good.Id && p.ExposuresDue), "the good site is counted",
            TimeSpan.FromSeconds(30));
    }

    private Play New(Guid screen, int frames)
    {
        var from = TimeProvider.System.GetUtcNow().AddMinutes(-1);
        return new Play
        {
            Id = Guid.NewGuid(),
            ScreenId = screen,
            CreativeId = app.Creative.Id,
            CampaignId = app.Campaign.Id,
            OrganisationId = app.Campaign.OrganisationId,
            StartedAt = from,
            EndedAt = from.AddSeconds(10),
            Day = DateOnly.FromDateTime(from.UtcDateTime),
            End = PlayEnd.Completed,
            Measured = true,
            FramesPresented = frames,
            ReceivedAt = from,
        };
    }
}
