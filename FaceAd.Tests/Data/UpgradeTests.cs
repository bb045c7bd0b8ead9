using FaceAd.Core;
using FaceAd.Tests.Cluster;
using FaceAd.Tests.Support;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Exposures;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FaceAd.Tests.Data;

/// <summary>
/// An installation is upgraded over its data. The rows are those of the first version, in SQL: a later migration must keep them, and the
/// first one must not change any more.
/// </summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private const string First = "Initial";

    private const string Rows = """
        INSERT INTO organisations (id, name, kind, created_at, requires_two_factor) VALUES
            ('00000000-0000-0000-0000-000000000001', 'Media', 0, '2026-03-01 00:00Z', false),
            ('00000000-0000-0000-0000-000000000002', 'Advertiser', 1, '2026-03-01 00:00Z', false);
        INSERT INTO users (id, organisation_id, display_name, email_confirmed, phone_number_confirmed, two_factor_enabled,
            lockout_enabled, access_failed_count) VALUES
            ('00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000002', 'Buyer', true, false, false, true, 0);
        INSERT INTO sites (id, name, address, time_zone, epoch_anchor, measurement, consent_at, consent_reference, notice,
            created_at) VALUES
            ('00000000-0000-0000-0000-000000000004', 'Tower', '', 'Asia/Seoul', '2024-01-01', true, '2026-03-01 00:00Z', 'Resolution 12',
             'We count viewers', '2026-03-01 00:00Z');
        INSERT INTO screens (id, site_id, name, mode, token_hash, created_at, camera) VALUES
            ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000004', 'A', 1, '\x01', '2026-03-01 00:00Z', 0);
        INSERT INTO campaigns (id, organisation_id, name, state, starts_on, ends_on, targets, site_ids, price_model, budget_krw,
            created_at, version) VALUES
            ('00000000-0000-0000-0000-000000000006', '00000000-0000-0000-0000-000000000002', 'Spring', 2, '2026-03-09', '2026-03-18',
             '{2}', '{}', 0, 1000000, '2026-03-01 00:00Z', 1);
        INSERT INTO campaign_totals (campaign_id, plays, measured_plays, impressions, target_impressions) VALUES
            ('00000000-0000-0000-0000-000000000006', 1, 1, 1, 1);
        INSERT INTO creatives (id, organisation_id, campaign_id, name, sha256, bytes, seconds, width, height, created_at, state)
        VALUES
            ('00000000-0000-0000-0000-000000000007', '00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000006',
             'Video', repeat('a', 64), 1, 10, 640, 360, '2026-03-01 00:00Z', 0);
        INSERT INTO decisions (id, screen_id, at, trigger, viewers, dominant, reason, campaign_id, creative_id, candidates) VALUES
            ('00000000-0000-0000-0000-000000000008', '00000000-0000-0000-0000-000000000005', '2026-03-10 03:00Z', 0, 1, 2, 0,
             '00000000-0000-0000-0000-000000000006', '00000000-0000-0000-0000-000000000007', 1);
        INSERT INTO plays (id, screen_id, decision_id, creative_id, campaign_id, organisation_id, started_at, ended_at, day, "end",
            measured, frames_presented, received_at, exposures_due) VALUES
            ('00000000-0000-0000-0000-000000000009', '00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000008',
             '00000000-0000-0000-0000-000000000007', '00000000-0000-0000-0000-000000000006', '00000000-0000-0000-0000-000000000002',
             '2026-03-10 03:00Z', '2026-03-10 03:00:10Z', '2026-03-10', 0, true, 240, '2026-03-10 03:00:11Z', false);
        INSERT INTO audiences (screen_id, id, opened_at, at, state, sequence, model_version) VALUES
            ('00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-00000000000a', '2026-03-10 02:59Z', '2026-03-10 03:01Z', 1, 9,
             'test');
        INSERT INTO persons (id, site_id, epoch, segment, first_seen_at, template) VALUES
            ('00000000-0000-0000-0000-00000000000b', '00000000-0000-0000-0000-000000000004', 28, 2, '2026-03-10 02:59Z', '\x01');
        INSERT INTO presences (id, screen_id, audience_id, sequence, seen_from, seen_to, seconds_attentive, segment, confidence, person_id,
            exposures_due) VALUES
            ('00000000-0000-0000-0000-00000000000c', '00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-00000000000a', 9,
             '2026-03-10 02:59Z', '2026-03-10 03:01Z', 30, 2, 0.9, '00000000-0000-0000-0000-00000000000b', false);
        CREATE TABLE exposures_20260310 PARTITION OF exposures FOR VALUES FROM ('2026-03-10') TO ('2026-03-11');
        INSERT INTO exposures (day, play_id, presence_id, campaign_id, creative_id, organisation_id, screen_id, person_id, segment,
            on_target, at, seconds_present, seconds_attentive, completed, watched) VALUES
            ('2026-03-10', '00000000-0000-0000-0000-000000000009', '00000000-0000-0000-0000-00000000000c',
             '00000000-0000-0000-0000-000000000006', '00000000-0000-0000-0000-000000000007', '00000000-0000-0000-0000-000000000002',
             '00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-00000000000b', 2, true, '2026-03-10 03:00Z',
             10, 5, true, true);
        INSERT INTO play_days (campaign_id, day, screen_id, creative_id, plays, measured, play_ms) VALUES
            ('00000000-0000-0000-0000-000000000006', '2026-03-10', '00000000-0000-0000-0000-000000000005',
             '00000000-0000-0000-0000-000000000007', 1, 1, 10000);
        INSERT INTO screen_hours (screen_id, day, hour, segment, stays, watchers, present_ms, attentive_ms) VALUES
            ('00000000-0000-0000-0000-000000000005', '2026-03-10', 12, 2, 7, 5, 60000, 30000);
        INSERT INTO audit_entries (at, verb, subject) VALUES ('2026-03-10 00:00Z', 1, 0);
        INSERT INTO nodes (id, address, last_seen_at) VALUES ('00000000-0000-0000-0000-00000000000d', 'http://10.0.0.1/', now());
        INSERT INTO site_owners (site_id, node_id, generation, since) VALUES
            ('00000000-0000-0000-0000-000000000004', '00000000-0000-0000-0000-00000000000d', 7, '2026-03-10 00:00Z');
        """;

    private static readonly string[] Tables =
    [
        "organisations", "users", "sites", "screens", "campaigns", "campaign_totals", "creatives", "decisions", "plays", "audiences",
        "persons", "presences", "exposures", "play_days", "screen_hours", "audit_entries", "nodes", "site_owners",
    ];

    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Migrate_DatabaseOfTheFirstVersion_KeepsEveryRow()
    {
        await using (var empty = _database.Contexts.CreateDbContext())
        {
            await empty.Database.ExecuteSqlRawAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
            await empty.GetService<IMigrator>().MigrateAsync(First);
        }
        await using var connection = await _database.Source.OpenConnectionAsync();
        await connection.ExecuteAsync(Rows, [], default);
        var before = await CountAsync();
        Assert.Equal((0, 2), (before.Values.Count(rows => rows == 0), before["organisations"]));

        await using var db = _database.Contexts.CreateDbContext();
        await db.Database.MigrateAsync();
        Assert.Equal(before, await CountAsync());
        var campaign = await db.Campaigns.Include(c => c.Creatives).Include(c => c.Total).SingleAsync();
        Assert.Equal(
            (1_000_000, CampaignState.Approved, 1, 1L),
            (campaign.BudgetKrw, campaign.State, campaign.Creatives.Count, campaign.Total!.Plays));
        Assert.Equal([Segment.Men2030], campaign.Targets);
        Assert.Equal(campaign.Id, (await db.Plays.SingleAsync()).CampaignId);
        Assert.Equal(7, (await db.Set<ScreenHour>().SingleAsync()).Presences);
        // The owner before had no lease: its site is free, and its transactions stay fenced off.
        await using var nodes = new OwnershipNodes(_database.ConnectionString);
        Assert.Equal(8, (await (await nodes.StartAsync(null)).LeaseAsync((await db.Sites.SingleAsync()).Id)).Generation);

        async Task<Dictionary<string, long>> CountAsync()
        {
            var counts = new Dictionary<string, long>();
            foreach (var table in Tables)
                counts[table] = (await connection.QueryAsync($"SELECT count(*) FROM {table}", [], r => r.GetInt64(0), default))[0];
            return counts;
        }
    }

    [Fact]
    public async Task Migrate_LongerThanACommandMayTake_IsWaitedFor()
    {
        var hasty = new NpgsqlConnectionStringBuilder(_database.ConnectionString) { CommandTimeout = 1 };
        var services = new ServiceCollection().AddLogging();
        services.AddData(hasty.ConnectionString);
        await using var provider = services.BuildServiceProvider();
        await using var other = await _database.Source.OpenConnectionAsync();
        await using var transaction = await other.BeginTransactionAsync();
        var history = (await other.QueryAsync(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relname ILIKE '%migrations%history%'", [],
            r => r.GetString(0), default))[0];
        await other.ExecuteAsync($"LOCK TABLE {history}", [], default);
        var migrating = provider.MigrateAsync();
        await using var watching = await _database.Source.OpenConnectionAsync();
        await Wait.UntilAsync(
            async () => migrating.IsCompleted || (await watching.QueryAsync(
                """
                SELECT 1 FROM pg_stat_activity
                WHERE wait_event_type = 'Lock' AND datname = current_database() AND now() - query_start > '2 s'
                """, [], _ => true, default)).Count > 0, "it has waited for two seconds");
        await transaction.RollbackAsync();
        await migrating;
    }

    [Fact]
    public async Task Model_AsItIs_HasItsMigration()
    {
        await using var db = _database.Contexts.CreateDbContext();
        Assert.False(db.Database.HasPendingModelChanges());
    }
}
