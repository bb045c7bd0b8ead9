using System.Globalization;
using System.Text.Json;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.Pages.Admin.Oversight;

/// <summary>The audit log. The filters are in the address. Viewing it is itself audited.</summary>
public sealed partial class Audit
{
    private const string Nobody = "nobody";
    private const int MostPeople = 1000;

    private AuditPage? _page;
    private List<(Guid Id, string Name, string Organisation)> _people = [];
    private string _who = "", _what = "", _text = "";
    private DateOnly? _from, _to;
    private Guid? _subject;

    /// <summary>The acting user: an account's id, or "nobody".</summary>
    [SupplyParameterFromQuery(Name = "who")]
    public string? WhoDid { get; set; }

    /// <summary>What was done: the name of an <see cref="AuditVerb"/>.</summary>
    [SupplyParameterFromQuery(Name = "what")]
    public string? What { get; set; }

    /// <summary>Text contained in the entry.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Text { get; set; }

    /// <summary>First day, as yyyy-MM-dd.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    /// <summary>Last day, as yyyy-MM-dd.</summary>
    [SupplyParameterFromQuery(Name = "to")]
    public string? To { get; set; }

    /// <summary>The id of the thing concerned.</summary>
    [SupplyParameterFromQuery(Name = "subject")]
    public string? About { get; set; }

    /// <summary>Where the page begins, an <see cref="AuditCursor"/>.</summary>
    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [Inject]
    private AuditLog Log { get; set; } = null!;

    [Inject]
    private AuditReader Reader { get; set; } = null!;

    [Inject]
    private AuditRetention Retention { get; set; } = null!;

    [Inject]
    private IDbContextFactory<FaceAdDbContext> Contexts { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    private bool Filtered => (_who + _what + _text).Length > 0 || _from is not null || _to is not null || _subject is not null;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of((await SignedIn).User) is { } viewer)
            await Log.LookedAsync(viewer, AuditVerb.AuditViewed, AuditSubject.Page, null, "/admin/audit");
        await using var db = await Contexts.CreateDbContextAsync();
        var people = await db.Users.Join(db.Organisations, u => u.OrganisationId, o => o.Id, (u, o) =>
            new { u.Id, u.UserName, Organisation = o.Name, o.Kind })
            .OrderByDescending(p => p.Kind).ThenBy(p => p.Organisation).ThenBy(p => p.UserName).Take(MostPeople).ToListAsync();
        _people = [.. people.Select(p => (p.Id, p.UserName ?? "", p.Organisation))];
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        var verb = Enum.TryParse<AuditVerb>(What, out var v) && Enum.IsDefined(v) ? v : (AuditVerb?)null;
        var user = Guid.TryParse(WhoDid, out var u) ? u : (Guid?)null;
        _subject = Guid.TryParse(About, out var subject) ? subject : null;
        _text = Text?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, AuditFilter.MaxText)] : "";
        (_who, _what, _from, _to) = (WhoDid == Nobody ? Nobody : user?.ToString() ?? "", verb?.ToString() ?? "", Day(From), Day(To));
        _page = await Reader.ReadAsync(new AuditFilter
        {
            UserId = user,
            Nobody = WhoDid == Nobody,
            Verb = verb,
            Text = _text,
            SubjectId = _subject,
            From = _from is { } from ? Display.StartOf(from) : null,
            To = _to is { } to && to < DateOnly.MaxValue ? Display.StartOf(to.AddDays(1)) : null,
            After = AuditCursor.Read(After),
        });
    }

    private void Search() => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters("/admin/audit", new Dictionary<string, object?>
    {
        ["who"] = _who.Length > 0 ? _who : null,
        ["what"] = _what.Length > 0 ? _what : null,
        ["q"] = _text.Trim() is { Length: > 0 } text ? text : null,
        ["from"] = _from?.Iso(),
        ["to"] = _to?.Iso(),
        ["subject"] = _subject,
    }));

    private string Here(string? after) => Navigation.GetUriWithQueryParameter("after", after);

    private string Here(Guid? subject) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["subject"] = subject, ["after"] = null });

    // Sign-ins and page views need no separate subject: the text before names it.
    private static bool IsAboutAThing(AuditEntry entry) =>
        entry is { SubjectId: not null, Subject: not AuditSubject.Page }
            && (entry.Subject != AuditSubject.Account || entry.SubjectId != entry.UserId);

    private string Who(AuditEntry entry) =>
        entry.UserName ?? L[entry.Verb == AuditVerb.SignInFailed ? "Admin.Audit.Unknown" : "Admin.Audit.System"];

    private IEnumerable<string> Words(AuditEntry entry)
    {
        if (entry.Details is null) return [];
        var words = JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Details) ?? [];
        return words.Select(w => w.Key switch
        {
            "reason" when entry.Verb == AuditVerb.SignInFailed => L["Admin.Audit.Reason." + w.Value].Value,
            "mode" => L["Admin.Audit.Mode." + w.Value].Value,
            "reason" => L["Admin.Audit.Word.Reason", w.Value].Value,
            "before" => L["Admin.Audit.Word.Before", RoleOr(w.Value)].Value,
            "role" => L["Admin.Audit.Word.Role", RoleOr(w.Value)].Value,
            "state" => L["Admin.Audit.State." + w.Value].Value,
            "until" when DateTimeOffset.TryParse(w.Value, CultureInfo.InvariantCulture, out var until) =>
                L["State.Until", Display.Moment(until)].Value,
            "creative" => L["Admin.Audit.Word.Creative", w.Value].Value,
            _ => w.Value,
        });
    }

    private string RoleOr(string word) => L["Role." + word] is { ResourceNotFound: false } role ? role.Value : word;

    private static string? Link(AuditEntry entry) => entry.Subject switch
    {
        AuditSubject.Campaign when entry.Verb != AuditVerb.CampaignDeleted => $"campaigns/{entry.SubjectId}",
        AuditSubject.Site or AuditSubject.Screen => "admin/screens",
        _ => null,
    };

    private static string? Tone(AuditVerb verb) => verb switch
    {
        AuditVerb.SignInFailed or AuditVerb.LockedOut or AuditVerb.TokenRevoked or AuditVerb.ConsentWithdrawn or AuditVerb.ErasureAsked
            or AuditVerb.CampaignDeleted => "bad",
        AuditVerb.TwoFactorOff or AuditVerb.RecoveryCodeUsed or AuditVerb.MemberRemoved or AuditVerb.ApiTokenRevoked
            or AuditVerb.PasswordReset => "bad",
        AuditVerb.PrivacyViewed or AuditVerb.AuditViewed or AuditVerb.FiguresViewed or AuditVerb.MailboxViewed => "quiet",
        _ => null,
    };

    private static string GroupOf(AuditVerb verb) => verb switch
    {
        < AuditVerb.CampaignCreated => "Access",
        < AuditVerb.SiteRegistered => "Campaigns",
        < AuditVerb.MeasurementOn => "Screens",
        < AuditVerb.PrivacyViewed => "Privacy",
        AuditVerb.MailboxViewed => "Looks",
        AuditVerb.ReportLinkMade or AuditVerb.ReportLinkEnded => "Campaigns",
        >= AuditVerb.SignedUp => "Accounts",
        _ => "Looks",
    };

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day.Year is > 2000 and < 9000 ? day : null;
}
