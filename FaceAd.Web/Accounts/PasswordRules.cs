using System.Globalization;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Accounts;

/// <summary>
/// A password must be long enough, and not be among the first that a guesser would try. How soon it is tried is estimated by zxcvbn
/// (https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler), which knows common passwords, words,
/// names, dates and keyboard patterns, and is told the user's own name, address and organisation.
/// </summary>
sealed class PasswordRules(FaceAdDbContext db) : IPasswordValidator<User>
{
    // Of 0 to 4: some hundred million guesses, which take years at the rate that sign-in allows.
    private const int LeastScore = 2;

    // The effort of the estimate grows with the cube of the length, and what is this good at its beginning is good.
    private const int MostEstimated = 40;

    private static readonly Zxcvbn.Zxcvbn Estimator = new();

    public async Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password) =>
        await ProblemAsync(db, user, password) is not { } problem
            ? IdentityResult.Success
            : IdentityResult.Failed(new IdentityError { Code = problem.ToString(), Description = "The password is too simple." });

    /// <summary>What is wrong with a new password of an account; null when it is fine.</summary>
    public static async Task<AccountProblem?> ProblemAsync(FaceAdDbContext db, User user, string? password) => Problem(
        password, user.Email, user.DisplayName,
        await db.Organisations.Where(o => o.Id == user.OrganisationId).Select(o => o.Name).SingleOrDefaultAsync());

    /// <summary>What is wrong with a password; null when it is fine.</summary>
    /// <param name="password">The password.</param>
    /// <param name="own">What others know of the user: names, the address.</param>
    public static AccountProblem? Problem(string? password, params string?[] own)
    {
        if (password is not { Length: >= AccountRules.MinPassword and <= AccountRules.MaxPassword }) return AccountProblem.Password;
        var begin = new string([.. password.Take(MostEstimated).Select(PlainDigit)]);
        return Estimator.EvaluatePassword(begin, Words(own)).Score < LeastScore ? AccountProblem.Guessable : null;
    }

    private static string[] Words(IEnumerable<string?> own) =>
        [.. own.OfType<string>().Append("FaceAd").Select(text => text.ToLowerInvariant()).SelectMany(WordsOf).Distinct()];

    // "Kim Ha-neul" is also haneul and kimhaneul.
    private static IEnumerable<string> WordsOf(string text)
    {
        var words = text.Split(text.Where(c => !char.IsLetterOrDigit(c)).ToArray(), StringSplitOptions.RemoveEmptyEntries);
        return words.Append(text).Append(string.Concat(words)).Append(string.Concat(words.Skip(1))).Where(word => word.Length >= 3);
    }

    // Digits of other scripts are as easy to guess, and the estimator reads ours only.
    private static char PlainDigit(char c) => char.IsDigit(c) ? (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(c)) : c;
}
