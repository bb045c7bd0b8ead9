using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Screens;

/// <summary>Authenticates a screen by the device token in its Authorization header.</summary>
sealed class DeviceAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ScreenDirectory directory)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme and of the policy that requires it.</summary>
    public const string SchemeName = "Device";

    /// <summary>Claim that holds the screen's identity, a GUID.</summary>
    public const string ScreenClaim = "facead:screen";

    /// <summary>Claim that holds the hash of the presented token.</summary>
    public const string TokenHashClaim = "facead:token";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        const string bearer = "Bearer ";
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase)) return Task.FromResult(AuthenticateResult.NoResult());
        var token = header[bearer.Length..].Trim();
        if (header.Length > 200 || directory.FindByToken(token) is not { } screen)
            return Task.FromResult(AuthenticateResult.Fail("The device token is unknown or revoked."));
        var identity = new ClaimsIdentity(
            [new Claim(ScreenClaim, screen.Id.ToString()), new Claim(TokenHashClaim, DeviceToken.HashText(token))], SchemeName);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
    }
}

/// <summary>Gets the screen of a request that <see cref="DeviceAuthentication"/> authenticated.</summary>
static class DevicePrincipal
{
    /// <summary>The screen's identity; null when the caller is not a screen.</summary>
    /// <param name="caller">The authenticated caller.</param>
    public static Guid? ScreenId(this ClaimsPrincipal? caller) =>
        Guid.TryParse(caller?.FindFirstValue(DeviceAuthentication.ScreenClaim), out var id) ? id : null;
}
