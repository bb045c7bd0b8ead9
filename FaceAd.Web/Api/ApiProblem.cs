using System.Globalization;
using System.Resources;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Api.Models;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Npgsql;

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

    /// <summary>A refusal by the rules of a page, with the page's text.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="page">Prefix of the page's texts, such as <c>Form.Problem.</c></param>
    /// <param name="refusal">The refusal.</param>
    public static ProblemHttpResult Of<T>(int status, string page, T refusal)
        where T : struct, Enum => Make(status, refusal.ToString(), Text(page + refusal));

    /// <summary>Several problems with a campaign's terms.</summary>
    /// <param name="problems">The problems.</param>
    public static ProblemHttpResult Of(IReadOnlyList<CampaignProblem> problems)
    {
        var problem = Make(StatusCodes.Status422UnprocessableEntity, "Terms", string.Join(' ', problems.Select(p => Text("Form.Problem." + p))));
        problem.ProblemDetails.Extensions["problems"] = problems.Select(p => p.ToString()).ToArray();
        return problem;
    }

    /// <summary>A refusal by the account rules.</summary>
    public static ProblemHttpResult Of(AccountProblem problem) => Of(problem switch
    {
        AccountProblem.Denied => StatusCodes.Status404NotFound, // do not reveal that the account exists
        AccountProblem.Busy => StatusCodes.Status429TooManyRequests,
        AccountProblem.TooMany or AccountProblem.Last or AccountProblem.EmailTaken or AccountProblem.OrganisationTaken => StatusCodes.Status409Conflict,
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
        _ => null,
    };

    /// <summary>A text in the caller's language.</summary>
    public static string Text(string key, params object[] values) =>
        Words.GetString(key, CultureInfo.CurrentUICulture) is not { } text ? key : values.Length == 0 ? text : string.Format(CultureInfo.CurrentCulture, text, values);

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

/// <summary>
/// An idempotency key lets a client repeat a call safely: the created object's identity is derived from it, so that a repeat finds the
/// object, whatever happened to the first response.
/// </summary>
static class IdempotencyKey
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The longest key, in characters.</summary>
    public const int Most = 100;

    /// <summary>Whether a key is absent or valid.</summary>
    public static bool IsGood(string? key) => key is null or { Length: > 0 and <= Most };

    /// <summary>The problem for an invalid key.</summary>
    public static ProblemHttpResult Bad => ApiProblem.Of(400, "Key", Most);

    /// <summary>The identity derived from a key; null without a key.</summary>
    /// <param name="viewer">The key's user.</param>
    /// <param name="kind">Kind of object; kinds do not share keys. Empty for a campaign.</param>
    /// <param name="key">The key.</param>
    public static Guid? IdOf(Viewer viewer, string kind, string? key) => key is null ? null
        : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}{viewer.OrganisationId:N} {key}")).AsSpan(0, 16));

    /// <summary>Whether the identity (true) or the name (false) already exists; null for any other error.</summary>
    public static bool? IsTwice(this DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } known ? known.ConstraintName?.StartsWith("pk_", StringComparison.Ordinal) == true : null;
}

/// <summary>Enum values and list positions as text.</summary>
static class ApiWords
{
    /// <summary>An enum value in camel case.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => CampaignModel.Word(value.ToString());

    /// <summary>Parses an enum value; numbers and comma-separated lists are refused.</summary>
    public static bool Read<T>(string? text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text is { Length: > 0 and < 60 } && char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal)
            && Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value);
    }

    /// <summary>Whether a text can be stored: no unpaired surrogates, no zero bytes.</summary>
    public static bool IsSound(string? text)
    {
        if (text is null) return true;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0') return false;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }
        return true;
    }

    /// <summary>A LIKE pattern that matches a text anywhere; null for an empty text.</summary>
    public static string? Pattern(string? words) => words?.Trim() is not { Length: > 0 } text ? null
        : $"%{(text.Length > 100 ? text[..100] : text).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

    /// <summary>A position in a list that is ordered by time.</summary>
    public static string Place(DateTimeOffset at, Guid id) =>
        new CampaignPlace(((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture), id).ToString();

    /// <summary>Parses a position; false when it is malformed. An empty text is the beginning.</summary>
    public static bool Place(string? text, out (DateTimeOffset At, Guid Id)? place)
    {
        place = CampaignPlace.Read(text) is { Instant: { } at } read ? (at, read.Id) : null;
        return text is null || place is not null;
    }

    /// <summary>Builds one page from rows read with one row more than the page holds.</summary>
    public static PageModel<TModel> Page<TRow, TModel>(IReadOnlyList<TRow> rows, int limit, Func<TRow, TModel> model, Func<TRow, string> place) =>
        new([.. rows.Take(limit).Select(model)], rows.Count > limit ? place(rows[limit - 1]) : null);
}
