using System.Globalization;

namespace FaceAd.Web.Screens;

/// <summary>More came than can be written, or the database is away. Nothing was kept: whoever sent it must send it again.</summary>
/// <param name="message">One line for the log and for whoever looks at the screen's answer.</param>
/// <param name="cause">What stands behind it, if anything.</param>
sealed class BusyException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>How this server tells screens to come back later, instead of letting its memory grow.</summary>
static class BackPressure
{
    /// <summary>When to come back. Screens add a random part of their own, so that they do not return in step.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>503 with <c>Retry-After</c>, as problem+json.</summary>
    /// <param name="http">The request that is turned away.</param>
    /// <param name="exception">Why.</param>
    public static IResult Busy(HttpContext http, BusyException exception)
    {
        http.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString("F0", CultureInfo.InvariantCulture);
        return Results.Problem(exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
