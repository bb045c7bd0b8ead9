using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Accounts;

/// <summary>Takes the sign-in form and the sign-out button.</summary>
static class SignIn
{
    public const string Path = "/account/login";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        // The page at the same address answers POST too; this one goes first.
        endpoints.MapPost(Path, EnterAsync).WithOrder(-1).AllowAnonymous();
        endpoints.MapPost("/account/logout", LeaveAsync).AllowAnonymous();
    }

    private static async Task<IResult> EnterAsync(
        [FromForm] string? email, [FromForm] string? password, [FromForm] string? returnUrl,
        SignInManager<User> signIn, UserManager<User> users, IPasswordHasher<User> hasher, SignInAudit audit, ILoggerFactory logs)
    {
        var target = Local(returnUrl);
        var log = logs.CreateLogger(typeof(SignIn));
        if (string.IsNullOrWhiteSpace(email) || string.IsNullOrEmpty(password)) return Again("missing", target);
        var user = await users.FindByEmailAsync(email.Trim());
        if (user is null)
        {
            // As much work as for an account that exists, so that the time does not tell.
            hasher.HashPassword(null!, password);
            await audit.FailedAsync(null, "unknown");
            return Again("wrong", target);
        }
        var wasLocked = await users.IsLockedOutAsync(user);
        var result = await signIn.PasswordSignInAsync(user, password, isPersistent: false, lockoutOnFailure: true);
        if (result.Succeeded)
        {
            await audit.WriteAsync(user, AuditVerb.SignedIn);
            return Results.LocalRedirect(target);
        }
        await audit.FailedAsync(user, wasLocked ? "locked" : "password");
        if (result.IsLockedOut && !wasLocked) await audit.WriteAsync(user, AuditVerb.LockedOut);
        log.LogWarning("Sign-in of {User} refused: {Result}", user.Id, result);
        return Again(result.IsLockedOut ? "locked" : "wrong", target);
    }

    private static async Task<IResult> LeaveAsync([FromForm] string? returnUrl, HttpContext http, SignInManager<User> signIn, UserManager<User> users, SignInAudit audit)
    {
        _ = returnUrl; // a form parameter makes the antiforgery check apply
        if (await users.GetUserAsync(http.User) is { } user) await audit.WriteAsync(user, AuditVerb.SignedOut);
        await signIn.SignOutAsync();
        return Results.LocalRedirect(Path);
    }

    private static IResult Again(string error, string target) =>
        Results.LocalRedirect($"{Path}?error={error}&returnUrl={Uri.EscapeDataString(target)}");

    /// <summary>The address when it stays on this server, else the front page.</summary>
    public static string Local(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.StartsWith("/\\", StringComparison.Ordinal) && !address.Any(char.IsControl)
            ? address
            : "/";
}
