using Microsoft.AspNetCore.Authorization;

namespace FaceAd.Web.Accounts;

/// <summary>Names of the roles. Every account has exactly one.</summary>
static class Roles
{
    /// <summary>Works for the media owner: approves ads, runs the screens, manages its members.</summary>
    public const string Admin = "admin";

    /// <summary>Works for the media owner and sees all that an administrator sees of campaigns and screens; read-only.</summary>
    public const string MediaAnalyst = "media-analyst";

    /// <summary>Works for an advertiser and manages its members and tokens.</summary>
    public const string Owner = "owner";

    /// <summary>Works for an advertiser: books campaigns.</summary>
    public const string Advertiser = "advertiser";

    /// <summary>Works for an advertiser and sees its campaigns; read-only.</summary>
    public const string Analyst = "analyst";

    /// <summary>Roles of the media owner's or an advertiser's members; the managing role comes first.</summary>
    /// <param name="kind">The organisation's kind.</param>
    public static IReadOnlyList<string> Of(OrganisationKind kind) => kind == OrganisationKind.MediaOwner ? OfMediaOwner : OfAdvertisers;

    /// <summary>The role that manages an organisation's members; every organisation keeps at least one.</summary>
    /// <param name="kind">The organisation's kind.</param>
    public static string Managing(OrganisationKind kind) => kind == OrganisationKind.MediaOwner ? Admin : Owner;

    private static readonly string[] OfMediaOwner = [Admin, MediaAnalyst];
    private static readonly string[] OfAdvertisers = [Owner, Advertiser, Analyst];
}

/// <summary>Names of the authorization policies of pages and endpoints.</summary>
static class Policies
{
    /// <summary>May change data: not an analyst.</summary>
    public const string Change = "change";

    /// <summary>Works for the media owner, as an administrator or an analyst.</summary>
    public const string MediaOwner = "media-owner";

    /// <summary>Sees the buildings that can be booked: whoever may book, and the media owner.</summary>
    public const string Inventory = "inventory";

    /// <summary>Manages the members, settings and tokens of their own organisation.</summary>
    public const string Manage = "manage";

    internal static void Add(AuthorizationBuilder builder) => builder
        .AddPolicy(Change, policy => policy.RequireRole(Roles.Admin, Roles.Owner, Roles.Advertiser))
        .AddPolicy(MediaOwner, policy => policy.RequireRole(Roles.Admin, Roles.MediaAnalyst))
        .AddPolicy(Inventory, policy => policy.RequireRole(Roles.Admin, Roles.MediaAnalyst, Roles.Owner, Roles.Advertiser))
        .AddPolicy(Manage, policy => policy.RequireRole(Roles.Admin, Roles.Owner));
}
