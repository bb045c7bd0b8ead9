using System.Security.Cryptography;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// Checks authenticator codes (TOTP, RFC 6238: SHA-1, six digits, steps of 30 s). One step of clock drift is accepted either way. Each code
/// works once, so a code seen by someone else is useless after sign-in.
/// </summary>
sealed class AuthenticatorCodes(FaceAdDbContext db, TimeProvider time) : IUserTwoFactorTokenProvider<User>
{
    /// <summary>Name of this provider among Identity's.</summary>
    public const string Name = "FaceAdAuthenticator";

    private static readonly VerificationWindow Drift = new(previous: 1, future: 1);

    public async Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<User> manager, User user) =>
        !string.IsNullOrEmpty(await manager.GetAuthenticatorKeyAsync(user));

    // Codes come from the authenticator app; the server generates none.
    public Task<string> GenerateAsync(string purpose, UserManager<User> manager, User user) => Task.FromResult("");

    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<User> manager, User user)
    {
        if (token is not { Length: 6 } || !token.All(char.IsAsciiDigit)
            || await manager.GetAuthenticatorKeyAsync(user) is not { Length: > 0 } key) return false;
        if (!Of(key).VerifyTotp(time.GetUtcNow().UtcDateTime, token, out var step, Drift)) return false;
        return await db.Users.Where(u => u.Id == user.Id && (u.LastCodeStep == null || u.LastCodeStep < step))
            .ExecuteUpdateAsync(s => s.SetProperty(u => u.LastCodeStep, step)) == 1;
    }

    /// <summary>The TOTP generator for a base-32 key.</summary>
    public static Totp Of(string key) => new(Base32Encoding.ToBytes(key));
}

/// <summary>
/// Identity's own store, with the authenticator key and the recovery codes encrypted by the key ring: read access to the database alone is
/// not enough to generate codes.
/// </summary>
sealed class ProtectedUserStore(
    FaceAdDbContext context, IDataProtectionProvider ring, IdentityErrorDescriber describer, ILogger<ProtectedUserStore> log)
    : UserStore<User, IdentityRole<Guid>, FaceAdDbContext, Guid>(context, describer)
{
    private readonly IDataProtector _protector = ring.CreateProtector("FaceAd.Accounts.TwoFactor");

    public override Task SetTokenAsync(User user, string loginProvider, string name, string? value, CancellationToken cancellationToken) =>
        base.SetTokenAsync(user, loginProvider, name, value is null ? null : _protector.Protect(value), cancellationToken);

    public override async Task<string?> GetTokenAsync(User user, string loginProvider, string name, CancellationToken cancellationToken)
    {
        if (await base.GetTokenAsync(user, loginProvider, name, cancellationToken) is not { } value) return null;
        try
        {
            return _protector.Unprotect(value);
        }
        catch (CryptographicException)
        {
            log.LogError("Cannot decrypt the second factor of {User}: the key ring has changed. Restore the old key ring", user.Id);
            return null;
        }
    }
}
