using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts;

/// <summary>
/// Rate limits of the account pages. Per client network by the server's rate limiter, see <see cref="Policy"/>; per account or mail address
/// here, wherever the request comes from. Each node counts on its own.
/// </summary>
sealed class AccountLimits : IDisposable
{
    /// <summary>Name of the rate limiter's policy for the forms of the account pages; viewing a page is not limited.</summary>
    public const string Policy = "accounts";

    private readonly PartitionedRateLimiter<string> _tries, _mails;

    public AccountLimits(IOptions<AccountOptions> options)
    {
        _tries = Limit(options.Value.TriesPerMinute, TimeSpan.FromMinutes(1));
        _mails = Limit(options.Value.MailsPerHour, TimeSpan.FromHours(1));
    }

    /// <summary>Whether one more password or code may be tried for an account by someone who is in already, or half in.</summary>
    public bool MayTry(string email) => Take(_tries, email);

    /// <summary>Whether an address may be sent one more mail.</summary>
    public bool MayMail(string email) => Take(_mails, email);

    public void Dispose()
    {
        _tries.Dispose();
        _mails.Dispose();
    }

    /// <summary>Adds the policy, and the response to a client that exceeds it.</summary>
    public static void Add(RateLimiterOptions limits)
    {
        limits.AddPolicy(Policy, context =>
        {
            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
                return RateLimitPartition.GetNoLimiter("");
            var posts = context.RequestServices.GetRequiredService<IOptions<AccountOptions>>().Value.PostsPerMinute;
            return RateLimitPartition.GetSlidingWindowLimiter(ClientAddress.NetworkOf(context), _ => new SlidingWindowRateLimiterOptions
            {
                PermitLimit = posts,
                Window = TimeSpan.FromMinutes(1),
                SegmentsPerWindow = 6,
            });
        });
        limits.OnRejected = (rejected, _) =>
        {
            var http = rejected.HttpContext;
            http.Response.Headers.RetryAfter = (rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after)
                ? (int)Math.Ceiling(after.TotalSeconds) : 1)
                .ToString(CultureInfo.InvariantCulture);
            // Back to the form, which shows that there were too many tries.
            if (http.Request.Path.StartsWithSegments("/account")) http.Response.Redirect($"{http.Request.Path}?error=busy");
            return ValueTask.CompletedTask;
        };
    }

    private static PartitionedRateLimiter<string> Limit(int permits,
        TimeSpan window) => PartitionedRateLimiter.Create<string, string>(key =>
        RateLimitPartition.GetFixedWindowLimiter(key, _ =>
            new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = window, AutoReplenishment = true }));

    private static bool Take(PartitionedRateLimiter<string> limiter, string email)
    {
        // Hashed, so that endless tries with long addresses cannot fill the memory.
        var key = Convert.ToHexString(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(email.Trim().ToUpperInvariant()))[..16]);
        using var lease = limiter.AttemptAcquire(key);
        return lease.IsAcquired;
    }
}
