using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace FaceAd.Web.Data;

/// <summary>
/// The database could not be asked just now: all connections are in use, or it is away. Trying again may help, so people read that the
/// server is busy, and programs get 503.
/// </summary>
static class DatabaseBusy
{
    /// <summary>When to try again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Whether a failure is only that. EF Core wraps what Npgsql throws.</summary>
    public static bool Is(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is NpgsqlException { IsTransient: true } or TimeoutException) return true;
        }
        return false;
    }
}

/// <summary>
/// Makes the answer to a request that failed for this reason a 503 with <c>Retry-After</c>. Its body is written elsewhere.
/// </summary>
sealed class DatabaseBusyHandler : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (DatabaseBusy.Is(exception))
        {
            httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            httpContext.Response.Headers.RetryAfter = DatabaseBusy.RetryAfter.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
        }
        return ValueTask.FromResult(false);
    }
}
