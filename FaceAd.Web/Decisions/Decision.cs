using System.Text.Json;
using System.Text.Json.Serialization;
using FaceAd.Core;
using FaceAd.Core.Decisions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace FaceAd.Web.Decisions;

/// <summary>What made the server decide. The values are stored in the database: never reuse one.</summary>
enum DecisionTrigger
{
    /// <summary>An audience opened or its dominant segment changed.</summary>
    AudienceChanged = 0,

    /// <summary>The running play is about to end.</summary>
    PlayEnding = 1,

    /// <summary>The server was away, and the screen decided by itself.</summary>
    ServerAway = 2,
}

/// <summary>A campaign that was not chosen.</summary>
/// <param name="Id">The campaign.</param>
/// <param name="Gate">What stopped it.</param>
/// <param name="Krw">What it would have been worth here, KRW.</param>
readonly record struct DecisionLoser(
    [property: JsonPropertyName("c")] Guid Id, [property: JsonPropertyName("g")] Gate Gate, [property: JsonPropertyName("v")] double Krw);

/// <summary>One decision of the server, or of a screen while the server was away.</summary>
sealed class Decision
{
    public required Guid Id { get; init; }

    public required Guid ScreenId { get; init; }

    /// <summary>When it was taken.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What made the server decide.</summary>
    public required DecisionTrigger Trigger { get; init; }

    /// <summary>The audience in view; null when nobody was.</summary>
    public Guid? AudienceId { get; init; }

    /// <summary>Viewers in view.</summary>
    public required int Viewers { get; init; }

    /// <summary>Largest sum of segment probabilities over the viewers; unknown when there was none.</summary>
    public required Segment Dominant { get; init; }

    /// <summary>Why.</summary>
    public required DecisionReason Reason { get; init; }

    /// <summary>The campaign chosen; null for the house loop.</summary>
    public Guid? CampaignId { get; init; }

    /// <summary>The creative chosen; null for the house loop.</summary>
    public Guid? CreativeId { get; init; }

    /// <summary>
    /// Budget accrued to date by impressions to date of the chosen campaign, KRW; null for zero impressions or the house loop.
    /// </summary>
    public double? CostPerImpressionKrw { get; init; }

    /// <summary>Campaigns that were compared, see <see cref="Explanation.Candidates"/>.</summary>
    public required int Candidates { get; init; }

    /// <summary>What the chosen campaign was worth here, KRW; null for the house loop, and by cost per impression.</summary>
    public double? ScoreKrw { get; init; }

    /// <summary>Impressions on the target that were expected: what the budget reserved. 0 by cost per impression.</summary>
    public double Expected { get; init; }

    /// <summary>By value: the others that were worth most, best first; null when there was none.</summary>
    public DecisionLoser[]? Losers { get; init; }

    /// <summary>The row of a decision.</summary>
    /// <param name="id">Its identity, from <see cref="DecisionSeals"/>.</param>
    /// <param name="why">What was chosen, and why.</param>
    /// <param name="creative">The creative of the winner whose turn it is; null for the house loop.</param>
    /// <param name="screenId">The screen.</param>
    /// <param name="audienceId">The audience in view; null when nobody was.</param>
    /// <param name="trigger">What made the server decide.</param>
    public static Decision Of(
        Guid id, Explanation why, SnapshotCreative? creative, Guid screenId, Guid? audienceId, DecisionTrigger trigger)
    {
        ArgumentNullException.ThrowIfNull(why);
        return new Decision
        {
            Id = id,
            ScreenId = screenId,
            At = why.At,
            Trigger = trigger,
            AudienceId = audienceId,
            Viewers = why.Cabin.Riders.Count,
            Dominant = why.Dominant,
            Reason = why.Reason,
            CampaignId = why.Winner?.Campaign.Id,
            CreativeId = creative?.Id,
            CostPerImpressionKrw = why.Winner?.CostPerImpressionKrw,
            Candidates = why.Candidates,
            ScoreKrw = why.Winner?.ScoreKrw,
            Expected = why.Expected,
            Losers = why.Losers.Count == 0 ? null
                : [.. why.Losers.Select(l => new DecisionLoser(l.Campaign.Id, l.Gate, Math.Round(l.ScoreKrw ?? 0, 2)))],
        };
    }
}

sealed class DecisionConfiguration : IEntityTypeConfiguration<Decision>
{
    public void Configure(EntityTypeBuilder<Decision> builder)
    {
        builder.Property(d => d.Losers).HasColumnType("jsonb").HasConversion(
            losers => JsonSerializer.Serialize(losers, JsonSerializerOptions.Default),
            json => JsonSerializer.Deserialize<DecisionLoser[]>(json, JsonSerializerOptions.Default),
            new ValueComparer<DecisionLoser[]?>((a, b) => ReferenceEquals(a, b), a => a == null ? 0 : a.Length, a => a));
        builder.Property(d => d.Expected).HasDefaultValue(0);
        builder.HasIndex(d => new { d.ScreenId, d.At });
        builder.HasIndex(d => new { d.CampaignId, d.At });
    }
}
