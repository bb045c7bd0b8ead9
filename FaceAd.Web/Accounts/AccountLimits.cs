using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using FaceAd.Web.Accounts.Limits;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts;

/// <summary>
/// Rate limits of the account pages, for all nodes together. Per client network by the server's rate limiter, see <see cref="Policy"/>; per
/// account or mail address here, wherever the request comes from.
/// </summary>
sealed class AccountLimits(SharedLimits shared, IOptions<AccountOptions> options)
{
    /// <summary>Name of the rate limiter's policy for the forms of the account pages; viewing a page is not limited.</summary>
    public const string Policy = "accounts";

    private readonly Rate _tries = new(options.Value.TriesPerMinute, TimeSpan.FromMinutes(1));
    private readonly Rate _posts = new(options.Value.PostsPerMinute, TimeSpan.FromMinutes(1));
    private readonly Rate _mails = new(options.Value.MailsPerHour, TimeSpan.FromHours(1));

    /// <summary>Whether one more password or code may be tried for an account by someone who is in already.</summary>
    public Task<bool> MayTryAsync(string email) => shared.TakeAsync("tries", OneForm(email), _tries);

    /// <summary>Whether an address may be sent one more mail.</summary>
    public Task<bool> MayMailAsync(string email) => shared.TakeAsync("mails", OneForm(email), _mails);

    /// <summary>Whether one more action may be taken from an address on a page that posts no form; counted with the forms.</summary>
    public Task<bool> MayActAsync(string? address) =>
        shared.TakeAsync(Policy, IPAddress.TryParse(address, out var ip) ? ClientAddress.NetworkOf(ip) : "", _posts);

    /// <summary>Adds the policy, and the response to a client that exceeds it.</summary>
    public static void Add(RateLimiterOptions limits)
    {
        limits.AddPolicy(Policy, context =>
        {
            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
                return RateLimitPartition.GetNoLimiter("");
            var posts = context.RequestServices.GetRequiredService<IOptions<AccountOptions>>().Value.PostsPerMinute;
            return SharedLimiter.Of(context, Policy, ClientAddress.NetworkOf(context), new Rate(posts, TimeSpan.FromMinutes(1)));
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

    private static string OneForm(string email) => email.Trim().ToUpperInvariant();
}
