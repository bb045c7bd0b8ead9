using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace FaceAd.Web.Plays;

/// <summary>Play totals of a campaign.</summary>
abstract class PlaySums
{
    public required Guid CampaignId { get; init; }

    /// <summary>Plays, measured or not.</summary>
    public long Plays { get; init; }

    /// <summary>Plays with measured presence.</summary>
    public long Measured { get; init; }

    /// <summary>Milliseconds on screen.</summary>
    public long PlayMs { get; init; }
}

/// <summary>A campaign's plays by day, screen and creative.</summary>
sealed class PlayDay : PlaySums
{
    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    public required Guid ScreenId { get; init; }

    public required Guid CreativeId { get; init; }
}

/// <summary>A campaign's plays by hour, all screens together.</summary>
sealed class PlayHour : PlaySums
{
    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Hour of the site's day, 0..23.</summary>
    public required short Hour { get; init; }
}

/// <summary>A campaign's plays by minute, all screens together, for the campaign's first hours.</summary>
sealed class PlayMinute : PlaySums
{
    /// <summary>Start of the minute.</summary>
    public required DateTimeOffset Minute { get; init; }
}

/// <summary>Adds new plays to the rollups, in the transaction that inserts them. The house loop is in no campaign's rollups.</summary>
static class PlayRollups
{
    private const string AddToTotals = """
        INSERT INTO campaign_totals (campaign_id, plays, measured_plays, impressions, target_impressions, last_play_at)
        SELECT t.campaign_id, t.plays, t.measured, 0, 0, t.last_at FROM unnest($1, $2, $3, $4) AS t (campaign_id, plays, measured, last_at)
        ON CONFLICT (campaign_id) DO UPDATE SET
            plays = campaign_totals.plays + excluded.plays, measured_plays = campaign_totals.measured_plays + excluded.measured_plays,
            last_play_at = GREATEST(campaign_totals.last_play_at, excluded.last_play_at)
        """;

    private static readonly RollupSum<Play>[] Sums =
    [
        new("plays", _ => 1), new("measured", p => p.Measured ? 1 : 0),
        new("play_ms", p => (p.EndedAt - p.StartedAt).Ticks / TimeSpan.TicksPerMillisecond),
    ];

    /// <summary>Plays by day, screen and creative.</summary>
    public static readonly RollupShape<(Guid Campaign, DateOnly Day, Guid Screen, Guid Creative), Play> Days = new(
        "play_days",
        [
            new("campaign_id", k => Array.ConvertAll(k, x => x.Campaign)), new("day", k => Array.ConvertAll(k, x => x.Day)),
            new("screen_id", k => Array.ConvertAll(k, x => x.Screen)), new("creative_id", k => Array.ConvertAll(k, x => x.Creative)),
        ],
        Sums);

    /// <summary>Plays by hour.</summary>
    public static readonly RollupShape<(Guid Campaign, DateOnly Day, int Hour), Play> Hours = new(
        "play_hours",
        [
            new("campaign_id", k => Array.ConvertAll(k, x => x.Campaign)), new("day", k => Array.ConvertAll(k, x => x.Day)),
            new("hour", k => Array.ConvertAll(k, x => x.Hour)),
        ],
        Sums);

    /// <summary>Plays by minute.</summary>
    public static readonly RollupShape<(Guid Campaign, DateTimeOffset Minute), Play> Minutes = new(
        "play_minutes",
        [new("campaign_id", k => Array.ConvertAll(k, x => x.Campaign)), new("minute", k => Array.ConvertAll(k, x => x.Minute))],
        Sums);

    /// <summary>Plays of a creative.</summary>
    public static readonly RollupShape<Guid, Play> Creatives = new("creative_totals", [new("creative_id", k => k)], [new("plays", _ => 1)]);

    /// <summary>
    /// Totals of a campaign. Beside sums they hold a maximum, and exposures change two of the sums: their statements are written out.
    /// </summary>
    public static readonly RollupShape Totals = new(
        "campaign_totals", ["campaign_id"], ["plays", "measured_plays", "impressions", "target_impressions"]);

    /// <summary>Adds the rollup statements to a batch.</summary>
    /// <param name="batch">A batch that runs in the plays' transaction.</param>
    /// <param name="fresh">The inserted plays.</param>
    public static void AddTo(NpgsqlBatch batch, IEnumerable<Play> fresh)
    {
        RollupTable<(Guid, DateOnly, Guid, Guid), Play> days = new(Days);
        RollupTable<(Guid, DateOnly, int), Play> hours = new(Hours);
        RollupTable<(Guid, DateTimeOffset), Play> minutes = new(Minutes);
        RollupTable<Guid, Play> creatives = new(Creatives);
        SortedDictionary<Guid, (long Plays, long Measured, DateTimeOffset Last)> totals = [];
        foreach (var play in fresh)
        {
            if (play.CampaignId is not { } campaign) continue;
            days.Add((campaign, play.Day, play.ScreenId, play.CreativeId), play, +1);
            hours.Add((campaign, play.Day, play.Hour), play, +1);
            creatives.Add(play.CreativeId, play, +1);
            minutes.Add((campaign, Minute(play.StartedAt)), play, +1);
            var total = totals.GetValueOrDefault(campaign, (0, 0, play.StartedAt));
            totals[campaign] = (total.Plays + 1, total.Measured + (play.Measured ? 1 : 0), play.StartedAt > total.Last
                ? play.StartedAt : total.Last);
        }
        if (totals.Count == 0) return;
        batch.Add(
            AddToTotals, totals.Keys.ToArray(), totals.Values.Select(t => t.Plays).ToArray(),
            totals.Values.Select(t => t.Measured).ToArray(), totals.Values.Select(t => t.Last).ToArray());
        days.AddTo(batch);
        hours.AddTo(batch);
        minutes.AddTo(batch);
        creatives.AddTo(batch);
    }

    private static DateTimeOffset Minute(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
}

sealed class PlaySumsConfiguration :
    IEntityTypeConfiguration<PlayDay>, IEntityTypeConfiguration<PlayHour>, IEntityTypeConfiguration<PlayMinute>
{
    public void Configure(EntityTypeBuilder<PlayDay> builder)
    {
        builder.ToTable(PlayRollups.Days.Table);
        builder.HasKey(r => new { r.CampaignId, r.Day, r.ScreenId, r.CreativeId });
        builder.HasIndex(r => new { r.ScreenId, r.Day });
    }

    public void Configure(EntityTypeBuilder<PlayHour> builder)
    {
        builder.ToTable(PlayRollups.Hours.Table);
        builder.HasKey(r => new { r.CampaignId, r.Day, r.Hour });
    }

    public void Configure(EntityTypeBuilder<PlayMinute> builder)
    {
        builder.ToTable(PlayRollups.Minutes.Table);
        builder.HasKey(r => new { r.CampaignId, r.Minute });
    }
}
