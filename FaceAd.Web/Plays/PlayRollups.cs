using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>Sums over a campaign's plays.</summary>
public abstract class PlaySums
{
    /// <summary>The campaign.</summary>
    public required Guid CampaignId { get; init; }

    /// <summary>Plays, measured or not.</summary>
    public long Plays { get; init; }

    /// <summary>Plays with measured presence.</summary>
    public long Measured { get; init; }

    /// <summary>Milliseconds on the screen.</summary>
    public long PlayMs { get; init; }
}

/// <summary>Plays of a campaign by day, screen and creative.</summary>
public sealed class PlayDay : PlaySums
{
    /// <summary>Day of the site.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The screen.</summary>
    public required Guid ScreenId { get; init; }

    /// <summary>The creative.</summary>
    public required Guid CreativeId { get; init; }
}

/// <summary>Plays of a campaign by hour, on all screens.</summary>
public sealed class PlayHour : PlaySums
{
    /// <summary>Day of the site.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Hour of the site's day, 0..23.</summary>
    public required short Hour { get; init; }
}

/// <summary>Plays of a campaign by minute, on all screens, for the first hours of a campaign.</summary>
public sealed class PlayMinute : PlaySums
{
    /// <summary>Start of the minute.</summary>
    public required DateTimeOffset Minute { get; init; }
}

/// <summary>Adds new plays to their sums, in the transaction that inserts them.</summary>
static class PlayRollups
{
    private const string Sums = "count(*), count(*) FILTER (WHERE p.measured), sum(round(extract(epoch FROM p.ended_at - p.started_at) * 1000))::bigint";

    private const string Hour = "extract(hour FROM p.started_at AT TIME ZONE s.time_zone)::smallint";

    // Rows are written in the order of their keys, so that two batches cannot lock each other out.
    private static readonly string[] Statements =
    [
        $"""
        INSERT INTO campaign_totals (campaign_id, plays, measured_plays, impressions, target_impressions, last_play_at)
        SELECT p.campaign_id, count(*), count(*) FILTER (WHERE p.measured), 0, 0, max(p.started_at)
        FROM plays p WHERE p.id = ANY ($1) AND p.campaign_id IS NOT NULL GROUP BY 1 ORDER BY 1
        ON CONFLICT (campaign_id) DO UPDATE SET
            plays = campaign_totals.plays + excluded.plays, measured_plays = campaign_totals.measured_plays + excluded.measured_plays,
            last_play_at = GREATEST(campaign_totals.last_play_at, excluded.last_play_at)
        """,
        Statement("play_days", "campaign_id, day, screen_id, creative_id", "p.campaign_id, p.day, p.screen_id, p.creative_id", "1, 2, 3, 4"),
        Statement("play_hours", "campaign_id, day, hour", $"p.campaign_id, p.day, {Hour}", "1, 2, 3"),
        Statement("play_minutes", "campaign_id, minute", "p.campaign_id, date_trunc('minute', p.started_at)", "1, 2"),
    ];

    /// <summary>Adds plays that were inserted in this transaction. Films of the house loop are in no campaign's sums.</summary>
    /// <param name="connection">With the transaction open.</param>
    /// <param name="plays">The new plays.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task AddAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid> plays, CancellationToken cancellation)
    {
        if (plays.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        var ids = plays.ToArray();
        foreach (var statement in Statements) batch.Add(statement, ids);
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    private static string Statement(string table, string key, string values, string places) => $"""
        INSERT INTO {table} ({key}, plays, measured, play_ms)
        SELECT {values}, {Sums}
        FROM plays p JOIN screens c ON c.id = p.screen_id JOIN sites s ON s.id = c.site_id
        WHERE p.id = ANY ($1) AND p.campaign_id IS NOT NULL GROUP BY {places} ORDER BY {places}
        ON CONFLICT ({key}) DO UPDATE SET
            plays = {table}.plays + excluded.plays, measured = {table}.measured + excluded.measured, play_ms = {table}.play_ms + excluded.play_ms
        """;
}

sealed class PlaySumsConfiguration :
    IEntityTypeConfiguration<PlayDay>, IEntityTypeConfiguration<PlayHour>, IEntityTypeConfiguration<PlayMinute>
{
    public void Configure(EntityTypeBuilder<PlayDay> builder)
    {
        builder.ToTable("play_days");
        builder.HasKey(r => new { r.CampaignId, r.Day, r.ScreenId, r.CreativeId });
    }

    public void Configure(EntityTypeBuilder<PlayHour> builder)
    {
        builder.ToTable("play_hours");
        builder.HasKey(r => new { r.CampaignId, r.Day, r.Hour });
    }

    public void Configure(EntityTypeBuilder<PlayMinute> builder)
    {
        builder.ToTable("play_minutes");
        builder.HasKey(r => new { r.CampaignId, r.Minute });
    }
}
