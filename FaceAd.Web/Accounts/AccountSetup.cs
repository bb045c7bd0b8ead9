using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts;

/// <summary>An account could not be created; the message says why.</summary>
/// <param name="message">One line, shown to people.</param>
sealed class AccountException(string message) : Exception(message);

/// <summary>Creates organisations and accounts.</summary>
/// <param name="db">The database.</param>
/// <param name="users">Identity's user manager.</param>
/// <param name="roles">Identity's role manager.</param>
/// <param name="clock">The clock.</param>
sealed class AccountSetup(FaceAdDbContext db, UserManager<User> users, RoleManager<IdentityRole<Guid>> roles, TimeProvider clock)
{
    /// <summary>Creates an organisation.</summary>
    /// <param name="name">Its name, unique in the installation; at most 120 characters.</param>
    /// <param name="kind">Media owner or advertiser.</param>
    public async Task<Organisation> CreateOrganisationAsync(string name, OrganisationKind kind)
    {
        var organisation = new Organisation { Name = name, Kind = kind, CreatedAt = clock.GetUtcNow() };
        db.Organisations.Add(organisation);
        await db.SaveChangesAsync();
        return organisation;
    }

    /// <summary>Creates an account and gives it its role.</summary>
    /// <param name="organisation">The organisation whose data the person sees.</param>
    /// <param name="email">Address, which is also the sign-in name; unique.</param>
    /// <param name="password">See <see cref="PasswordRules"/>.</param>
    /// <param name="displayName">Name shown in the dashboard.</param>
    /// <param name="role">One of <see cref="Roles.Of"/> the organisation's kind.</param>
    /// <exception cref="AccountException">
    /// The address is taken or malformed, the password too weak, or the role not available to the organisation.
    /// </exception>
    public async Task<User> CreateUserAsync(Organisation organisation, string email, string password, string displayName, string role)
    {
        ArgumentNullException.ThrowIfNull(organisation);
        return await CreateAsync(organisation, email, displayName, role, user => users.CreateAsync(user, password));
    }

    /// <summary>
    /// Creates an account whose password was judged and hashed before, such as before its address was confirmed.
    /// </summary>
    internal Task<User> CreateUserWithHashAsync(
        Organisation organisation, string email, string passwordHash, string displayName, string role) =>
        CreateAsync(organisation, email, displayName, role, user =>
        {
            user.PasswordHash = passwordHash;
            return users.CreateAsync(user);
        });

    // Joins the caller's transaction if there is one.
    private async Task<User> CreateAsync(
        Organisation organisation, string email, string displayName, string role, Func<User, Task<IdentityResult>> create)
    {
        if (!Roles.Of(organisation.Kind).Contains(role))
            throw new AccountException($"The role '{role}' is not available to an organisation of kind {organisation.Kind}.");
        var user = new User
        {
            Id = Guid.CreateVersion7(),
            UserName = email,
            SeenLanguage = System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName is ("en" or "ko") and var language
                ? language : null,
            Email = email,
            EmailConfirmed = true,
            OrganisationId = organisation.Id,
            DisplayName = displayName,
        };
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync() : null;
        Check(await create(user));
        Check(await AddToRoleAsync(user, role));
        if (transaction is not null) await transaction.CommitAsync();
        return user;
    }

    /// <summary>Assigns a role, creating it on first use.</summary>
    internal async Task<IdentityResult> AddToRoleAsync(User user, string role)
    {
        if (!await roles.RoleExistsAsync(role)) Check(await roles.CreateAsync(new IdentityRole<Guid>(role) { Id = Guid.CreateVersion7() }));
        return await users.AddToRoleAsync(user, role);
    }

    private static void Check(IdentityResult result)
    {
        if (!result.Succeeded) throw new AccountException(string.Join(" ", result.Errors.Select(e => e.Description)));
    }
}
