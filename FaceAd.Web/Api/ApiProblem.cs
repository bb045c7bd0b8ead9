using System.Globalization;
using System.Resources;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Api;

/// <summary>Problem responses: a text in the caller's language for people, and a stable code for programs.</summary>
static class ApiProblem
{
    private static readonly ResourceManager Words = new(typeof(Texts));

    /// <summary>A problem whose text is the resource <c>Api.CODE</c>.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">The stable code.</param>
    /// <param name="values">Format arguments of the text.</param>
    public static ProblemHttpResult Of(int status, string code, params object[] values) => Make(status, code, Text("Api." + code, values));

    /// <summary>The problem with the days of an address; null when there is none.</summary>
    /// <param name="days">The days.</param>
    public static ProblemHttpResult? Of(DayRange days) =>
        days.Unreadable is { } word ? Of(400, "Day", word) : days.IsReversed ? Of(400, "Days") : null;

    /// <summary>A refusal by the rules of a page, with the page's text.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="page">Prefix of the page's texts, such as <c>Form.Problem.</c></param>
    /// <param name="refusal">The refusal.</param>
    public static ProblemHttpResult Of<T>(int status, string page, T refusal)
        where T : struct, Enum => Make(status, refusal.ToString(), Text(page + refusal));

    /// <summary>Several problems with a campaign's terms.</summary>
    public static ProblemHttpResult Of(IReadOnlyList<CampaignProblem> problems)
    {
        var problem = Make(
            StatusCodes.Status422UnprocessableEntity, "Terms", string.Join(' ', problems.Select(p => Text("Form.Problem." + p))));
        problem.ProblemDetails.Extensions["problems"] = problems.Select(p => p.ToString()).ToArray();
        return problem;
    }

    /// <summary>A refusal by the account rules.</summary>
    public static ProblemHttpResult Of(AccountProblem problem) => Of(problem switch
    {
        AccountProblem.Denied => StatusCodes.Status404NotFound, // do not reveal that the account exists
        AccountProblem.Busy => StatusCodes.Status429TooManyRequests,
        AccountProblem.TooMany or AccountProblem.Last or AccountProblem.EmailTaken or AccountProblem.OrganisationTaken =>
            StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    }, "Acc.Problem.", problem);

    /// <summary>The code for a status that the framework itself returned, such as for malformed JSON; null when there is none.</summary>
    public static string? Of(int status) => status switch
    {
        400 => "BadRequest",
        404 => "NoRoute",
        405 => "NoMethod",
        413 => "TooLarge",
        415 => "NotJson",
        429 => "TooMany",
        500 => "Trouble",
        503 => "Unavailable",
        _ => null,
    };

    /// <summary>A text in the caller's language.</summary>
    public static string Text(string key, params object[] values) =>
        Words.GetString(key, CultureInfo.CurrentUICulture) is not { } text ? key : values.Length == 0
            ? text : string.Format(CultureInfo.CurrentCulture, text, values);

    /// <summary>A text in English, for the description of the API.</summary>
    public static string English(string key) => Words.GetString(key, CultureInfo.InvariantCulture) ?? key;

    /// <summary>Declares the problem statuses of an endpoint, besides the common ones.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params int[] statuses) =>
        statuses.Aggregate(route, (r, status) => r.ProducesProblem(status));

    private static ProblemHttpResult Make(int status, string code, string detail) => TypedResults.Problem(new ProblemDetails
    {
        Status = status,
        Detail = detail,
        Extensions = { ["code"] = code },
    });
}
