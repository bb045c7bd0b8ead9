using System.Security.Claims;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>Adds the organisation and the display name to a user's claims.</summary>
sealed class UserClaims(
    UserManager<User> users, RoleManager<IdentityRole<Guid>> roles, IOptions<IdentityOptions> options, FaceAdDbContext db)
    : UserClaimsPrincipalFactory<User, IdentityRole<Guid>>(users, roles, options)
{
    protected override async Task<ClaimsIdentity> GenerateClaimsAsync(User user)
    {
        var identity = await base.GenerateClaimsAsync(user);
        identity.AddClaim(new Claim(FaceAdClaims.Organisation, user.OrganisationId.ToString()));
        identity.AddClaim(new Claim(FaceAdClaims.DisplayName, user.DisplayName));
        if (!user.TwoFactorEnabled && await db.Organisations.AnyAsync(o => o.Id == user.OrganisationId && o.RequiresTwoFactor))
            identity.AddClaim(new Claim(FaceAdClaims.MustEnrol, "true"));
        return identity;
    }
}
