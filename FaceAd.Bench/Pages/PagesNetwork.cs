using System.Globalization;
using FaceAd.Bench.Circuits;
using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAd.Bench.Pages;

/// <summary>
/// Fills a database with a network of a given size: buildings, screens, advertisers, campaigns in every state, a week of presences and
/// plays.
/// </summary>
static class PagesNetwork
{
    const int ScreensOfABuilding = 5;
    const int Days = 7;

    /// <summary>Writes the rows. All values derive from row numbers, so every run has the same rows.</summary>
    public static async Task MakeAsync(HostedWeb web, int campaigns, int screens, CancellationToken cancellation)
    {
        await using var scope = web.Services.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<AccountSetup>();
        var owner = await accounts.CreateOrganisationAsync("Owner", OrganisationKind.MediaOwner);
        await accounts.CreateUserAsync(owner, LiveBuilding.Email, LiveBuilding.Password, "Viewer", Roles.Admin);
        await using var db = await web.Services.GetRequiredService<IDbContextFactory<FaceAdDbContext>>().CreateDbContextAsync(cancellation);
        db.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        var today = SiteCalendar.Default.DayOf(TimeProvider.System.GetUtcNow()).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var advertisers = Math.Max(5, campaigns / 50);
        string[] statements =
        [
            $"""
            INSERT INTO organisations (id, name, kind, created_at, requires_two_factor)
            SELECT gen_random_uuid(), 'Advertiser ' || i, {(int)OrganisationKind.Advertiser}, now(), false
                FROM generate_series(1, {advertisers}) i
            """,
            $"""
            INSERT INTO sites (id, name, address, time_zone, epoch_anchor, measurement, notice, created_at)
            SELECT gen_random_uuid(), 'Building ' || i, 'Street ' || i, 'Asia/Seoul', '2024-01-01', true, 'Notice',
                now() - interval '60 days' FROM generate_series(1, {Math.Max(1, screens / ScreensOfABuilding)}) i
            """,
            $"""
            INSERT INTO screens (id, site_id, name, mode, token_hash, created_at, camera)
            SELECT gen_random_uuid(), s.id, 'Elevator ' || i, i % 2, sha256((s.id::text || i)::bytea), now(), 0
                FROM sites s, generate_series(1, {ScreensOfABuilding}) i
            """,
            // A tenth in each of five states. Of the approved ones, a third have ended and a tenth have not started.
            $"""
            INSERT INTO campaigns (id, organisation_id, name, state, starts_on, ends_on, targets, site_ids, price_model, budget_krw,
                created_at, submitted_at, version)
            SELECT gen_random_uuid(), o.ids[1 + i % {advertisers}], 'Campaign ' || i, CASE WHEN i % 10 < 5 THEN i % 5 ELSE 2 END,
                   '{today}'::date - (i % 60) + (CASE WHEN i % 10 = 9 THEN 70 ELSE 0 END),
                       '{today}'::date - (i % 60) + 40 + (CASE WHEN i % 10 = 9 THEN 70 ELSE 0 END),
                   ARRAY[1 + i % 6], CASE WHEN i % 3 = 0 THEN '{"{}"}'::uuid[] ELSE ARRAY[s.ids[1 + i % cardinality(s.ids)]] END, 0,
                       100000 + i * 1000,
                   now() - make_interval(mins => i), CASE WHEN i % 5 = 1 THEN now() END, 0
            FROM generate_series(1, {campaigns}) i, (SELECT array_agg(id ORDER BY name) AS ids FROM organisations
                WHERE kind = {(int)OrganisationKind.Advertiser}) o,
                 (SELECT array_agg(id ORDER BY name) AS ids FROM sites) s
            """,
            $"""
            INSERT INTO creatives (id, organisation_id, campaign_id, name, sha256, bytes, seconds, width, height, created_at, state)
            SELECT gen_random_uuid(), organisation_id, id, 'Creative', lpad(md5(id::text), 64, '0'), 1, 15, 640, 360, created_at,
                {(int)CreativeState.Current} FROM campaigns
            """,
            $"""
            INSERT INTO screen_hours (screen_id, day, hour, segment, presences, watchers, present_ms, attentive_ms)
            SELECT c.id, '{today}'::date - d, h, s, 5, 3, 60000, 30000 FROM screens c, generate_series(0, {Days - 1}) d,
                generate_series(7, 20) h, generate_series(1, 6) s
            """,
            $"""
            INSERT INTO play_hours (campaign_id, day, hour, plays, measured, play_ms)
            SELECT c.id, '{today}'::date - d, h, 20, 18, 300000 FROM campaigns c, generate_series(0, {Days - 1}) d,
                generate_series(7, 20) h WHERE c.state = {(int)CampaignState.Approved} AND c.starts_on <= '{today}'::date - d
            """,
            $"""
            INSERT INTO exposure_hours (campaign_id, day, hour, segment, impressions, on_target, person_exposures, completed, watched,
                present_ms, attentive_ms, reached)
            SELECT p.campaign_id, p.day, p.hour, c.targets[1], 20, 20, 15, 10, 12, 200000, 90000, 1 FROM play_hours p
                JOIN campaigns c ON c.id = p.campaign_id
            """,
            """
            INSERT INTO campaign_totals (campaign_id, plays, measured_plays, impressions, target_impressions, last_play_at)
            SELECT campaign_id, sum(plays), sum(measured), sum(plays), sum(plays), now() - interval '5 minutes' FROM play_hours GROUP BY 1
            """,
            // An hour of decisions for every screen, one per minute.
            """
            INSERT INTO decisions (id, screen_id, at, trigger, viewers, dominant, reason, campaign_id, cost_per_impression_krw, candidates)
            SELECT gen_random_uuid(), c.id, now() - make_interval(mins => m), 0, 2, 1 + m % 6, 0, k.ids[1 + m % 20], 12.5, 4
            FROM screens c, generate_series(1, 60) m,
                (SELECT array_agg(id) AS ids FROM (SELECT id FROM campaigns WHERE state = 2 LIMIT 20) x) k
            """,
            """
            INSERT INTO plays (id, screen_id, creative_id, campaign_id, organisation_id, started_at, ended_at, day, "end", measured,
                frames_presented, received_at, exposures_due)
            SELECT gen_random_uuid(), c.id, f.id, f.campaign_id, f.organisation_id, now() - make_interval(mins => m * 5),
                now() - make_interval(mins => m * 5) + interval '15 seconds', current_date, 0, true, 300, now(), false
            FROM screens c, generate_series(1, 20) m, (SELECT * FROM creatives WHERE campaign_id IS NOT NULL ORDER BY id LIMIT 1) f
            """,
            "ANALYZE",
        ];
        foreach (var statement in statements)
            await db.Database.ExecuteSqlRawAsync(statement.Replace("{}", "{{}}", StringComparison.Ordinal), cancellation);
        await web.Services.GetRequiredService<ScreenDirectory>().RefreshAsync(cancellation);
        await web.Services.GetRequiredService<SnapshotReader>().RefreshAsync(cancellation);
    }
}
