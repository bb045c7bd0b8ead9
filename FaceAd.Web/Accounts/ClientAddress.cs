using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace FaceAd.Web.Accounts;

/// <summary>
/// Adds the client address to the claims of a signed-in user, for the audit log. A Blazor circuit keeps the principal of its first request,
/// so actions on a page carry the address too. It is never stored in the cookie.
/// </summary>
sealed class ClientAddress(IHttpContextAccessor http) : IClaimsTransformation
{
    public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
    {
        var known = principal.HasClaim(c => c.Type == FaceAdClaims.Address)
            || !principal.HasClaim(c => c.Type == FaceAdClaims.Organisation);
        if (known || Of(http.HttpContext) is not { } address) return Task.FromResult(principal);
        // A copy, because a renewed cookie is issued from the original.
        var copy = principal.Clone();
        copy.AddIdentity(new ClaimsIdentity([new Claim(FaceAdClaims.Address, address)]));
        return Task.FromResult(copy);
    }

    /// <summary>A request's client address, without the IPv6 mapping of an IPv4 address.</summary>
    public static string? Of(HttpContext? context) => context?.Connection.RemoteIpAddress is { } address
        ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()
        : null;

    /// <summary>
    /// What counts as one client where tries are counted: an IPv4 address, or the first 64 bits of an IPv6 address, which any line has to
    /// itself.
    /// </summary>
    public static string NetworkOf(HttpContext? context) => context?.Connection.RemoteIpAddress is { } address ? NetworkOf(address) : "";

    /// <summary>The same of an address.</summary>
    public static string NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
