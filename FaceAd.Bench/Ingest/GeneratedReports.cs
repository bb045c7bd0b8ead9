using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Plays;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace FaceAd.Bench.Ingest;

/// <summary>Play reports as the players of one building send them.</summary>
sealed class GeneratedReports
{
    private const int Campaigns = 20;
    private readonly List<ScreenEntry> _screens = [];
    private readonly List<Creative> _creatives = [];

    private GeneratedReports(DecisionSeals decisions) => Decisions = decisions;

    /// <summary>Makes and recognises the decisions behind the plays.</summary>
    public DecisionSeals Decisions { get; }

    /// <summary>Creates the tables, and the rows that plays refer to.</summary>
    /// <param name="database">An empty database.</param>
    /// <param name="screens">Number of screens.</param>
    /// <param name="cancellation">Cancels the work.</param>
    public static async Task<GeneratedReports> StartAsync(NpgsqlDataSource database, int screens, CancellationToken cancellation)
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var db = new FaceAdDbContext(new DbContextOptionsBuilder<FaceAdDbContext>().UseNpgsql(database).Options);
        await db.Database.MigrateAsync(cancellation);
        var decisions = new DecisionSeals(
            database, new EphemeralDataProtectionProvider(), TimeProvider.System, NullLogger<DecisionSeals>.Instance);
        await decisions.StartAsync(cancellation);
        var made = new GeneratedReports(decisions);
        var site = new Site { Name = "Tower", CreatedAt = now };
        var advertiser = new Organisation { Name = "Advertiser", Kind = OrganisationKind.Advertiser, CreatedAt = now };
        db.AddRange(site, advertiser);
        for (var i = 0; i < Campaigns; i++)
        {
            var day = DateOnly.FromDateTime(now.UtcDateTime);
            var (campaign, creative) = SampleCampaign.Of(
                advertiser, $"Campaign {i}", (day.AddDays(-9), day.AddDays(9)), [Segment.Silver], now, seconds: 15);
            made._creatives.Add(creative);
            db.AddRange(campaign, creative);
        }
        for (var i = 0; i < screens; i++)
        {
            var screen = new Screen
            {
                SiteId = site.Id,
                Name = $"Screen {i}",
                TokenHash = DeviceToken.Hash(DeviceToken.Generate()),
                CreatedAt = now,
            };
            db.Add(screen);
            made._screens.Add(new ScreenEntry(screen.Id, screen.Name, site.Id, site.Name, screen.Mode, true, "", site.Calendar()));
        }
        await db.SaveChangesAsync(cancellation);
        return made;
    }

    /// <summary>
    /// The requests of each player, which it sends in sequence; a duplicate is a report that the same player sent before, as after a lost
    /// reply.
    /// </summary>
    /// <param name="random">Chooses creatives and duplicates.</param>
    /// <param name="players">Number of players.</param>
    /// <param name="rows">Distinct plays of all players.</param>
    /// <param name="duplicates">Repeated reports as a share of the distinct ones.</param>
    public List<(ScreenEntry Screen, List<PlayReport[]> Requests)> Feed(Random random, int players, int rows, double duplicates)
    {
        var now = TimeProvider.System.GetUtcNow();
        return [.. Enumerable.Range(0, players).Select(player =>
        {
            var (screen, at) = (_screens[player], now.AddDays(-30));
            var own = rows / players + (player < rows % players ? 1 : 0);
            List<PlayReport> reports = [];
            for (var i = 0; i < own; i++)
            {
                var creative = _creatives[random.Next(_creatives.Count)].Id;
                reports.Add(new PlayReport
                {
                    PlayId = Guid.NewGuid(),
                    DecisionId = Decisions.Make(screen.Id, creative, at),
                    CreativeId = creative,
                    StartedAt = at,
                    EndedAt = at.AddSeconds(14.9),
                    End = PlayEnd.Completed,
                    Measured = random.Next(10) > 0,
                    FramesPresented = 370,
                });
                at = at.AddSeconds(15);
            }
            reports = [.. new PlayerKeys().Sign(screen.Id, reports)];
            for (var i = (int)Math.Round(own * duplicates); i > 0; i--)
            {
                var again = random.Next(own);
                reports.Insert(random.Next(again + 1, reports.Count + 1), reports[again]);
            }
            return (screen, reports.Chunk(PlayReport.MaxBatch).ToList());
        })];
    }

    /// <summary>The row that the intake makes of a report.</summary>
    public Play ToPlay(ScreenEntry screen, PlayReport report)
    {
        var creative = _creatives.Find(f => f.Id == report.CreativeId)!;
        return new Play
        {
            Id = report.PlayId,
            ScreenId = screen.Id,
            DecisionId = report.DecisionId,
            CreativeId = creative.Id,
            CampaignId = creative.CampaignId,
            OrganisationId = creative.OrganisationId,
            StartedAt = report.StartedAt,
            EndedAt = report.EndedAt,
            Day = screen.Calendar.DayOf(report.StartedAt),
            End = report.End,
            Measured = report.Measured,
            FramesPresented = report.FramesPresented,
            ReceivedAt = report.EndedAt,
            ExposuresDue = true,
        };
    }
}
