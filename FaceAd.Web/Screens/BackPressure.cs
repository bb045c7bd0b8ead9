using System.Globalization;

namespace FaceAd.Web.Screens;

/// <summary>The server is overloaded or the database is unavailable. Nothing was stored; the sender must retry.</summary>
/// <param name="message">One line for the log and the response.</param>
/// <param name="cause">The underlying error, if any.</param>
sealed class BusyException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Tells screens to retry later, instead of queueing without bound.</summary>
static class BackPressure
{
    /// <summary>How long screens wait before retrying. They add random jitter, so that they do not return in step.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>503 with <c>Retry-After</c>, as problem+json.</summary>
    /// <param name="http">The rejected request.</param>
    /// <param name="exception">The reason.</param>
    public static IResult Busy(HttpContext http, BusyException exception)
    {
        http.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
