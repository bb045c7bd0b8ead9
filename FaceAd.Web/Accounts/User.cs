using FaceAd.Web.Accounts.Tokens;
using Microsoft.AspNetCore.Identity;

namespace FaceAd.Web.Accounts;

/// <summary>A person who signs in.</summary>
public sealed class User : IdentityUser<Guid>
{
    /// <summary>The organisation whose data this person sees.</summary>
    public required Guid OrganisationId { get; set; }

    /// <summary>Name shown in the dashboard.</summary>
    public required string DisplayName { get; set; }

    /// <summary>Chosen page language, "en" or "ko"; null: the browser's.</summary>
    public string? Language { get; set; }

    /// <summary>Page language at the latest sign-in, "en" or "ko"; used for mails while none is chosen. Null before the first.</summary>
    public string? SeenLanguage { get; set; }

    /// <summary>When the user completed or closed the getting-started steps; null while they are shown.</summary>
    public DateTimeOffset? FirstStepsDoneAt { get; set; }

    /// <summary>Latest time step whose authenticator code was accepted: a code works once. Null before the first.</summary>
    public long? LastCodeStep { get; set; }
}

/// <summary>Claims that FaceAd adds to a signed-in user.</summary>
static class FaceAdClaims
{
    /// <summary>Identity of the user's organisation, a GUID.</summary>
    public const string Organisation = "facead:organisation";

    /// <summary>Name shown in the dashboard.</summary>
    public const string DisplayName = "facead:name";

    /// <summary>Present while the organisation requires two-factor sign-in and this user has not set it up.</summary>
    public const string MustEnrol = "facead:must-enrol";

    /// <summary>A scope of the API token, see <see cref="ApiScopes"/>.</summary>
    public const string Scope = "facead:scope";

    /// <summary>Identity of the presented API token, a GUID.</summary>
    public const string ApiToken = "facead:api-token";

    /// <summary>Identity of the cookie's session, a GUID.</summary>
    public const string Session = "facead:session";

    /// <summary>Address that the request came from; never in the cookie.</summary>
    public const string Address = "facead:address";
}
