using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;

namespace FaceAd.Web.Api.Models;

/// <summary>A campaign.</summary>
sealed record CampaignModel(
    Guid Id, string Name, string Phase, string? RejectionReason, DateOnly StartsOn, DateOnly EndsOn, string[] Targets, Guid[] SiteIds,
    Guid[] GroupIds, string[] Days, int[] Hours, string PriceModel, long BudgetKrw, long? PricePerThousandKrw, Guid OrganisationId,
    int Version, DateTimeOffset CreatedAt, IReadOnlyList<CreativeModel> Creatives, IReadOnlyList<Flight> Flights)
{
    internal static CampaignModel Of(Campaign c, DateOnly today) => new(
        c.Id, c.Name, Word(CampaignPhases.Of(c, today).ToString()), c.RejectionReason, c.StartsOn, c.EndsOn,
        [.. c.Targets.Select(t => Word(t.ToString()))], c.OwnSiteIds
            ?? c.SiteIds, c.GroupIds, CampaignTermsModel.NamesOf(c.Days), CampaignTermsModel.HoursOf(c.Hours),
        Word(c.PriceModel.ToString()), c.BudgetKrw, c.PricePerThousandKrw, c.OrganisationId, c.Version, c.CreatedAt,
        [.. c.Creatives.Select(f => new CreativeModel(f.Id, f.Name, f.Seconds, f.Width, f.Height, f.Weight))], c.Plan.Flights)
    {
        Advertiser = c.Organisation?.Name,
        Delivery = DeliveryTermsModel.Of(c.Delivery),
        DeletedAt = c.DeletedAt,
    };

    /// <summary>Name of the advertiser; null where it was not requested.</summary>
    public string? Advertiser { get; init; }

    /// <summary>How it is to be delivered.</summary>
    public required DeliveryTermsModel Delivery { get; init; }

    /// <summary>When it was deleted; null if it was not.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    internal static string Word(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

/// <summary>A creative of a campaign.</summary>
sealed record CreativeModel(Guid Id, string Name, double Seconds, int Width, int Height, int Weight);

/// <summary>An action on a campaign.</summary>
/// <param name="Step">submit, revise, approve, reject, pause or resume.</param>
/// <param name="Reason">For reject: the reason shown to the advertiser, at most 1,000 characters.</param>
/// <param name="Confirmed">For approve: all of allAges, sender, claims, rights, legible.</param>
sealed record StepModel(string? Step, string? Reason, string[]? Confirmed);

/// <summary>Delivery status of a campaign.</summary>
/// <param name="Showing">Whether it is showing.</param>
/// <param name="Reason">Why, or why not.</param>
/// <param name="LastPlayAt">When it last played; null: never.</param>
/// <param name="NextHour">The next hour it is scheduled for, on the clock of its first site; null when it is scheduled now, or no hour is
/// left.</param>
/// <param name="Facts">The numbers behind the answer; null while it cannot run anyway.</param>
sealed record DeliveryStatusModel(
    bool Showing, string Reason, DateTimeOffset? LastPlayAt, DateTime? NextHour, DeliveryFactsModel? Facts);

/// <summary>A campaign's share of the decisions in the last hour, and its plays today.</summary>
/// <param name="Screens">Its screens.</param>
/// <param name="Connected">How many of them are connected.</param>
/// <param name="Asked">How many screens' decisions were examined.</param>
/// <param name="Decisions">Decisions there in the last hour whose dominant segment it targets.</param>
/// <param name="Wins">How many of them it won.</param>
/// <param name="LostTo">The campaign that won most of the rest; null when none did, or it is another advertiser's.</param>
/// <param name="LostTimes">How many that campaign won.</param>
/// <param name="PlaysToday">Plays today.</param>
/// <param name="ImpressionsToday">Impressions today.</param>
sealed record DeliveryFactsModel(int Screens, int Connected, int Asked, long Decisions, long Wins, string? LostTo, long? LostTimes,
    long PlaysToday, long ImpressionsToday);
