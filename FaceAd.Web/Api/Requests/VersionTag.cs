using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace FaceAd.Web.Api.Requests;

/// <summary>A version as entity tag, such as <c>"7"</c>.</summary>
static class VersionTag
{
    /// <summary>Writes the tag of an answer.</summary>
    public static void Write(HttpResponse response, int version) =>
        response.GetTypedHeaders().ETag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));

    /// <summary>Reads the version that a change is for.</summary>
    /// <param name="request">The request.</param>
    /// <param name="version">The version; null when any will do.</param>
    /// <returns>False when <c>If-Match</c> is there and names no version.</returns>
    public static bool TryRead(HttpRequest request, out int? version)
    {
        version = null;
        if (request.Headers.IfMatch.Count == 0) return true;
        if (request.GetTypedHeaders().IfMatch is not [var tag]) return false;
        if (tag.Equals(EntityTagHeaderValue.Any)) return true;
        if (!int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var read)) return false;
        version = read;
        return !tag.IsWeak;
    }
}
