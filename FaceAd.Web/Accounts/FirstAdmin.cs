using System.Security.Cryptography;
using FaceAd.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts;

/// <summary>
/// An empty installation has no accounts: creates one administrator with a random password, written once to a file that only the operator
/// can read.
/// </summary>
sealed class FirstAdmin(
    FaceAdDbContext db, AccountSetup setup, DataFolder folder, ILogger<FirstAdmin> log)
{
    public const string Email = "admin@localhost";

    public async Task EnsureAsync()
    {
        if (await db.Users.AnyAsync()) return;
        var owner = await db.Organisations.FirstOrDefaultAsync(o => o.Kind == OrganisationKind.MediaOwner)
            ?? await setup.CreateOrganisationAsync("Media owner", OrganisationKind.MediaOwner);
        var password = RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 16);
        var file = Path.Combine(folder.Root, "first-admin.txt");
        // The file first: an account whose password is unknown would be worse than none.
        await using (var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        await using (var writer = new StreamWriter(stream))
        {
            await writer.WriteLineAsync($"{Email} {password}");
        }
        await setup.CreateUserAsync(owner, Email, password, "Administrator", Roles.Admin);
        log.LogWarning("The first administrator is {Email}; the password is in {File}. Sign in, then delete the file.", Email, file);
    }
}
