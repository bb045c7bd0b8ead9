using System.Globalization;
using FaceAd.Web.Data;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>A position in a list, as used in page addresses: where the next page begins.</summary>
/// <param name="Key">Sort key of the last campaign seen.</param>
/// <param name="Id">Its id.</param>
public readonly record struct CampaignCursor(string Key, Guid Id)
{
    /// <summary>Parses a position; null when it is malformed.</summary>
    /// <param name="text">The output of <see cref="ToString"/>.</param>
    public static CampaignCursor? Read(string? text)
    {
        var cut = text?.LastIndexOf('~') ?? -1;
        return cut >= 0 && Guid.TryParseExact(text![(cut + 1)..], "N", out var id) ? new CampaignCursor(text[..cut], id) : null;
    }

    /// <summary>A campaign's position.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="order">The list's sort order.</param>
    public static CampaignCursor Of(Campaign campaign, CampaignOrder order)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        return new CampaignCursor(order switch
        {
            CampaignOrder.Newest =>
                ((campaign.CreatedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond)
                    .ToString(CultureInfo.InvariantCulture),
            CampaignOrder.Name => campaign.Name,
            CampaignOrder.Starts => campaign.StartsOn.Iso(),
            CampaignOrder.Ends => campaign.EndsOn.Iso(),
            _ => campaign.BudgetKrw.ToString(CultureInfo.InvariantCulture),
        }, campaign.Id);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Key}~{Id:N}";

    /// <summary>The key as an instant; null when it is not one.</summary>
    internal DateTimeOffset? Instant =>
        Number is { } us and > -60_000_000_000_000_000 and < 250_000_000_000_000_000
            ? DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond) : null;

    /// <summary>The key as a number; null when it is not one.</summary>
    internal long? Number =>
        long.TryParse(Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The key as a date; null when it is not one.</summary>
    internal DateOnly? Day =>
        DateOnly.TryParseExact(Key, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
