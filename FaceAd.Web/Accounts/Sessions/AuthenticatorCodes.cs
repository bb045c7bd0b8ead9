using System.Security.Cryptography;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// Checks the codes of authenticator programs (RFC 6238: SHA-1, six digits, steps of 30 s). A code of the step before or after is taken, for
/// clocks that are a little wrong; each code once, so that one looked at over a shoulder is worth nothing.
/// </summary>
sealed class AuthenticatorCodes(FaceAdDbContext db, TimeProvider time) : IUserTwoFactorTokenProvider<User>
{
    /// <summary>Name of this provider among Identity's.</summary>
    public const string Name = "FaceAdAuthenticator";

    private static readonly VerificationWindow Drift = new(previous: 1, future: 1);

    public async Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<User> manager, User user) => !string.IsNullOrEmpty(await manager.GetAuthenticatorKeyAsync(user));

    // The program makes them, not we.
    public Task<string> GenerateAsync(string purpose, UserManager<User> manager, User user) => Task.FromResult("");

    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<User> manager, User user)
    {
        if (token is not { Length: 6 } || !token.All(char.IsAsciiDigit) || await manager.GetAuthenticatorKeyAsync(user) is not { Length: > 0 } key) return false;
        if (!Of(key).VerifyTotp(time.GetUtcNow().UtcDateTime, token, out var step, Drift)) return false;
        return await db.Users.Where(u => u.Id == user.Id && (u.LastCodeStep == null || u.LastCodeStep < step)).ExecuteUpdateAsync(s => s.SetProperty(u => u.LastCodeStep, step)) == 1;
    }

    /// <summary>The codes of a key, which is written in base 32.</summary>
    public static Totp Of(string key) => new(Base32Encoding.ToBytes(key));
}

/// <summary>
/// Keeps people and their tokens like Identity's own store, but the authenticator's key and the recovery codes encrypted by the key ring: who
/// reads the database alone cannot make codes.
/// </summary>
sealed class ProtectedUserStore(FaceAdDbContext context, IDataProtectionProvider ring, IdentityErrorDescriber describer, ILogger<ProtectedUserStore> log)
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
            log.LogError("The second factor of {User} cannot be read: the key ring is not the one it was written with", user.Id);
            return null;
        }
    }
}
