using FaceAd.Core;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Data;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Bench.Metrics;

/// <summary>
/// A synthetic campaign over a whole epoch in 20 buildings with two screens each, generated in the database: people of all six
/// segments, exposures spread over days, hours and screens, half of them completed. Rollups come from the product's own rebuild. Plays
/// exist only in sums; tables are unlogged.
/// </summary>
/// <param name="contexts">Factory of database contexts.</param>
/// <param name="database">Connections to the database.</param>
/// <param name="persons">Number of people, the same in every building.</param>
/// <param name="progress">Receives progress lines.</param>
sealed class GeneratedHistory(IDbContextFactory<FaceAdDbContext> contexts, NpgsqlDataSource database, int persons, TextWriter progress)
{
    private const int Sites = 20;
    private static readonly SiteCalendar Calendar = SiteCalendar.Default;
    private static readonly DateOnly FirstDay = Calendar.FirstDayOf(28);

    public Guid Campaign { get; private set; }

    /// <summary>Id of one of its screens.</summary>
    public Guid Screen { get; private set; }

    /// <summary>Number of people.</summary>
    public int Persons => persons;

    /// <summary>Number of exposures.</summary>
    public long Exposures { get; private set; }

    /// <summary>Noon of the last day.</summary>
    public static DateTimeOffset Now => Calendar.StartOf(FirstDay.AddDays(SiteCalendar.EpochDays - 1)).AddHours(12);

    /// <summary>Generates the history.</summary>
    /// <param name="exposures">Approximate number of exposures.</param>
    /// <param name="cancellation">Cancels the work.</param>
    public async Task MakeAsync(long exposures, CancellationToken cancellation)
    {
        var creative = await AddCampaignAsync(cancellation);
        await RunAsync("""
            INSERT INTO persons (id, site_id, epoch, segment, first_seen_at, template)
            SELECT uuidv7(), s.id, 28, 1 + (n % 5)::int + 1, now(), ''
                FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS i FROM sites) s
            JOIN generate_series(0, $1 - 1) AS n ON n % $2 = s.i
            """, [persons, Sites], cancellation);
        await RunAsync("""
            CREATE UNLOGGED TABLE riders AS
            SELECT p.id, p.segment, c.id AS screen_id, (row_number() OVER (PARTITION BY c.id ORDER BY p.id) - 1)::int AS place,
                count(*) OVER (PARTITION BY c.id)::int AS crowd
            FROM persons p JOIN screens c ON c.site_id = p.site_id
            """, [], cancellation);
        await RunAsync("ANALYZE riders", [], cancellation);
        var perScreenAndDay = Math.Max(1, exposures / (SiteCalendar.EpochDays * Sites * 2));
        for (var i = 0; i < SiteCalendar.EpochDays; i++)
        {
            var day = FirstDay.AddDays(i);
            await progress.WriteLineAsync($"{exposures} exposures: day {i + 1} of {SiteCalendar.EpochDays}");
            await RunAsync(FormattableString.Invariant($"CREATE UNLOGGED TABLE exposures_{day:yyyyMMdd} PARTITION OF exposures FOR VALUES FROM ('{day:yyyy-MM-dd}') TO ('{day.AddDays(1):yyyy-MM-dd}')"), [], cancellation);
            // The rider is drawn by a hash of day, screen and number: regulars ride often, others rarely.
            await RunAsync("""
                INSERT INTO exposures (day, play_id, presence_id, campaign_id, creative_id, organisation_id, screen_id, person_id, segment,
                    on_target, at,
                                       seconds_present, seconds_attentive, completed, watched)
                SELECT $1, uuidv7(), uuidv7(), $2, $3, $4, c.id, r.id, r.segment, r.segment IN (2, 3),
                    $5 + interval '1 second' * (n * 86400 / $6),
                       10, 4, n % 2 = 0, n % 3 = 0
                FROM screens c CROSS JOIN generate_series(0::bigint, $6 - 1) AS n
                CROSS JOIN LATERAL (SELECT (hashint8extended(n,
                    hashtextextended(c.id::text, $7)) & 1048575)::float8 / 1048576 AS u) AS chance
                JOIN (SELECT screen_id, max(crowd) AS crowd FROM riders GROUP BY 1) AS size ON size.screen_id = c.id
                JOIN riders r ON r.screen_id = c.id AND r.place = floor(chance.u * chance.u * size.crowd)::int
                """,
                [day, Campaign, creative.Id, creative.OrganisationId, Calendar.StartOf(day), perScreenAndDay, (long)i], cancellation);
        }
        await progress.WriteLineAsync($"{exposures} exposures: rollups");
        await RunAsync("""
            INSERT INTO play_days (campaign_id, day, screen_id, creative_id, plays, measured, play_ms)
            SELECT campaign_id, day, screen_id, creative_id, count(*), count(*), 10000 * count(*) FROM exposures GROUP BY 1, 2, 3, 4
            """, [], cancellation);
        await RunAsync("""
            INSERT INTO play_hours (campaign_id, day, hour, plays, measured, play_ms)
            SELECT campaign_id, day, h, sum(plays) / 24, sum(plays) / 24, sum(play_ms) / 24 FROM play_days CROSS
                JOIN generate_series(0, 23) AS h GROUP BY 1, 2, 3
            """, [], cancellation);
        await RunAsync("ANALYZE", [], cancellation);
        await new RollupAuditor(database).RebuildAsync(cancellation);
        await RunAsync("DROP TABLE riders", [], cancellation);
        await RunAsync("VACUUM ANALYZE", [], cancellation);
        await progress.WriteLineAsync($"{exposures} exposures: measuring");
        await using var count = database.CreateCommand("SELECT sum(impressions)::bigint FROM exposure_hours");
        Exposures = (long)(await count.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<Creative> AddCampaignAsync(CancellationToken cancellation)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellation);
        var advertiser = new Organisation { Name = "Advertiser", Kind = OrganisationKind.Advertiser, CreatedAt = Now };
        for (var i = 0; i < Sites; i++)
        {
            var site = new Site { Name = $"Site {i}", CreatedAt = Now };
            db.Add(site);
            foreach (var name in new[] { "A", "B" })
                db.Add(new Screen { SiteId = site.Id, Name = name, TokenHash = DeviceToken.Hash(DeviceToken.Generate()), CreatedAt = Now });
        }
        var (campaign, creative) = SampleCampaign.Of(
            advertiser, "Spring", (FirstDay, FirstDay.AddDays(SiteCalendar.EpochDays - 1)), [Segment.Men2030, Segment.Women2030], Now,
            budgetKrw: 10_000_000);
        db.AddRange(advertiser, campaign, creative);
        await db.SaveChangesAsync(cancellation);
        Campaign = campaign.Id;
        Screen = await db.Screens.OrderBy(s => s.Id).Select(s => s.Id).FirstAsync(cancellation);
        return creative;
    }

    private async Task RunAsync(string sql, object[] values, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
