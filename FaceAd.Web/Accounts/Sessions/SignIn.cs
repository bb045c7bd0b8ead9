using System.Diagnostics;
using System.Globalization;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>Handles the sign-in form, the two-factor form and the sign-out button.</summary>
static class SignIn
{
    public const string Path = "/account/login";
    public const string SecondPath = "/account/two-factor";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        // The pages at these addresses accept POST too; these endpoints take precedence.
        endpoints.MapPost(Path, EnterAsync).WithOrder(-1).AllowAnonymous().RequireRateLimiting(AccountLimits.Policy);
        endpoints.MapPost(SecondPath, SecondAsync).WithOrder(-1).AllowAnonymous().RequireRateLimiting(AccountLimits.Policy);
        endpoints.MapPost("/account/logout", LeaveAsync).AllowAnonymous();
    }

    private static async Task<IResult> EnterAsync(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? returnUrl, HttpContext http,
        SignInManager<User> signIn, UserManager<User> users, IPasswordHasher<User> hasher, SignInAudit audit, SignInGuard guard,
        KnownBrowser browsers, MinimumResponseTime pace, ILoggerFactory logs)
    {
        var target = Local(returnUrl);
        if (StorableText.IsBlank(email) || string.IsNullOrEmpty(password)) return Again("missing", target);
        var started = Stopwatch.GetTimestamp();
        email = AccountRules.Email(email) ?? email.Trim();
        var user = AccountRules.Email(email) is not null ? await users.FindByEmailAsync(email) : null;
        // An address without an account goes the same way and takes as long, so that nobody learns the difference.
        var attempt = user is null
            ? new SignInTry(email.ToUpperInvariant(), ClientAddress.NetworkOf(http), null) : SignInTry.Of(user, http, browsers);
        if (await guard.BeginAsync(attempt) is { } held)
        {
            await audit.FailedAsync(user, user is null ? "unknown" : "locked");
            await pace.PadAsync(started);
            return Refused(held, target);
        }
        // Capped: hashing a huge password would tie up the server, and no account has one.
        if (password.Length > AccountRules.MaxPassword) password = password[..AccountRules.MaxPassword] + "\0";
        if (user is null)
        {
            hasher.HashPassword(null!, password);
            await audit.FailedAsync(null, "unknown");
        }
        else
        {
            var result = await signIn.PasswordSignInAsync(user, password, isPersistent: false, lockoutOnFailure: false);
            if (result.Succeeded || result.RequiresTwoFactor) await guard.SucceededAsync(attempt);
            if (result.RequiresTwoFactor) return Results.LocalRedirect($"{SecondPath}?returnUrl={Uri.EscapeDataString(target)}");
            if (result.Succeeded)
            {
                await audit.WriteAsync(user, AuditVerb.SignedIn);
                await RememberLanguageAsync(users, user);
                UseRecipientLanguage(http, user);
                return Results.LocalRedirect(target);
            }
            await audit.FailedAsync(user, "password");
            if (await guard.HeldAsync(attempt) is not null) await audit.WriteAsync(user, AuditVerb.LockedOut);
            logs.CreateLogger(typeof(SignIn)).LogWarning("Sign-in of {User} refused", user.Id);
        }
        var left = await guard.HeldAsync(attempt);
        await pace.PadAsync(started);
        return Refused(left, target);
    }

    private static async Task<IResult> SecondAsync(
        [FromForm] string? code, [FromForm] string? recovery, [FromForm] string? returnUrl, HttpContext http,
        SignInManager<User> signIn, UserManager<User> users, SignInAudit audit, SignInGuard guard, KnownBrowser browsers)
    {
        var target = Local(returnUrl);
        // The user is held in a cookie that only the right password sets, valid for five minutes.
        if (await signIn.GetTwoFactorAuthenticationUserAsync() is not { } user) return Again("expired", target);
        var byCode = string.IsNullOrEmpty(recovery);
        var attempt = SignInTry.Of(user, http, browsers) with { IsCode = true };
        if (await guard.BeginAsync(attempt) is { } held)
        {
            await audit.FailedAsync(user, "locked");
            return Refused(held, target);
        }
        var result = byCode
            ? await signIn.TwoFactorAuthenticatorSignInAsync(TwoFactor.Digits(code), isPersistent: false, rememberClient: false)
            : await signIn.TwoFactorRecoveryCodeSignInAsync(Recovery(recovery!));
        if (result.Succeeded)
        {
            await guard.SucceededAsync(attempt);
            await audit.WriteAsync(user, AuditVerb.SignedIn);
            if (!byCode) await audit.WriteAsync(user, AuditVerb.RecoveryCodeUsed);
            await RememberLanguageAsync(users, user);
            UseRecipientLanguage(http, user);
            return Results.LocalRedirect(target);
        }
        await audit.FailedAsync(user, "code");
        if (await guard.HeldAsync(attempt) is not { } hold) return SecondAgain("code", recovery, target);
        await audit.WriteAsync(user, AuditVerb.LockedOut);
        return Refused(hold, target);
    }

    private static async Task<IResult> LeaveAsync(
        [FromForm] string? returnUrl, [FromForm] string? idle, HttpContext http, SignInManager<User> signIn, UserManager<User> users,
        SignInAudit audit, SessionService sessions)
    {
        if (await users.GetUserAsync(http.User) is { } user)
            await audit.WriteAsync(user, idle is null ? AuditVerb.SignedOut : AuditVerb.SignedOutIdle);
        if (idle is not null && SessionKey.Of(http.User) is { } session) await sessions.EndAsync(session, idle: true);
        await signIn.SignOutAsync();
        return idle is null ? Results.LocalRedirect(Path) : Again("idle", Local(returnUrl));
    }

    private static IResult Again(string error, string target) =>
        Results.LocalRedirect($"{Path}?error={error}&returnUrl={Uri.EscapeDataString(target)}");

    private static IResult SecondAgain(string error, string? recovery, string target) =>
        Results.LocalRedirect($"{SecondPath}?error={error}&returnUrl={Uri.EscapeDataString(target)}{(string.IsNullOrEmpty(recovery) ? "" : "&recovery=true")}");

    private static IResult Refused(TimeSpan? held, string target)
    {
        if (held is not { } left) return Again("wrong", target);
        var minutes = Math.Max(1, (int)Math.Ceiling(left.TotalMinutes));
        return Results.LocalRedirect(
            string.Create(CultureInfo.InvariantCulture, $"{Path}?error=locked&minutes={minutes}&returnUrl={Uri.EscapeDataString(target)}"));
    }

    // Recovery codes are shown with a hyphen in the middle; people leave it out, or type lower case.
    private static string Recovery(string typed)
    {
        var bare = new string([.. typed.Take(40).Where(char.IsAsciiLetterOrDigit)]).ToUpperInvariant();
        return bare.Length == 10 ? $"{bare[..5]}-{bare[5..]}" : bare;
    }

    // Mails are written in the background: remember the language this user reads.
    private static async Task RememberLanguageAsync(UserManager<User> users, User user)
    {
        var language = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        if (user.SeenLanguage == language) return;
        user.SeenLanguage = language;
        await users.UpdateAsync(user);
    }

    /// <summary>Applies the language chosen in the user's settings in every browser.</summary>
    public static void UseRecipientLanguage(HttpContext http, User user)
    {
        if (user.Language is not { } language) return;
        http.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language)),
            new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, IsEssential = true });
    }

    /// <summary>The address if it is local to this server, else the front page.</summary>
    public static string Local(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.StartsWith("/\\", StringComparison.Ordinal)
            && !address.Any(char.IsControl)
            ? address
            : "/";
}
