namespace FaceAd.Web.Accounts.Audit;

/// <summary>What kind of thing an entry is about.</summary>
public enum AuditSubject
{
    /// <summary>An account.</summary>
    Account = 0,

    /// <summary>A campaign.</summary>
    Campaign = 1,

    /// <summary>A site.</summary>
    Site = 2,

    /// <summary>A screen.</summary>
    Screen = 3,

    /// <summary>A page of the dashboard.</summary>
    Page = 4,

    /// <summary>A site group.</summary>
    SiteGroup = 12,

    /// <summary>A creative of the house loop.</summary>
    HouseCreative = 13,

    /// <summary>An organisation.</summary>
    Organisation = 10,

    /// <summary>An API token.</summary>
    ApiToken = 11,

    /// <summary>A webhook.</summary>
    Webhook = 40,
}
