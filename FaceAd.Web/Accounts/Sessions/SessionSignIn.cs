using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>Signs people in and out: every sign-in begins a session, a renewed one keeps it, and a sign-out ends it before the cookie goes.</summary>
sealed class SessionSignIn(
    UserManager<User> users, IHttpContextAccessor http, IUserClaimsPrincipalFactory<User> claims, IOptions<IdentityOptions> options,
    ILogger<SignInManager<User>> log, IAuthenticationSchemeProvider schemes, IUserConfirmation<User> confirmation, SessionBook sessions)
    : SignInManager<User>(users, http, claims, options, log, schemes, confirmation)
{
    // The properties of a cookie come along when it is renewed; those of a new sign-in have none of this.
    private const string Item = "facead.session";

    /// <inheritdoc/>
    public override async Task SignInWithClaimsAsync(User user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        var properties = authenticationProperties ?? new AuthenticationProperties();
        if (!properties.Items.TryGetValue(Item, out var session) || session is null)
        {
            await EndPresentAsync(); // its cookie is about to be replaced
            properties.Items[Item] = session = (await sessions.StartAsync(user.Id, Context.Request.Headers.UserAgent)).Id.ToString();
        }
        await base.SignInWithClaimsAsync(user, properties, [.. additionalClaims, new Claim(FaceAdClaims.Session, session)]);
    }

    /// <inheritdoc/>
    public override async Task SignOutAsync()
    {
        await EndPresentAsync();
        await base.SignOutAsync();
    }

    // While a request's cookie is being looked at there is nobody yet: a stamp that is refused ends no session, which may have a newer cookie.
    private async Task EndPresentAsync()
    {
        if (SessionKey.Of(Context.User) is { } present) await sessions.EndAsync(present);
    }
}

/// <summary>What a cookie is worth: nothing without a session that goes on.</summary>
static class SessionCookie
{
    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Events.OnCheckSlidingExpiration = async context =>
        {
            // Asked before the cookie is judged: that of an ended session is not renewed either.
            context.ShouldRenew |= context.Request.Path == AccountsSetup.AlivePath;
            context.ShouldRenew = context.ShouldRenew && await IsOpenAsync(context.HttpContext, context.Principal);
        };
        options.Events.OnValidatePrincipal = async context =>
        {
            if (await IsOpenAsync(context.HttpContext, context.Principal))
            {
                await SecurityStampValidator.ValidatePrincipalAsync(context);
                return;
            }
            context.RejectPrincipal();
            // Only a page that somebody opens takes the cookie away. A script's answer may come late, when there is a new cookie in its place.
            if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
                await context.HttpContext.SignOutAsync(context.Scheme.Name);
        };
    }

    /// <summary>Lets a person keep the session when the claims are read anew, once in <see cref="AccountOptions.Recheck"/>.</summary>
    public static Task KeepAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context.CurrentPrincipal?.FindFirst(FaceAdClaims.Session) is { } session) context.NewPrincipal?.Identities.First().AddClaim(session.Clone());
        return Task.CompletedTask;
    }

    private static async ValueTask<bool> IsOpenAsync(HttpContext context, ClaimsPrincipal? user) =>
        SessionKey.Of(user) is { } key && await context.RequestServices.GetRequiredService<SessionBook>().IsOpenAsync(key);
}
