using System.Globalization;
using FaceAd.Web.Data;

namespace FaceAd.Web.Campaigns.Booking;

/// <summary>The order of a list of campaigns.</summary>
public enum CampaignOrder
{
    /// <summary>Registered last first.</summary>
    Newest = 0,

    /// <summary>By name.</summary>
    Name = 1,

    /// <summary>First day first.</summary>
    Starts = 2,

    /// <summary>Last day first.</summary>
    Ends = 3,

    /// <summary>Largest budget first.</summary>
    Budget = 4,
}

/// <summary>Which campaigns are asked for; null means any.</summary>
public sealed record CampaignSearch
{
    /// <summary>Part of the name; upper and lower case are the same.</summary>
    public string? Search { get; init; }

    /// <summary>Their phase.</summary>
    public CampaignPhase? Phase { get; init; }

    /// <summary>Part of their advertiser's name; for administrators.</summary>
    public string? Advertiser { get; init; }

    /// <summary>Part of the name of a site that they may run at.</summary>
    public string? Site { get; init; }

    /// <summary>They end on this day or later.</summary>
    public DateOnly? From { get; init; }

    /// <summary>They start on this day or earlier.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Their order.</summary>
    public CampaignOrder Order { get; init; }

    /// <summary>Those behind this place.</summary>
    public CampaignPlace? After { get; init; }
}

/// <summary>A place in a list, as it stands in an address: where the next page begins.</summary>
/// <param name="Key">What the list is ordered by, of the last campaign seen.</param>
/// <param name="Id">Its id.</param>
public readonly record struct CampaignPlace(string Key, Guid Id)
{
    /// <summary>Reads a place; null when it is none.</summary>
    /// <param name="text">What <see cref="ToString"/> wrote.</param>
    public static CampaignPlace? Read(string? text)
    {
        var cut = text?.LastIndexOf('~') ?? -1;
        return cut >= 0 && Guid.TryParseExact(text![(cut + 1)..], "N", out var id) ? new CampaignPlace(text[..cut], id) : null;
    }

    /// <summary>The place of a campaign.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="order">The list's order.</param>
    public static CampaignPlace Of(Campaign campaign, CampaignOrder order)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        return new CampaignPlace(order switch
        {
            CampaignOrder.Newest => ((campaign.CreatedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture),
            CampaignOrder.Name => campaign.Name,
            CampaignOrder.Starts => campaign.StartsOn.Iso(),
            CampaignOrder.Ends => campaign.EndsOn.Iso(),
            _ => campaign.BudgetWon.ToString(CultureInfo.InvariantCulture),
        }, campaign.Id);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Key}~{Id:N}";

    /// <summary>The key as an instant; null when it is none.</summary>
    internal DateTimeOffset? Instant =>
        Number is { } us and > -60_000_000_000_000_000 and < 250_000_000_000_000_000 ? DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond) : null;

    /// <summary>The key as a number; null when it is none.</summary>
    internal long? Number => long.TryParse(Key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The key as a day; null when it is none.</summary>
    internal DateOnly? Day => DateOnly.TryParseExact(Key, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
