using FaceAd.Core.Decisions;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;

namespace FaceAd.Web.Decisions;

/// <summary>Slots of a building by hour, and how many of them a campaign took. Definition: docs/metrics.md, "Fill rate".</summary>
sealed class SlotHour
{
    public required Guid SiteId { get; init; }

    /// <summary>Site day.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>Hour of the site's day, 0..23.</summary>
    public required short Hour { get; init; }

    /// <summary>Decisions for somebody in view.</summary>
    public long Slots { get; init; }

    /// <summary>Those of them that a campaign won.</summary>
    public long Filled { get; init; }
}

/// <summary>Adds new decisions to the rollup of slots, in the transaction that inserts them.</summary>
static class SlotRollups
{
    /// <summary>Slots by building, day and hour.</summary>
    public static readonly RollupShape<(Guid Site, DateOnly Day, int Hour), Decision> Hours = new(
        "slot_hours",
        [
            new("site_id", k => Array.ConvertAll(k, x => x.Site)), new("day", k => Array.ConvertAll(k, x => x.Day)),
            new("hour", k => Array.ConvertAll(k, x => x.Hour)),
        ],
        [new("slots", _ => 1), new("filled", d => d.CampaignId is null ? 0 : 1)]);

    /// <summary>
    /// Adds the statement to a batch, if there is anything to add. Decisions of a screen that is gone are in nobody's building any more.
    /// </summary>
    /// <param name="batch">A batch that runs in the decisions' transaction.</param>
    /// <param name="fresh">The decisions.</param>
    /// <param name="screens">Knows their buildings.</param>
    public static void AddTo(NpgsqlBatch batch, IEnumerable<Decision> fresh, ScreenDirectory screens)
    {
        RollupTable<(Guid, DateOnly, int), Decision> hours = new(Hours);
        foreach (var decision in fresh.Where(IsSlot))
        {
            if (screens.Find(decision.ScreenId) is { } screen)
                hours.Add((screen.SiteId, screen.Calendar.DayOf(decision.At), screen.Calendar.HourOf(decision.At)), decision, +1);
        }
        hours.AddTo(batch);
    }

    // What a screen decided by itself is its own word.
    private static bool IsSlot(Decision decision) => decision.Viewers > 0 && decision.Reason != DecisionReason.ServerAway;
}

sealed class SlotHourConfiguration : IEntityTypeConfiguration<SlotHour>
{
    public void Configure(EntityTypeBuilder<SlotHour> builder)
    {
        builder.ToTable(SlotRollups.Hours.Table);
        builder.HasKey(r => new { r.SiteId, r.Day, r.Hour });
    }
}
