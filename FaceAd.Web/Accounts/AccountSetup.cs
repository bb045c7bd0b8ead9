using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace FaceAd.Web.Accounts;

/// <summary>An account could not be made; the message says why.</summary>
/// <param name="message">One line for people.</param>
public sealed class AccountException(string message) : Exception(message);

/// <summary>Makes organisations and their people.</summary>
/// <param name="db">The database.</param>
/// <param name="users">Accounts.</param>
/// <param name="roles">Roles.</param>
/// <param name="clock">The clock.</param>
public sealed class AccountSetup(FaceAdDbContext db, UserManager<User> users, RoleManager<IdentityRole<Guid>> roles, TimeProvider clock)
{
    /// <summary>Registers an organisation.</summary>
    /// <param name="name">Its name, unique in the installation; at most 120 characters.</param>
    /// <param name="kind">Media owner or advertiser.</param>
    public async Task<Organisation> CreateOrganisationAsync(string name, OrganisationKind kind)
    {
        var organisation = new Organisation { Name = name, Kind = kind, CreatedAt = clock.GetUtcNow() };
        db.Organisations.Add(organisation);
        await db.SaveChangesAsync();
        return organisation;
    }

    /// <summary>Makes an account and its role.</summary>
    /// <param name="organisation">The organisation whose data the person sees.</param>
    /// <param name="email">Address, which is also the sign-in name; unique.</param>
    /// <param name="password">At least 10 characters.</param>
    /// <param name="displayName">Name shown in the dashboard.</param>
    /// <param name="role">One of <see cref="Roles"/>. Only people of the media owner may be administrators.</param>
    /// <exception cref="AccountException">The address is taken or malformed, the password too weak, or the role does not fit.</exception>
    public async Task<User> CreateUserAsync(Organisation organisation, string email, string password, string displayName, string role)
    {
        if ((role == Roles.Admin) != (organisation.Kind == OrganisationKind.MediaOwner))
            throw new AccountException($"The role '{role}' does not fit an organisation that is a {organisation.Kind}.");
        if (!await roles.RoleExistsAsync(role)) Check(await roles.CreateAsync(new IdentityRole<Guid>(role) { Id = Guid.CreateVersion7() }));
        var user = new User
        {
            Id = Guid.CreateVersion7(),
            UserName = email,
            Email = email,
            EmailConfirmed = true,
            OrganisationId = organisation.Id,
            DisplayName = displayName,
        };
        await using var transaction = await db.Database.BeginTransactionAsync();
        Check(await users.CreateAsync(user, password));
        Check(await users.AddToRoleAsync(user, role));
        await transaction.CommitAsync();
        return user;
    }

    private static void Check(IdentityResult result)
    {
        if (!result.Succeeded) throw new AccountException(string.Join(" ", result.Errors.Select(e => e.Description)));
    }
}
