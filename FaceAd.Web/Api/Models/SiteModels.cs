using FaceAd.Web.Screens;

namespace FaceAd.Web.Api.Models;

/// <summary>A site.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="TimeZone">IANA time zone that defines the days of its figures.</param>
/// <param name="Measured">Whether its cameras are running.</param>
sealed record SiteModel(Guid Id, string Name, string TimeZone, bool Measured);

/// <summary>A site with the details kept by the media owner.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="TimeZone">IANA time zone that defines the days of its figures.</param>
/// <param name="Measured">Whether its cameras are running.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Address">Postal address; null for an advertiser.</param>
/// <param name="Notice">Notice on its screens while measurement is on; null for an advertiser.</param>
/// <param name="Consent">The consent; null when there is none, or for an advertiser.</param>
sealed record SiteDetailModel(Guid Id, string Name, string TimeZone, bool Measured, DateTimeOffset CreatedAt, string? Address,
    string? Notice, ConsentGivenModel? Consent)
{
    internal static SiteDetailModel Of(Site s, bool all) =>
        new(s.Id, s.Name, s.TimeZone, s.Measures, s.CreatedAt, all ? s.Address : null, all ? s.Notice : null,
        all && s.ConsentAt is { } at ? new ConsentGivenModel(at, s.ConsentBy, s.ConsentReference) : null);
}

/// <summary>A consent.</summary>
/// <param name="At">When it was recorded.</param>
/// <param name="By">Sign-in name of the user who recorded it.</param>
/// <param name="Reference">Reference to the consent, such as a contract.</param>
sealed record ConsentGivenModel(DateTimeOffset At, string? By, string? Reference);

/// <summary>Terms of a new site.</summary>
/// <param name="Name">Unique, 1 to 120 characters.</param>
/// <param name="Address">At most 240 characters.</param>
/// <param name="TimeZone">IANA time zone; Asia/Seoul when absent.</param>
/// <param name="Notice">Notice on its screens while measurement is on, at most 240 characters; a default one when absent.</param>
/// <param name="Consent">Reference to the consent, at most 240 characters; without it nothing is measured.</param>
sealed record NewSiteModel(string? Name, string? Address, string? TimeZone, string? Notice, string? Consent);

/// <summary>Name, address and time zone of a site.</summary>
/// <param name="Name">Unique, 1 to 120 characters.</param>
/// <param name="Address">At most 240 characters.</param>
/// <param name="TimeZone">IANA time zone.</param>
sealed record SiteTermsModel(string? Name, string? Address, string? TimeZone);

/// <summary>A consent to record.</summary>
/// <param name="Reference">Reference to the consent, such as a contract, 1 to 240 characters.</param>
sealed record ConsentModel(string? Reference);

/// <summary>A switch.</summary>
/// <param name="On">Whether it is on.</param>
sealed record SwitchModel(bool On);

/// <summary>A notice.</summary>
/// <param name="Notice">At most 240 characters; not empty while measurement is on.</param>
sealed record NoticeModel(string? Notice);

/// <summary>Confirms the erasure of everyone recognised at a site.</summary>
/// <param name="Confirm">The site's name.</param>
sealed record EraseModel(string? Confirm);

/// <summary>Result of an erasure.</summary>
/// <param name="Persons">How many people were erased.</param>
sealed record ErasedModel(int Persons);
