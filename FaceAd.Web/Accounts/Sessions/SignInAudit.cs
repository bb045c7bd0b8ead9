using System.Globalization;
using FaceAd.Web.Accounts.Audit;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// Tells the audit log who came and went. What somebody typed is never kept: it may be a password in the wrong field. Who tries for ever cannot
/// fill the log: guesses at accounts that do not exist are told once a minute and address, knocks at a locked one once a minute.
/// </summary>
sealed class SignInAudit(AuditLog log, IHttpContextAccessor http, TimeProvider time)
{
    public Task WriteAsync(User user, AuditVerb verb) => log.WriteAsync(Entry(user, verb, null, null));

    /// <summary>Somebody was not let in: because of the password, because the account is locked, or because there is no such account.</summary>
    public Task FailedAsync(User? user, string reason)
    {
        var minute = time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
        var once = reason switch
        {
            "unknown" => $"unknown:{ClientAddress.Of(http.HttpContext)}:{minute}",
            "locked" => $"locked:{user?.Id:N}:{minute}",
            _ => null,
        };
        return log.WriteAsync(Entry(user, AuditVerb.SignInFailed, new Dictionary<string, string> { ["reason"] = reason }, once));
    }

    private AuditEntry Entry(User? user, AuditVerb verb, Dictionary<string, string>? details, string? once)
    {
        var who = new Viewer(user?.OrganisationId ?? default, false) { UserId = user?.Id, Name = user?.UserName, Address = ClientAddress.Of(http.HttpContext) };
        var entry = AuditLog.Entry(who, time.GetUtcNow(), verb, AuditSubject.Account, user?.Id, user?.UserName, details, once);
        return user is not null ? entry : new AuditEntry { At = entry.At, Verb = verb, Subject = entry.Subject, Details = entry.Details, Address = entry.Address, OnceKey = once };
    }
}
