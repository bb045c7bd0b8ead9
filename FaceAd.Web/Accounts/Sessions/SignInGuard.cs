using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>A try to sign in with a password.</summary>
/// <param name="Account">The typed address in one form, whether or not it has an account.</param>
/// <param name="Network">Where it comes from, of <see cref="ClientAddress"/>.</param>
/// <param name="Browser">The browser, when it has signed in to this account before, see <see cref="KnownBrowser"/>.</param>
readonly record struct SignInTry(string Account, string Network, Guid? Browser)
{
    /// <summary>What this try is counted by.</summary>
    public string OwnCount => Browser is { } browser ? $"browser {browser:N} {Account}" : $"network {Network} {Account}";

    /// <summary>What tries from all networks are counted by; null for a known browser, which nobody else can hold up.</summary>
    public string? SharedCount => Browser is null ? $"all {Account}" : null;
}

/// <summary>
/// Slows down guessing without enabling a guesser to lock anyone out. Wrong passwords hold up the network that they come from, at this
/// account only. Guesses at one account from many networks are held up together, for a time that doubles as they go on, except for browsers
/// that have signed in to the account before. Addresses without an account are treated alike. In memory; each node counts on its own.
/// </summary>
sealed class SignInGuard(IOptions<IdentityOptions> identity, IOptions<AccountOptions> accounts, TimeProvider time)
{
    /// <summary>The most counts that are kept; beyond that the oldest quarter is dropped.</summary>
    public const int Capacity = 100_000;

    // A count starts anew after this long without a try.
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan FirstHold = TimeSpan.FromMinutes(1);
    private const int MostDoublings = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Count> _counts = [];

    /// <summary>Counts a try before its password is checked, so that many at once do not slip through.</summary>
    /// <returns>How long it is held up, in which case it must not be checked; null when it may go on.</returns>
    public TimeSpan? Begin(SignInTry attempt)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (Held(attempt, now) is { } held) return held;
            var rule = identity.Value.Lockout;
            var own = Find(attempt.OwnCount, now);
            if (++own.Tries % rule.MaxFailedAccessAttempts == 0) own.Hold(now, rule.DefaultLockoutTimeSpan);
            if (attempt.SharedCount is not { } shared) return null;
            var all = Find(shared, now);
            var most = accounts.Value.TriesPerMinute;
            if (++all.Tries % most == 0) all.Hold(now, FirstHold * (1 << Math.Min(MostDoublings, (all.Tries / most) - 1)));
            return null;
        }
    }

    /// <summary>How long the next such try will be held up; null when it will not be.</summary>
    public TimeSpan? Held(SignInTry attempt)
    {
        lock (_lock) return Held(attempt, time.GetTimestamp());
    }

    /// <summary>Takes a try back, whose password was right.</summary>
    public void Succeeded(SignInTry attempt)
    {
        lock (_lock)
        {
            _counts.Remove(KeyOf(attempt.OwnCount));
            if (attempt.SharedCount is { } shared && _counts.TryGetValue(KeyOf(shared), out var all) && all.Tries > 0) all.Tries--;
        }
    }

    private TimeSpan? Held(SignInTry attempt, long now)
    {
        TimeSpan? longest = null;
        foreach (var text in new[] { attempt.OwnCount, attempt.SharedCount })
        {
            if (text is null || !_counts.TryGetValue(KeyOf(text), out var count)) continue;
            var left = count.HeldFor - time.GetElapsedTime(count.HeldAt, now);
            if (left > TimeSpan.Zero && !(left < longest)) longest = left;
        }
        return longest;
    }

    private Count Find(string text, long now)
    {
        var key = KeyOf(text);
        if (_counts.TryGetValue(key, out var count))
        {
            if (time.GetElapsedTime(count.At, now) > Quiet + count.HeldFor) count.Tries = 0;
        }
        else
        {
            if (_counts.Count >= Capacity)
            {
                foreach (var (old, _) in _counts.OrderBy(c => c.Value.At).Take(Capacity / 4).ToList()) _counts.Remove(old);
            }
            _counts[key] = count = new Count();
        }
        count.At = now;
        return count;
    }

    // A hash, so that long addresses do not fill the memory.
    private static UInt128 KeyOf(string text) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class Count
    {
        public int Tries { get; set; }

        public long At { get; set; }

        public long HeldAt { get; private set; }

        public TimeSpan HeldFor { get; private set; }

        public void Hold(long now, TimeSpan length) => (HeldAt, HeldFor) = (now, length);
    }
}
