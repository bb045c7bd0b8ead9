using FaceAd.Web.Accounts.Limits;
using FaceAd.Web.Data;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>A try to sign in with a password, or with a second factor.</summary>
/// <param name="Account">The typed address in one form, whether or not it has an account.</param>
/// <param name="Network">Where it comes from, of <see cref="ClientAddress"/>.</param>
/// <param name="Browser">The browser, when it has signed in to this account before, see <see cref="KnownBrowser"/>.</param>
readonly record struct SignInTry(string Account, string Network, Guid? Browser)
{
    /// <summary>Whether it is a second factor, which only those can try who know the password.</summary>
    public bool IsCode { get; init; }

    /// <summary>A try at a user's account in a request.</summary>
    public static SignInTry Of(User user, HttpContext? http, KnownBrowser browsers) =>
        new(user.NormalizedEmail!, ClientAddress.NetworkOf(http), http is null ? null : browsers.Of(http, user.Id));

    /// <summary>What this try is counted by.</summary>
    public string OwnCount => Browser is { } browser ? $"browser {browser:N} {What} {Account}" : $"network {Network} {What} {Account}";

    /// <summary>What tries from all networks are counted by; null for a known browser, which nobody else can hold up.</summary>
    public string? SharedCount => Browser is null ? $"all {What} {Account}" : null;

    private string What => IsCode ? "code" : "password";
}

/// <summary>
/// Slows down guessing without enabling a guesser to lock anyone out. Wrong passwords hold up the network that they come from, at this
/// account only. Guesses at one account from many networks are held up together, for a time that doubles as they go on, except for browsers
/// that have signed in to the account before. Second factors are counted apart, by the same rule, but fewer of them. Addresses without an
/// account are treated alike. All nodes count together, by rows and the database's clock.
/// </summary>
sealed class SignInGuard(NpgsqlDataSource database, IOptions<AccountOptions> accounts)
{
    /// <summary>Tries of one network or browser at an account before it is held up.</summary>
    public const int MostOwn = 5;

    /// <summary>The most counts that are kept; beyond that the oldest are dropped.</summary>
    public const int Capacity = 1_000_000;

    /// <summary>Deletes counts without a try for $1 beyond their hold, and what is more than $2.</summary>
    internal const string Sweep = """
        DELETE FROM sign_in_tries WHERE greatest(at, held_until) + $1 < clock_timestamp()
            OR key IN (SELECT key FROM sign_in_tries ORDER BY at DESC OFFSET $2)
        """;

    /// <summary>A count starts anew after this long without a try.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromMinutes(15);

    private const int MostDoublings = 4;

    // Unless the clock was set back since.
    private const string IsHeld = "(t.held_until > clock_timestamp() AND t.at < clock_timestamp() + interval '1 minute')";

    // Every $2th try holds up what is counted here for $3, doubled each time, at most $4 times. Nothing is returned for one that is held.
    private const string Count = $"""
        INSERT INTO sign_in_tries AS t (key, tries, at, held_until)
        VALUES ($1, 1, clock_timestamp(), CASE WHEN $2 = 1 THEN clock_timestamp() + $3 ELSE clock_timestamp() END)
        ON CONFLICT (key) DO UPDATE SET (tries, at, held_until) = (
            SELECT n, clock_timestamp(), CASE WHEN n % $2 = 0
                THEN clock_timestamp() + $3 * (1 << least($4, n / $2 - 1)) ELSE clock_timestamp() END
            FROM (SELECT CASE WHEN greatest(t.at, t.held_until) + $5 < clock_timestamp() THEN 1 ELSE t.tries + 1 END) AS next (n))
        WHERE NOT {IsHeld}
        RETURNING 1
        """;

    private const string Held = $"SELECT t.held_until - clock_timestamp() FROM sign_in_tries t WHERE t.key = ANY ($1) AND {IsHeld}";
    private const string Forget = "DELETE FROM sign_in_tries WHERE key = $1";
    private const string TakeBack = "UPDATE sign_in_tries SET tries = tries - 1 WHERE key = $1 AND tries > 0";

    private static readonly TimeSpan OwnHold = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstHold = TimeSpan.FromMinutes(1);

    /// <summary>Counts a try before it is checked, so that many at once do not slip through, wherever they arrive.</summary>
    /// <returns>How long it is held up, in which case it must not be checked; null when it may go on.</returns>
    public async Task<TimeSpan?> BeginAsync(SignInTry attempt)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            // A try that is held up by others does not count as its own either. In one order everywhere: others wait, and do not deadlock.
            if (await CountAsync(connection, attempt.OwnCount, MostOwn, OwnHold, 0)
                && (attempt.SharedCount is not { } shared || await CountAsync(
                    connection, shared, attempt.IsCode ? MostOwn : accounts.Value.TriesPerMinute, FirstHold, MostDoublings)))
            {
                await transaction.CommitAsync();
                return null;
            }
        }
        return await HeldAsync(connection, attempt) ?? TimeSpan.Zero;
    }

    /// <summary>How long the next such try will be held up; null when it will not be.</summary>
    public async Task<TimeSpan?> HeldAsync(SignInTry attempt)
    {
        await using var connection = await database.OpenConnectionAsync();
        return await HeldAsync(connection, attempt);
    }

    /// <summary>Takes a try back that was right.</summary>
    public async Task SucceededAsync(SignInTry attempt)
    {
        await using var connection = await database.OpenConnectionAsync();
        await connection.ExecuteAsync(Forget, [SharedLimits.KeyOf(attempt.OwnCount)], default);
        if (attempt.SharedCount is { } shared) await connection.ExecuteAsync(TakeBack, [SharedLimits.KeyOf(shared)], default);
    }

    private static async Task<bool> CountAsync(NpgsqlConnection connection, string name, int most, TimeSpan hold, int doublings) =>
        (await connection.QueryAsync(Count, [SharedLimits.KeyOf(name), most, hold, doublings, Quiet], _ => true, default)).Count > 0;

    private static async Task<TimeSpan?> HeldAsync(NpgsqlConnection connection, SignInTry attempt)
    {
        Guid[] keys = [.. new[] { attempt.OwnCount, attempt.SharedCount }.OfType<string>().Select(SharedLimits.KeyOf)];
        var holds = await connection.QueryAsync(Held, [keys], r => r.GetTimeSpan(0), default);
        return holds.Count > 0 ? holds.Max() : null;
    }
}
