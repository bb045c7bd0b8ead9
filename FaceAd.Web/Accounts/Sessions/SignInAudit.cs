using System.Globalization;
using FaceAd.Web.Accounts.Audit;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// Records sign-ins and sign-outs in the audit log. What was typed is never kept: it may be a password in the wrong field. Endless tries
/// cannot fill the log: tries at unknown accounts are recorded once per minute and network, tries that are held up once per minute.
/// </summary>
sealed class SignInAudit(AuditLog log, IHttpContextAccessor http, TimeProvider time)
{
    public Task WriteAsync(User user, AuditVerb verb) => log.WriteAsync(Entry(user, verb, null, null));

    /// <summary>A sign-in failed: wrong password or code, locked account, or no such account.</summary>
    public Task FailedAsync(User? user, string reason)
    {
        var minute = time.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);
        var once = reason switch
        {
            "unknown" => $"unknown:{ClientAddress.NetworkOf(http.HttpContext)}:{minute}",
            "locked" => $"locked:{user?.Id:N}:{minute}",
            _ => null,
        };
        return log.WriteAsync(Entry(user, AuditVerb.SignInFailed, new Dictionary<string, string> { ["reason"] = reason }, once));
    }

    private AuditEntry Entry(User? user, AuditVerb verb, Dictionary<string, string>? details, string? once)
    {
        var who = new Viewer(user?.OrganisationId ?? default,
            false)
        { UserId = user?.Id, Name = user?.UserName, Address = ClientAddress.Of(http.HttpContext) };
        var entry = AuditLog.Entry(who, time.GetUtcNow(), verb, AuditSubject.Account, user?.Id, user?.UserName, details, once);
        return user is not null
            ? entry
            : new AuditEntry
            {
                At = entry.At,
                Verb = verb,
                Subject = entry.Subject,
                Details = entry.Details,
                Address = entry.Address,
                OnceKey = once,
            };
    }
}
