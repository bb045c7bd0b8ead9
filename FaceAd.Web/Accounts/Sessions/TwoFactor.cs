using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using Microsoft.AspNetCore.Identity;
using QRCoder;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>Sets up and switches off a user's second factor.</summary>
sealed class TwoFactor(UserManager<User> users, IUserStore<User> store, OwnAccount own, AccountLimits limits, AccountMails letters)
{
    private const int RecoveryCodes = 10;

    /// <summary>The key to enter into an authenticator app, generated on the first call, and the same as a QR code.</summary>
    public async Task<(string Key, string Svg)> KeyAsync(User user)
    {
        if (await users.GetAuthenticatorKeyAsync(user) is not { Length: > 0 })
        {
            // Not through the manager: that would end the user's sessions, although nothing has changed for them yet.
            await ((IUserAuthenticatorKeyStore<User>)store).SetAuthenticatorKeyAsync(user, users.GenerateNewAuthenticatorKey(), default);
            OwnAccount.Demand(await users.UpdateAsync(user));
        }
        var key = (await users.GetAuthenticatorKeyAsync(user))!;
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(Address(user.Email!, key), QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        return (string.Join(' ', key.Chunk(4).Select(c => new string(c))),
            code.GetGraphic(6, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute));
    }

    /// <summary>Switches two-factor sign-in on, once a code proves that the app has the key.</summary>
    /// <returns>Recovery codes, shown only once; or the problem.</returns>
    public async Task<(IReadOnlyList<string> Codes, AccountProblem? Problem)> EnableAsync(User user, string? code)
    {
        if (!await limits.MayTryAsync(user.Email!)) return ([], AccountProblem.Busy);
        if (user.TwoFactorEnabled) return ([], AccountProblem.Denied);
        if (!await users.VerifyTwoFactorTokenAsync(user, AuthenticatorCodes.Name, Digits(code))) return ([], AccountProblem.Code);
        OwnAccount.Demand(await users.SetTwoFactorEnabledAsync(user, true));
        var codes = await NewCodesAsync(user);
        await own.SaveAsync(user, AuditVerb.TwoFactorOn);
        await own.EndOthersAsync(user); // their security stamps are outdated
        return (codes, null);
    }

    /// <summary>Generates new recovery codes; the old ones stop working.</summary>
    public async Task<(IReadOnlyList<string> Codes, AccountProblem? Problem)> RenewCodesAsync(User user, string? password)
    {
        if (!await limits.MayTryAsync(user.Email!)) return ([], AccountProblem.Busy);
        if (!user.TwoFactorEnabled) return ([], AccountProblem.Denied);
        if (!await own.IsPasswordAsync(user, password)) return ([], AccountProblem.Wrong);
        var codes = await NewCodesAsync(user);
        await own.SaveAsync(user, AuditVerb.RecoveryCodesMade);
        return (codes, null);
    }

    /// <summary>Switches two-factor sign-in off and deletes the key.</summary>
    public async Task<AccountProblem?> DisableAsync(User user, string? password)
    {
        if (!await limits.MayTryAsync(user.Email!)) return AccountProblem.Busy;
        if (!await own.IsPasswordAsync(user, password)) return AccountProblem.Wrong;
        OwnAccount.Demand(await users.SetTwoFactorEnabledAsync(user, false));
        OwnAccount.Demand(await users.ResetAuthenticatorKeyAsync(user));
        await users.GenerateNewTwoFactorRecoveryCodesAsync(user, 0);
        await own.SaveAsync(user, AuditVerb.TwoFactorOff);
        await own.EndOthersAsync(user);
        await letters.TwoFactorOffAsync(user.Email!);
        return null;
    }

    /// <summary>How many recovery codes are left.</summary>
    public Task<int> CodesLeftAsync(User user) => users.CountRecoveryCodesAsync(user);

    /// <summary>Strips the spaces and hyphens that people type into a code.</summary>
    public static string Digits(string? code) =>
        code is { Length: <= 20 } ? new string([.. code.Where(c => !char.IsWhiteSpace(c) && c != '-')]) : "";

    private async Task<IReadOnlyList<string>> NewCodesAsync(User user) =>
        [.. await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodes) ?? []];

    private static string Address(string email, string key) =>
        $"otpauth://totp/FaceAd:{Uri.EscapeDataString(email)}?secret={key}&issuer=FaceAd&digits=6";
}
