
namespace FaceAd.Web.Accounts.Tokens;

/// <summary>What API tokens may do.</summary>
static class ApiScopes
{
    /// <summary>Read campaigns, creatives and their delivery explanations.</summary>
    public const string CampaignsRead = "campaigns:read";

    /// <summary>Create, change and submit campaigns; upload creatives.</summary>
    public const string CampaignsWrite = "campaigns:write";

    /// <summary>Read campaign figures.</summary>
    public const string ReportsRead = "reports:read";

    /// <summary>Create links that show a report to people without an account.</summary>
    public const string ReportsWrite = "reports:write";

    /// <summary>Read the token creator's notifications, and which of them are mailed.</summary>
    public const string NotificationsRead = "notifications:read";

    /// <summary>Mark notifications as read, and choose which are mailed.</summary>
    public const string NotificationsWrite = "notifications:write";

    /// <summary>Read the organisation, its people, invitations and tokens.</summary>
    public const string MembersRead = "members:read";

    /// <summary>Invite, change roles, remove accounts, revoke tokens: as powerful as a person who manages the organisation.</summary>
    public const string MembersWrite = "members:write";

    /// <summary>Read sites and screens; media owner only.</summary>
    public const string ScreensRead = "screens:read";

    /// <summary>Create and change sites and screens; media owner only.</summary>
    public const string ScreensWrite = "screens:write";

    /// <summary>Read the audit log; media owner only.</summary>
    public const string AuditRead = "audit:read";

    /// <summary>The scopes an organisation can grant.</summary>
    /// <param name="kind">The organisation's kind.</param>
    public static IReadOnlyList<string> Of(OrganisationKind kind) => kind == OrganisationKind.MediaOwner ? OfMediaOwner : OfAdvertisers;

    /// <summary>Whether a scope changes something.</summary>
    public static bool Writes(string scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return scope.EndsWith(":write", StringComparison.Ordinal);
    }

    private static readonly string[] OfAdvertisers =
        [CampaignsRead, CampaignsWrite, ReportsRead, ReportsWrite, NotificationsRead, NotificationsWrite, MembersRead, MembersWrite];

    private static readonly string[] OfMediaOwner = [.. OfAdvertisers, ScreensRead, ScreensWrite, AuditRead];
}
