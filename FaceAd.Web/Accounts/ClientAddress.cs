using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace FaceAd.Web.Accounts;

/// <summary>
/// Adds the address that a request came from to what is known of a signed-in person, for the audit log. A page's circuit keeps the person of
/// its first request, so actions on a page carry it too. The cookie never holds it.
/// </summary>
/// <param name="http">The request.</param>
sealed class ClientAddress(IHttpContextAccessor http) : IClaimsTransformation
{
    public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        var known = principal.HasClaim(c => c.Type == FaceAdClaims.Address) || !principal.HasClaim(c => c.Type == FaceAdClaims.Organisation);
        if (known || Of(http.HttpContext) is not { } address) return Task.FromResult(principal);
        // A copy: the original is what a renewed cookie is made of.
        var copy = principal.Clone();
        copy.AddIdentity(new ClaimsIdentity([new Claim(FaceAdClaims.Address, address)]));
        return Task.FromResult(copy);
    }

    /// <summary>The address that a request came from, without the wrapping of IPv4 in IPv6.</summary>
    public static string? Of(HttpContext? context) => context?.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;
}
