using System.Globalization;
using System.Resources;
using System.Security.Cryptography;
using System.Text;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace FaceAd.Web.Api;

/// <summary>Problems as programs get them: words in the caller's language for people, and a code for programs, which does not change.</summary>
static class ApiProblem
{
    private static readonly ResourceManager Words = new(typeof(Texts));

    /// <summary>A problem whose words are the text <c>Api.CODE</c>.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">What programs tell it by.</param>
    /// <param name="values">What stands in the text's places.</param>
    public static ProblemHttpResult Of(int status, string code, params object[] values) => Make(status, code, Text("Api." + code, values));

    /// <summary>What the rules of a page refuse, in the page's words.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="page">What the page's texts begin with, such as <c>Form.Problem.</c></param>
    /// <param name="refusal">Why.</param>
    public static ProblemHttpResult Of<T>(int status, string page, T refusal)
        where T : struct, Enum => Make(status, refusal.ToString(), Text(page + refusal));

    /// <summary>Several things that are wrong with a campaign's terms.</summary>
    /// <param name="problems">What.</param>
    public static ProblemHttpResult Of(IReadOnlyList<CampaignProblem> problems)
    {
        var problem = Make(StatusCodes.Status422UnprocessableEntity, "Terms", string.Join(' ', problems.Select(p => Text("Form.Problem." + p))));
        problem.ProblemDetails.Extensions["problems"] = problems.Select(p => p.ToString()).ToArray();
        return problem;
    }

    /// <summary>What the rules of accounts refuse.</summary>
    public static ProblemHttpResult Of(AccountProblem problem) => Of(problem switch
    {
        AccountProblem.Denied => StatusCodes.Status404NotFound, // whose account it is, is told to nobody else
        AccountProblem.Busy => StatusCodes.Status429TooManyRequests,
        AccountProblem.TooMany or AccountProblem.Last or AccountProblem.EmailTaken or AccountProblem.OrganisationTaken => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    }, "Acc.Problem.", problem);

    /// <summary>Words for a status that came from the server itself, such as a body that is no JSON; null when there are none.</summary>
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

    /// <summary>Says which problems an endpoint has beside those of all.</summary>
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
/// A key by which a program may ask twice and get one thing: it becomes the thing's identity, so that a repeat finds it, whatever happened
/// to the first answer.
/// </summary>
static class IdempotencyKey
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The most characters.</summary>
    public const int Most = 100;

    /// <summary>Whether a key is none, or a good one.</summary>
    public static bool IsGood(string? key) => key is null or { Length: > 0 and <= Most };

    /// <summary>The problem of one that is not.</summary>
    public static ProblemHttpResult Bad => ApiProblem.Of(400, "Key", Most);

    /// <summary>The identity that a key makes; null without a key.</summary>
    /// <param name="viewer">Whose key.</param>
    /// <param name="kind">What is made; two kinds do not share keys. Empty for a campaign.</param>
    /// <param name="key">The key.</param>
    public static Guid? IdOf(Viewer viewer, string kind, string? key) => key is null ? null
        : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}{viewer.OrganisationId:N} {key}")).AsSpan(0, 16));

    /// <summary>Whether there is one of that identity (true) or of that name (false) already; null when something else was wrong.</summary>
    public static bool? IsTwice(this DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } known ? known.ConstraintName?.StartsWith("pk_", StringComparison.Ordinal) == true : null;
}

/// <summary>Words and places in addresses.</summary>
static class ApiWords
{
    /// <summary>A value as a word that begins small.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => CampaignModel.Word(value.ToString());

    /// <summary>Reads a word; numbers and lists are none.</summary>
    public static bool Read<T>(string? text, out T value)
        where T : struct, Enum
    {
        value = default;
        return text is { Length: > 0 and < 60 } && char.IsAsciiLetter(text[0]) && !text.Contains(',', StringComparison.Ordinal)
            && Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value);
    }

    /// <summary>Whether a text can be stored and written: no half characters, and no zero bytes.</summary>
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

    /// <summary>A pattern for what stands anywhere in a text; null without words.</summary>
    public static string? Pattern(string? words) => words?.Trim() is not { Length: > 0 } text ? null
        : $"%{(text.Length > 100 ? text[..100] : text).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

    /// <summary>A place in a list that is ordered by instants.</summary>
    public static string Place(DateTimeOffset at, Guid id) =>
        new CampaignPlace(((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture), id).ToString();

    /// <summary>Reads a place; false when it is none. Without words it is the beginning.</summary>
    public static bool Place(string? text, out (DateTimeOffset At, Guid Id)? place)
    {
        place = CampaignPlace.Read(text) is { Instant: { } at } read ? (at, read.Id) : null;
        return text is null || place is not null;
    }

    /// <summary>One page of rows of which one more was asked for than it has.</summary>
    public static PageModel<TModel> Page<TRow, TModel>(IReadOnlyList<TRow> rows, int limit, Func<TRow, TModel> model, Func<TRow, string> place) =>
        new([.. rows.Take(limit).Select(model)], rows.Count > limit ? place(rows[limit - 1]) : null);
}
