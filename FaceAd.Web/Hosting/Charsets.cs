using Microsoft.Net.Http.Headers;

namespace FaceAd.Web.Hosting;

/// <summary>What is sent to us is UTF-8.</summary>
static class Charsets
{
    private static readonly string[] Known = ["utf-8", "us-ascii"]; // ASCII is a part of it

    /// <summary>Refuses bodies in another charset with 415: the framework fails on names that it does not know.</summary>
    public static void UseUtf8Bodies(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type) || !type.Charset.HasValue) return next(http);
        if (!Known.Contains(HeaderUtilities.RemoveQuotes(type.Charset).Value, StringComparer.OrdinalIgnoreCase))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return Task.CompletedTask;
        }
        type.Charset = "utf-8"; // it may be quoted, which the framework does not know either
        http.Request.ContentType = type.ToString();
        return next(http);
    });
}
