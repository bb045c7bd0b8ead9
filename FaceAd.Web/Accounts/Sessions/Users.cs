using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// Identity's users without its lockout, by which anybody could lock an account for its owner too: <see cref="SignInGuard"/> counts the
/// tries.
/// </summary>
sealed class Users(
    IUserStore<User> store, IOptions<IdentityOptions> options, IPasswordHasher<User> hasher,
    IEnumerable<IUserValidator<User>> userValidators, IEnumerable<IPasswordValidator<User>> passwordValidators,
    ILookupNormalizer normalizer, IdentityErrorDescriber errors, IServiceProvider services, ILogger<UserManager<User>> log)
    : UserManager<User>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, log)
{
    public override bool SupportsUserLockout => false;
}
