using System.Globalization;
using FaceAd.Web.Campaigns;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace FaceAd.Web.Api.Requests;

/// <summary>A campaign's version as entity tag, such as <c>"7"</c>, and changes that are for some versions only.</summary>
static class VersionTag
{
    /// <summary>Marks endpoints that take <c>If-Match</c>, for the description.</summary>
    public sealed class Taken;

    /// <summary>Declares that an endpoint changes the version only that <c>If-Match</c> names.</summary>
    public static RouteHandlerBuilder TakesVersion(this RouteHandlerBuilder route) =>
        route.WithMetadata(new Taken()).ProducesProblem(StatusCodes.Status412PreconditionFailed);

    /// <summary>Writes the tag of an answer.</summary>
    public static void Write(HttpResponse response, int version) =>
        response.GetTypedHeaders().ETag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{version}\""));

    /// <summary>Compares <c>If-Match</c> with a campaign that is about to be changed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="campaign">The campaign.</param>
    /// <param name="version">The version that the change is for; null when any will do.</param>
    /// <returns>The problem; null when there is none.</returns>
    public static ProblemHttpResult? Check(HttpRequest request, Campaign campaign, out int? version)
    {
        version = null;
        if (request.Headers.IfMatch.Count == 0) return null;
        if (!EntityTagHeaderValue.TryParseStrictList([.. request.Headers.IfMatch.OfType<string>()], out var tags))
            return ApiProblem.Of(400, "Tag");
        if (tags is [var one] && one.Equals(EntityTagHeaderValue.Any)) return null;
        var read = tags.Select(Read).ToList();
        if (read.Count == 0 || read.Contains(null)) return ApiProblem.Of(400, "Tag");
        version = campaign.Version;
        return read.Contains(version) ? null : Stale;
    }

    /// <summary>The problem of a change for a version that is not there any more.</summary>
    public static ProblemHttpResult Stale => ApiProblem.Of(412, "ChangedMeanwhile");

    private static int? Read(EntityTagHeaderValue tag) =>
        !tag.IsWeak && int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version : null;
}
