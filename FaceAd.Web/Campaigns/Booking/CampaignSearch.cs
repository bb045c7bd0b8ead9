using System.Globalization;
using FaceAd.Web.Data;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>Sort order of a list of campaigns.</summary>
public enum CampaignOrder
{
    /// <summary>Newest first.</summary>
    Newest = 0,

    /// <summary>By name.</summary>
    Name = 1,

    /// <summary>By first day.</summary>
    Starts = 2,

    /// <summary>By last day.</summary>
    Ends = 3,

    /// <summary>Largest budget first.</summary>
    Budget = 4,
}

/// <summary>Filters of a campaign list; null matches all.</summary>
public sealed record CampaignSearch
{
    /// <summary>Part of the name, ignoring case.</summary>
    public string? Search { get; init; }

    /// <summary>Phase.</summary>
    public CampaignPhase? Phase { get; init; }

    /// <summary>Part of the advertiser's name; for administrators.</summary>
    public string? Advertiser { get; init; }

    /// <summary>Part of the name of a site the campaign may run at.</summary>
    public string? Site { get; init; }

    /// <summary>Ends on this day or later.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Starts on this day or earlier.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Sort order.</summary>
    public CampaignOrder Order { get; init; }

    /// <summary>Campaigns after this position.</summary>
    public CampaignPlace? After { get; init; }
}

/// <summary>A position in a list, as used in page addresses: where the next page begins.</summary>
/// <param name="Key">Sort key of the last campaign seen.</param>
/// <param name="Id">Its id.</param>
public readonly record struct CampaignPlace(string Key, Guid Id)
{
    /// <summary>Parses a position; null when it is malformed.</summary>
    /// <param name="text">The output of <see cref="ToString"/>.</param>
    public static CampaignPlace? Read(string? text)
    {
        var cut = text?.LastIndexOf('~') ?? -1;
        return cut >= 0 && Guid.TryParseExact(text![(cut + 1)..], "N", out var id) ? new CampaignPlace(text[..cut], id) : null;
    }

    /// <summary>A campaign's position.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="order">The list's sort order.</param>
    public static CampaignPlace Of(Campaign campaign, CampaignOrder order)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        return new CampaignPlace(order switch
        {
            CampaignOrder.Newest => ((campaign.CreatedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture),
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
        Number is { } us and > -60_000_000_000_000_000 and < 250_000_000_000_000_000 ? DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond) : null;

    /// <summary>The key as a number; null when it is not one.</summary>
    internal long? Number => long.TryParse(Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The key as a date; null when it is not one.</summary>
    internal DateOnly? Day => DateOnly.TryParseExact(Key, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
