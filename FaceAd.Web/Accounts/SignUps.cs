using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts;

/// <summary>Why an account action was refused; each value has its own text on the pages.</summary>
enum AccountProblem
{
    /// <summary>The link is unknown, used, cancelled or expired.</summary>
    Link,

    /// <summary>Not a valid address.</summary>
    Email,

    /// <summary>A name is empty, too long or unreadable.</summary>
    Name,

    /// <summary>The password is too short or too long.</summary>
    Password,

    /// <summary>The password is among the first that a guesser would try.</summary>
    Guessable,

    /// <summary>The current password is wrong.</summary>
    Wrong,

    /// <summary>The organisation's name is taken.</summary>
    OrganisationTaken,

    /// <summary>The address already has an account.</summary>
    EmailTaken,

    /// <summary>The user may not do this.</summary>
    Denied,

    /// <summary>The last member who manages the organisation cannot be removed or demoted.</summary>
    Last,

    /// <summary>The code is wrong or already used.</summary>
    Code,

    /// <summary>Rate limit exceeded.</summary>
    Busy,

    /// <summary>The maximum number exists already.</summary>
    TooMany,

    /// <summary>A token needs at least one scope.</summary>
    Scopes,
}

/// <summary>
/// Sign-up: an advertiser organisation and its first owner. Nothing is created before the address is confirmed, so an address or a name
/// that is not one's own cannot be taken, and an address with an account gets the same answer as one without.
/// </summary>
sealed class SignUps(
    FaceAdDbContext db, UserManager<User> users, AccountSetup setup, AccountLinks links, AccountMails letters, AccountLimits limits,
    IPasswordHasher<User> hasher, MinimumResponseTime pace, IHttpContextAccessor http, TimeProvider time, IOptions<AccountOptions> options)
{
    /// <summary>Whether signing up is open.</summary>
    public bool IsOpen => options.Value.SignUp;

    /// <summary>Accepts the form. Null on success, when a mail may be on its way.</summary>
    public async Task<AccountProblem?> StartAsync(string? organisation, string? displayName, string? email, string? password)
    {
        if (!IsOpen) return AccountProblem.Denied;
        if (AccountRules.Name(organisation) is not { } company || AccountRules.Name(displayName) is not { } person)
            return AccountProblem.Name;
        if (AccountRules.Email(email) is not { } address) return AccountProblem.Email;
        if (PasswordRules.Problem(password, address, person, company) is { } problem) return problem;
        await pace.EvenAsync(async () =>
        {
            var hash = hasher.HashPassword(null!, password!);
            if (!await limits.MayMailAsync(address)) return;
            if (await users.FindByEmailAsync(address) is not null) await letters.AlreadyThereAsync(address);
            else await MailAsync(address, company, person, hash);
        });
        return null;
    }

    /// <summary>Sends a pending sign-up's link again; does nothing for an address without one.</summary>
    public Task AgainAsync(string? email) => pace.EvenAsync(async () =>
    {
        if (AccountRules.Email(email) is not { } address || !await limits.MayMailAsync(address)) return;
        var waiting = await db.AccountLinks.AsNoTracking().Where(l => l.Purpose == LinkPurpose.SignUp && l.Email == address)
            .OrderByDescending(l => l.CreatedAt).FirstOrDefaultAsync();
        if (waiting is not null) await MailAsync(address, waiting.OrganisationName!, waiting.DisplayName!, waiting.PasswordHash!);
    });

    /// <summary>Name of the organisation a link would create; null when the link is invalid.</summary>
    public async Task<string?> OrganisationOfAsync(string? token) => (await links.FindAsync(LinkPurpose.SignUp, token))?.OrganisationName;

    /// <summary>Creates the organisation and its owner.</summary>
    /// <param name="token">From the mail.</param>
    /// <param name="otherName">Another name for the organisation, when the first is taken.</param>
    public async Task<(User? User, AccountProblem? Problem)> ConfirmAsync(string? token, string? otherName)
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await links.FindAsync(LinkPurpose.SignUp, token) is not { } link) return (null, AccountProblem.Link);
        if (AccountRules.Name(StorableText.IsBlank(otherName) ? link.OrganisationName : otherName) is not { } name)
            return (null, AccountProblem.Name);
        if (await db.Organisations.AnyAsync(o => o.Name == name)) return (null, AccountProblem.OrganisationTaken);
        if (await users.FindByEmailAsync(link.Email) is not null) return (null, AccountProblem.Link);
        try
        {
            var organisation = await setup.CreateOrganisationAsync(name, OrganisationKind.Advertiser);
            var user = await setup.CreateUserWithHashAsync(organisation, link.Email, link.PasswordHash!, link.DisplayName!, Roles.Owner);
            db.AccountLinks.Remove(link);
            db.Audit(By(user), time.GetUtcNow(), AuditVerb.SignedUp, AuditSubject.Organisation, organisation.Id, organisation.Name);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            return (user, null);
        }
        catch (DbUpdateException exception)
            when (exception.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UniqueViolation })
        {
            return (null, AccountProblem.OrganisationTaken); // taken by a concurrent request
        }
    }

    private async Task MailAsync(string address, string company, string person, string hash)
    {
        var now = time.GetUtcNow();
        var token = await links.AddAsync(new AccountLink
        {
            Purpose = LinkPurpose.SignUp,
            Email = address,
            OrganisationName = company,
            DisplayName = person,
            PasswordHash = hash,
            CreatedAt = now,
            ExpiresAt = now + AccountLinks.Life(LinkPurpose.SignUp),
        });
        await db.SaveChangesAsync();
        await letters.SignUpAsync(address, company, token);
    }

    private Viewer By(User user) =>
        new(user.OrganisationId, false) { UserId = user.Id, Name = user.UserName, Address = ClientAddress.Of(http.HttpContext) };
}
