using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// Signs users in and out: a sign-in starts a session and makes the browser known, a renewal keeps the session, and a sign-out ends it
/// before the cookie is removed.
/// </summary>
sealed class SessionSignIn(
    UserManager<User> users, IHttpContextAccessor http, IUserClaimsPrincipalFactory<User> claims, IOptions<IdentityOptions> options,
    ILogger<SignInManager<User>> log, IAuthenticationSchemeProvider schemes, IUserConfirmation<User> confirmation, SessionService sessions,
    KnownBrowser browsers)
    : SignInManager<User>(users, http, claims, options, log, schemes, confirmation)
{
    // Cookie properties survive a renewal; a new sign-in starts without this item.
    private const string Item = "facead.session";

    public override async Task SignInWithClaimsAsync(
        User user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        var properties = authenticationProperties ?? new AuthenticationProperties();
        if (!properties.Items.TryGetValue(Item, out var session) || session is null)
        {
            await EndPresentAsync(); // its cookie is about to be replaced
            properties.Items[Item] = session = (await sessions.StartAsync(user.Id, Context.Request.Headers.UserAgent)).Id.ToString();
            browsers.Remember(Context, user.Id);
        }
        await base.SignInWithClaimsAsync(user, properties, [.. additionalClaims, new Claim(FaceAdClaims.Session, session)]);
    }

    public override async Task SignOutAsync()
    {
        await EndPresentAsync();
        await base.SignOutAsync();
    }

    // While a cookie is still being validated there is no user yet: a refused security stamp ends no session, which may have a newer
    // cookie.
    private async Task EndPresentAsync()
    {
        if (SessionKey.Of(Context.User) is { } present) await sessions.EndAsync(present);
    }
}
