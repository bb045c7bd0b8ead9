using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts;

/// <summary>Self-service on one's own account: forgotten password, new address, name, ending sessions.</summary>
sealed class OwnAccount(
    FaceAdDbContext db, UserManager<User> users, AccountLinks links, AccountMails letters, AccountLimits limits, MinimumResponseTime pace,
    SessionService sessions, SignInGuard guard, KnownBrowser browsers, IHttpContextAccessor http, TimeProvider time)
{
    /// <summary>Mails a link that sets a new password. An address without an account gets none, after the same response time.</summary>
    public Task ForgotAsync(string? email) => pace.EvenAsync(async () =>
    {
        if (AccountRules.Email(email) is not { } address || !await limits.MayMailAsync(address)
            || await users.FindByEmailAsync(address) is not { } user) return;
        var token = await AddLinkAsync(LinkPurpose.ResetPassword, address, user);
        await letters.ResetAsync(user.Email!, token);
    });

    /// <summary>Whether a password-reset link is valid.</summary>
    public async Task<bool> CanResetAsync(string? token) => await links.FindAsync(LinkPurpose.ResetPassword, token) is not null;

    /// <summary>
    /// Sets a new password by a link: all sessions end, and nobody's guesses hold up this browser any more.
    /// </summary>
    public async Task<AccountProblem?> ResetAsync(string? token, string? password)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await links.FindAsync(LinkPurpose.ResetPassword, token) is not { } link
            || await users.FindByIdAsync(link.UserId.ToString()!) is not { } user) return AccountProblem.Link;
        if (await PasswordRules.ProblemAsync(db, user, password) is { } problem) return problem;
        await users.RemovePasswordAsync(user);
        Demand(await users.AddPasswordAsync(user, password!));
        await db.AccountLinks.Where(l => l.UserId == user.Id).ExecuteDeleteAsync();
        db.Entry(link).State = EntityState.Detached;
        await SaveAsync(user, AuditVerb.PasswordReset);
        await transaction.CommitAsync();
        await sessions.EndAllAsync(user.Id);
        await guard.SucceededAsync(new SignInTry(user.NormalizedEmail!, ClientAddress.NetworkOf(http.HttpContext), Browser: null));
        if (http.HttpContext is { } context) browsers.Remember(context, user.Id);
        await letters.PasswordChangedAsync(user.Email!);
        return null;
    }

    /// <summary>Changes the password; other sessions end.</summary>
    public async Task<AccountProblem?> ChangePasswordAsync(User user, string? present, string? password)
    {
        if (!await limits.MayTryAsync(user.Email!)) return AccountProblem.Busy;
        if (!await IsPasswordAsync(user, present)) return AccountProblem.Wrong;
        if (await PasswordRules.ProblemAsync(db, user, password) is { } problem) return problem;
        Demand(await users.ChangePasswordAsync(user, present!, password!));
        await db.AccountLinks.Where(l => l.UserId == user.Id).ExecuteDeleteAsync(); // a pending reset link could undo the change
        await SaveAsync(user, AuditVerb.PasswordChanged);
        await EndOthersAsync(user);
        await letters.PasswordChangedAsync(user.Email!);
        return null;
    }

    /// <summary>
    /// Mails a link to the new address, and a notice to the current one. A new address that has an account gets the same answer.
    /// </summary>
    public async Task<AccountProblem?> ChangeEmailAsync(User user, string? present, string? email)
    {
        if (!await limits.MayTryAsync(user.Email!)) return AccountProblem.Busy;
        if (!await IsPasswordAsync(user, present)) return AccountProblem.Wrong;
        if (AccountRules.Email(email) is not { } address) return AccountProblem.Email;
        await pace.EvenAsync(async () =>
        {
            if (!await limits.MayMailAsync(address)) return;
            if (await users.FindByEmailAsync(address) is not null)
            {
                await letters.AlreadyThereAsync(address);
                return;
            }
            await db.AccountLinks.Where(l => l.UserId == user.Id && l.Purpose == LinkPurpose.ChangeEmail).ExecuteDeleteAsync();
            var token = await AddLinkAsync(LinkPurpose.ChangeEmail, address, user);
            await letters.ChangeEmailAsync(address, token);
            await letters.EmailChangingAsync(user.Email!, address);
        });
        return null;
    }

    /// <summary>The new address that a link confirms; null when the link is invalid.</summary>
    public async Task<string?> NewEmailOfAsync(string? token) => (await links.FindAsync(LinkPurpose.ChangeEmail, token))?.Email;

    /// <summary>Makes a confirmed address the account's address and sign-in name; all sessions end.</summary>
    public async Task<AccountProblem?> ConfirmEmailAsync(string? token)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await links.FindAsync(LinkPurpose.ChangeEmail, token) is not { } link
            || await users.FindByIdAsync(link.UserId.ToString()!) is not { } user) return AccountProblem.Link;
        if (await users.FindByEmailAsync(link.Email) is not null) return AccountProblem.Link;
        var before = user.Email;
        (user.Email, user.UserName, user.EmailConfirmed) = (link.Email, link.Email, true);
        Demand(await users.UpdateSecurityStampAsync(user)); // also normalises and saves both
        db.AccountLinks.Remove(link);
        await SaveAsync(user, AuditVerb.EmailChanged, ("before", before));
        await transaction.CommitAsync();
        await sessions.EndAllAsync(user.Id);
        return null;
    }

    /// <summary>Changes name and language.</summary>
    public async Task<AccountProblem?> ChangeProfileAsync(User user, string? name, string? language)
    {
        if (AccountRules.Name(name) is not { } person) return AccountProblem.Name;
        (user.DisplayName, user.Language) = (person, language is "en" or "ko" ? language : null);
        Demand(await users.UpdateAsync(user));
        await SaveAsync(user, AuditVerb.ProfileChanged);
        return null;
    }

    /// <summary>Ends all of a user's sessions.</summary>
    public async Task SignOutEverywhereAsync(User user)
    {
        Demand(await users.UpdateSecurityStampAsync(user));
        await SaveAsync(user, AuditVerb.SignedOutEverywhere);
        await sessions.EndAllAsync(user.Id);
    }

    /// <summary>Ends all of a user's sessions except the current one, with an audit entry.</summary>
    public async Task SignOutElsewhereAsync(User user)
    {
        if (await EndOthersAsync(user) > 0) await SaveAsync(user, AuditVerb.SignedOutElsewhere);
    }

    /// <summary>Ends one of a user's sessions; false when it has already ended or is not theirs.</summary>
    public async Task<bool> EndSessionAsync(User user, string? id)
    {
        if (!Guid.TryParse(id, out var session) || await sessions.EndAsync(new SessionKey(session, user.Id)) is not var (browser, platform))
            return false;
        await SaveAsync(user, AuditVerb.SessionEnded, ("browser", string.Join(" · ", new[] { browser, platform }.OfType<string>())));
        return true;
    }

    /// <summary>Ends all of a user's sessions except the current one.</summary>
    internal Task<int> EndOthersAsync(User user) => sessions.EndAllAsync(user.Id, SessionKey.Of(http.HttpContext?.User)?.Id);

    /// <summary>Checks the user's password. Wrong ones count like those of a sign-in: they hold up this browser, and nobody else.</summary>
    public async Task<bool> IsPasswordAsync(User user, string? password)
    {
        if (password is not { Length: > 0 and <= AccountRules.MaxPassword }) return false;
        var attempt = SignInTry.Of(user, http.HttpContext, browsers);
        if (await guard.BeginAsync(attempt) is not null || !await users.CheckPasswordAsync(user, password)) return false;
        await guard.SucceededAsync(attempt);
        return true;
    }

    internal Task SaveAsync(User user, AuditVerb verb, params (string, string?)[] details)
    {
        var who =
            new Viewer(user.OrganisationId, false) { UserId = user.Id, Name = user.UserName, Address = ClientAddress.Of(http.HttpContext) };
        db.Audit(who, time.GetUtcNow(), verb, AuditSubject.Account, user.Id, user.UserName!, details);
        return db.SaveChangesAsync();
    }

    private async Task<string> AddLinkAsync(LinkPurpose purpose, string address, User user)
    {
        var now = time.GetUtcNow();
        var token = await links.AddAsync(
            new AccountLink
            {
                Purpose = purpose,
                Email = address,
                UserId = user.Id,
                CreatedAt = now,
                ExpiresAt = now + AccountLinks.Life(purpose),
            });
        await db.SaveChangesAsync();
        return token;
    }

    internal static void Demand(IdentityResult result)
    {
        if (!result.Succeeded) throw new InvalidOperationException(string.Join(" ", result.Errors.Select(e => e.Description)));
    }
}
