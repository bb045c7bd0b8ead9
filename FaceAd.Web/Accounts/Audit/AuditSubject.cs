
namespace FaceAd.Web.Accounts.Audit;

/// <summary>What kind of thing an entry is about.</summary>
enum AuditSubject
{
    Account = 0,

    Campaign = 1,

    Site = 2,

    Screen = 3,

    /// <summary>A page of the dashboard.</summary>
    Page = 4,

    SiteGroup = 12,

    /// <summary>A creative of the house loop.</summary>
    HouseCreative = 13,

    Organisation = 10,

    ApiToken = 11,

    Webhook = 40,

    /// <summary>A node of the web app.</summary>
    Node = 50,
}
