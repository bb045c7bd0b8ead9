using Microsoft.AspNetCore.Authorization;

namespace FaceAd.Web.Accounts;

/// <summary>Names of the roles. Everybody has exactly one.</summary>
public static class Roles
{
    /// <summary>Works for the media owner: approves ads, runs the screens, manages the media owner's people.</summary>
    public const string Admin = "admin";

    /// <summary>Works for the media owner and sees what an administrator sees of campaigns and screens; changes nothing.</summary>
    public const string MediaAnalyst = "media-analyst";

    /// <summary>Works for an advertiser and manages its people and tokens.</summary>
    public const string Owner = "owner";

    /// <summary>Works for an advertiser: books campaigns.</summary>
    public const string Advertiser = "advertiser";

    /// <summary>Works for an advertiser and sees its campaigns; changes nothing.</summary>
    public const string Analyst = "analyst";

    /// <summary>Roles of the media owner's people, and of an advertiser's; the one that manages the others first.</summary>
    /// <param name="kind">Which side.</param>
    public static IReadOnlyList<string> Of(OrganisationKind kind) => kind == OrganisationKind.MediaOwner ? OfMediaOwner : OfAdvertisers;

    /// <summary>The role that manages an organisation's people; every organisation has at least one.</summary>
    /// <param name="kind">Which side.</param>
    public static string Managing(OrganisationKind kind) => kind == OrganisationKind.MediaOwner ? Admin : Owner;

    private static readonly string[] OfMediaOwner = [Admin, MediaAnalyst];
    private static readonly string[] OfAdvertisers = [Owner, Advertiser, Analyst];
}

/// <summary>Names of the policies: what a page or an endpoint asks of whoever calls it.</summary>
public static class Policies
{
    /// <summary>May change things: not an analyst.</summary>
    public const string Change = "change";

    /// <summary>Works for the media owner, as an administrator or an analyst.</summary>
    public const string MediaOwner = "media-owner";

    /// <summary>Manages the people, settings and tokens of the own organisation.</summary>
    public const string Manage = "manage";

    internal static void Add(AuthorizationBuilder builder) => builder
        .AddPolicy(Change, policy => policy.RequireRole(Roles.Admin, Roles.Owner, Roles.Advertiser))
        .AddPolicy(MediaOwner, policy => policy.RequireRole(Roles.Admin, Roles.MediaAnalyst))
        .AddPolicy(Manage, policy => policy.RequireRole(Roles.Admin, Roles.Owner));
}
