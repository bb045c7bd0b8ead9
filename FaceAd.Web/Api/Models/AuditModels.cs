using System.ComponentModel;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FaceAd.Web.Api.Models;

/// <summary>Filters of the audit log; absent ones match all.</summary>
sealed class AuditQuery
{
    /// <summary>The acting account.</summary>
    [Description("By this account.")]
    public Guid? User { get; init; }

    /// <summary>What was done.</summary>
    [Description("What was done, such as campaignApproved.")]
    public string? Verb { get; init; }

    /// <summary>The thing concerned.</summary>
    [Description("Concerning this subject.")]
    public Guid? Subject { get; init; }

    /// <summary>Text to search for.</summary>
    [Description("Contained in a name, the details or the address; at most 100 characters.")]
    public string? Text { get; init; }

    /// <summary>First day.</summary>
    [Description("First day, such as 2026-03-09.")]
    public string? From { get; init; }

    /// <summary>Last day.</summary>
    [Description("Last day.")]
    public string? To { get; init; }

    /// <summary>Position in the list.</summary>
    [Description("Value of next on the previous page.")]
    public string? After { get; init; }

    /// <summary>Parses the filters.</summary>
    /// <returns>The problem; null when there is none.</returns>
    internal ProblemHttpResult? Read(Display display, out AuditFilter filter)
    {
        filter = new AuditFilter();
        AuditVerb? verb = null;
        if (Verb is not null)
        {
            if (!ApiWords.Read<AuditVerb>(Verb, out var wanted))
                return ApiProblem.Of(400, "Word", "verb", string.Join(", ", Enum.GetValues<AuditVerb>().Select(ApiWords.Of)));
            verb = wanted;
        }
        var days = DayRange.Read(From, To);
        if (ApiProblem.Of(days) is { } problem) return problem;
        if (After is not null && AuditCursor.Read(After) is null) return ApiProblem.Of(400, "After");
        if (!StorableText.IsSound(Text)) return ApiProblem.Of(400, "BadRequest");
        filter = new AuditFilter
        {
            UserId = User,
            Verb = verb,
            SubjectId = Subject,
            Text = StorableText.Trimmed(Text),
            From = days.Bounded.From is { } from ? display.StartOf(from) : null,
            To = days.Bounded.To is { } to ? display.StartOf(to.AddDays(1)) : null,
            After = AuditCursor.Read(After),
        };
        return null;
    }
}

/// <summary>One entry of the audit log.</summary>
/// <param name="Id">Identity; ascending over time.</param>
/// <param name="At">Time of the action.</param>
/// <param name="UserId">The user; null for the system or a failed sign-in by an unknown user.</param>
/// <param name="UserName">The user's sign-in name.</param>
/// <param name="OrganisationId">The user's organisation.</param>
/// <param name="Verb">What was done.</param>
/// <param name="Subject">The kind of thing it was done to.</param>
/// <param name="SubjectId">Identity of that thing.</param>
/// <param name="SubjectName">Its name at the time.</param>
/// <param name="Details">Further facts.</param>
/// <param name="Address">Client address of the request.</param>
sealed record AuditModel(
    long Id, DateTimeOffset At, Guid? UserId, string? UserName, Guid? OrganisationId, string Verb, string Subject, Guid? SubjectId,
    string? SubjectName, IReadOnlyDictionary<string, string>? Details, string? Address);
