using FaceAd.Core;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Cluster;
using FaceAd.Web.Delivery;
using FaceAd.Web.Players;
using FaceAd.Web.Screens;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAd.Tests.Campaigns;

/// <summary>What explains a campaign's curve, from the audit log and the gaps of its screens.</summary>
public sealed class DeliveryMarkTests : IAsyncLifetime
{
    private readonly SetClock _clock = new(Sample.Noon.AddDays(5));
    private TestDatabase _database = null!;
    private ScreenDirectory _directory = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _directory = new ScreenDirectory(
            _database.Contexts,
            new(new DirectConnections(_database.ConnectionString), TimeProvider.System, NullLogger<NewsListener>.Instance),
            TimeProvider.System, NullLogger<ScreenDirectory>.Instance);
    }

    public async Task DisposeAsync()
    {
        _directory.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task ReadAsync_PausesChangesAndSilences_AreToldInOrderAndNothingElse()
    {
        await using var db = _database.Contexts.CreateDbContext();
        var (site, advertiser, a, b) = await Sample.AddSiteAsync(db);
        var (_, _, stranger, _) = await Sample.AddSiteAsync(db);
        var (campaign, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        var (other, _) = await Sample.AddCampaignAsync(db, advertiser, [Segment.Men2030]);
        campaign.SiteIds = [site.Id];
        var noon = Sample.Noon;
        void Log(Guid of, AuditVerb verb, double hours) =>
            db.Add(AuditLog.Entry(null, noon.AddHours(hours), verb, AuditSubject.Campaign, of, "C"));
        void Gap(ScreenEntry screen, double from, double to) =>
            db.Add(new ScreenGap { ScreenId = screen.Id, Since = noon.AddHours(from), Until = noon.AddHours(to) });
        Log(campaign.Id, AuditVerb.CampaignChanged, -3); // before it was approved
        Log(campaign.Id, AuditVerb.CampaignApproved, -2);
        Log(campaign.Id, AuditVerb.CampaignPaused, 1);
        Log(campaign.Id, AuditVerb.FiguresViewed, 1.2);
        Log(campaign.Id, AuditVerb.CampaignResumed, 2);
        Log(campaign.Id, AuditVerb.ChangeAccepted, 9);
        Log(campaign.Id, AuditVerb.CampaignPaused, 50); // after the days asked for
        Log(other.Id, AuditVerb.CampaignPaused, 3);
        Gap(a, -1, 0.5); // it had begun before the days asked for
        Gap(a, 4, 6);
        Gap(b, 5.5, 7); // overlaps: one silence of two screens
        Gap(b, 8, 8.1); // a restart
        Gap(stranger, 3, 9);
        await db.SaveChangesAsync();
        await _directory.RefreshAsync();
        var reader = new DeliveryMarkReader(_database.Source, _directory, _clock);

        DeliveryMark[] expected =
        [
            Mark(DeliveryMarkKind.Silent, 0, 0.5, 1), Mark(DeliveryMarkKind.Paused, 1), Mark(DeliveryMarkKind.Resumed, 2),
            Mark(DeliveryMarkKind.Silent, 4, 7, 2), Mark(DeliveryMarkKind.Changed, 9),
        ];
        Assert.Equal(expected, await reader.ReadAsync(campaign, noon, noon.AddHours(24), _ => true));
        var ofB = await reader.ReadAsync(campaign, noon, noon.AddHours(24), s => s.Id == b.Id);
        Assert.Equal([Mark(DeliveryMarkKind.Silent, 5.5, 7, 1)], ofB.Where(m => m.Kind == DeliveryMarkKind.Silent));
        _clock.Now = noon.AddHours(1.5); // nothing of the future
        Assert.Equal(expected[..2], await reader.ReadAsync(campaign, noon, noon.AddHours(24), _ => true));

        DeliveryMark Mark(DeliveryMarkKind kind, double from, double? until = null, int screens = 0) =>
            new(kind, noon.AddHours(from), until is { } end ? noon.AddHours(end) : null, screens);
    }
}
