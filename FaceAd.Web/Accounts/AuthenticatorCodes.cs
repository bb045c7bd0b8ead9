using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts;

/// <summary>
/// Checks the codes of authenticator programs (RFC 6238: SHA-1, six digits, steps of 30 s). A code of the step before or after is taken, for
/// clocks that are a little wrong; each code once, so that one looked at over a shoulder is worth nothing.
/// </summary>
sealed class AuthenticatorCodes(FaceAdDbContext db, TimeProvider time) : IUserTwoFactorTokenProvider<User>
{
    /// <summary>Name of this provider among Identity's.</summary>
    public const string Name = "FaceAdAuthenticator";

    private const int Drift = 1;

    public async Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<User> manager, User user) => !string.IsNullOrEmpty(await manager.GetAuthenticatorKeyAsync(user));

    // The program makes them, not we.
    public Task<string> GenerateAsync(string purpose, UserManager<User> manager, User user) => Task.FromResult("");

    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<User> manager, User user)
    {
        if (token is not { Length: 6 } || !token.All(char.IsAsciiDigit) || await manager.GetAuthenticatorKeyAsync(user) is not { Length: > 0 } text) return false;
        var key = Base32(text);
        var now = StepOf(time.GetUtcNow());
        for (var step = now - Drift; step <= now + Drift; step++)
        {
            if (!CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(key, step)), System.Text.Encoding.ASCII.GetBytes(token))) continue;
            var taken = step;
            if (await db.Users.Where(u => u.Id == user.Id && (u.LastCodeStep == null || u.LastCodeStep < taken)).ExecuteUpdateAsync(s => s.SetProperty(u => u.LastCodeStep, taken)) != 1) return false;
            user.LastCodeStep = step; // what Identity saves later must not bring the old one back
            return true;
        }
        return false;
    }

    /// <summary>The number of a time step.</summary>
    public static long StepOf(DateTimeOffset at) => at.ToUnixTimeSeconds() / 30;

    /// <summary>The code of a step (RFC 4226, 5.3).</summary>
    /// <param name="key">The shared secret.</param>
    /// <param name="step">The step.</param>
    public static string Code(byte[] key, long step)
    {
        Span<byte> counter = stackalloc byte[8], mac = stackalloc byte[20];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // what authenticator programs speak; as a keyed hash SHA-1 is not broken
        HMACSHA1.HashData(key, counter, mac);
#pragma warning restore CA5350
        var value = (BinaryPrimitives.ReadInt32BigEndian(mac[(mac[19] & 15)..]) & 0x7fffffff) % 1_000_000;
        return value.ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads base 32 (RFC 4648), as the key is written for authenticator programs.</summary>
    public static byte[] Base32(string text)
    {
        List<byte> bytes = [];
        var (buffer, bits) = (0, 0);
        foreach (var c in text.ToUpperInvariant().Where(c => c is not ' ' and not '='))
        {
            var value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal);
            if (value < 0) throw new FormatException("Not base 32.");
            (buffer, bits) = (((buffer << 5) | value) & 0xfff, bits + 5);
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(buffer >> bits));
        }
        return [.. bytes];
    }
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
