using System.Globalization;
using System.Text.Json;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Components.Search;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;

namespace FaceAd.Web.Components.Pages.Admin.Oversight;

/// <summary>The audit log. The filters are in the address. Viewing it is itself audited.</summary>
public sealed partial class Audit
{
    private const string NobodyWord = "nobody";
    private static readonly Guid Nobody = Guid.Empty;

    private AuditPage? _page;
    private Dictionary<string, string> _places = []; // names of the buildings that the page's entries are about
    private Viewer _viewer;
    private string? _text, _hide;
    private Guid? _who;
    private AuditVerb? _verb;
    private DayRange _days;
    private DateOnly? _from, _to;
    private Guid? _subject;
    private IReadOnlySet<string> _hidden = new HashSet<string>();

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

    /// <summary>Columns that a saved view hides, comma separated; null for what the browser remembers.</summary>
    [SupplyParameterFromQuery]
    public string? Hide { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [Inject]
    private AuditLog Log { get; set; } = null!;

    [Inject]
    private AuditReader Reader { get; set; } = null!;

    [Inject]
    private IDbContextFactory<FaceAdDbContext> Contexts { get; set; } = null!;

    [Inject]
    private AuditRetention Retention { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    [Inject]
    private ChangeText Changes { get; set; } = null!;

    private IReadOnlyList<(string Key, string Title)> Columns =>
        [("who", L["Admin.Audit.Who"]), ("about", L["Admin.Audit.About"]), ("address", L["Admin.Audit.Address"])];

    private bool Filtered =>
        _text is not null || (_who ?? _subject) is not null || _verb is not null || (_from ?? _to) is not null;

    // What was done by nobody who is signed in.
    private FoundName System => new() { Id = Nobody, Name = L["Admin.Audit.Nobody"] };

    // What the form would drop.
    private IEnumerable<(string Key, string? Value)> Others =>
        new (string, string?)[] { ("who", WhoDid), ("what", What), ("from", From), ("to", To), ("subject", About), ("hide", Hide) }
            .Where(p => !string.IsNullOrEmpty(p.Item2));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of((await SignedIn).User) is not { } viewer) return;
        _viewer = viewer;
        await Log.LookedAsync(viewer, AuditVerb.AuditViewed, AuditSubject.Page, null, "/admin/audit");
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _verb = Enum.TryParse<AuditVerb>(What, out var verb) && Enum.IsDefined(verb) ? verb : null;
        _who = WhoDid == NobodyWord ? Nobody : Guid.TryParse(WhoDid, out var user) && user != Nobody ? user : null;
        _subject = Guid.TryParse(About, out var subject) ? subject : null;
        _text = StorableText.Trimmed(Text) is { } text ? StorableText.Cut(text, AuditFilter.MaxText) : null;
        _days = DayRange.Read(From, To);
        (_from, _to) = (_days.Bounded.From, _days.Bounded.To);
        if (Hide != _hide) (_hide, _hidden) = (Hide, (Hide ?? "").Split(',').Intersect(Columns.Select(c => c.Key)).ToHashSet());
        var page = await Reader.ReadAsync(new AuditFilter
        {
            UserId = _who == Nobody ? null : _who,
            Nobody = _who == Nobody,
            Verb = _verb,
            Text = _text,
            SubjectId = _subject,
            From = _from is { } from ? Display.StartOf(from) : null,
            To = _to is { } to ? Display.StartOf(to.AddDays(1)) : null,
            After = AuditCursor.Read(After),
        });
        _places = await PlacesOfAsync(page.Entries);
        _page = page;
    }

    private async Task<Dictionary<string, string>> PlacesOfAsync(IEnumerable<AuditEntry> entries)
    {
        var places = entries.Where(e => e.Subject == AuditSubject.Campaign).SelectMany(DetailsOf).Where(d => d.Key == "sites")
            .SelectMany(d => d.Value.Split([CampaignTerms.Arrow, " "], StringSplitOptions.RemoveEmptyEntries)).Distinct().ToArray();
        if (places.Length == 0) return [];
        await using var db = await Contexts.CreateDbContextAsync();
        var sites = await db.Sites.Where(s => places.Contains(s.Id.ToString().Substring(28))) // a place, as SQL takes it from an id
            .Select(s => new { s.Id, s.Name }).ToListAsync();
        return sites.ToDictionary(s => CampaignTerms.Place(s.Id), s => s.Name);
    }

    private static Dictionary<string, string> DetailsOf(AuditEntry entry) =>
        entry.Details is null ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(entry.Details) ?? [];

    private void Go(params (string Key, object? Value)[] changes)
    {
        var values = changes.ToDictionary(c => c.Key, c => c.Value);
        values["after"] = null;
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(values));
    }

    private string Here(string? after) => Navigation.GetUriWithQueryParameter("after", after);

    private string Here(Guid? subject) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["subject"] = subject, ["after"] = null });

    // Sign-ins and page views need no separate subject: the text before names it.
    private static bool IsAboutAThing(AuditEntry entry) =>
        entry is { SubjectId: not null, Subject: not AuditSubject.Page }
            && (entry.Subject != AuditSubject.Account || entry.SubjectId != entry.UserId);

    private string Who(AuditEntry entry) =>
        entry.UserName ?? L[entry.Verb == AuditVerb.SignInFailed ? "Admin.Audit.Unknown" : "Admin.Audit.System"];

    private IEnumerable<string> Words(AuditEntry entry) =>
        DetailsOf(entry).Select(w => w.Key switch
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
            "reports" => L["ReportMail." + w.Value].Value,
            _ when entry.Subject == AuditSubject.Campaign => Changes.Sentence(w.Key, w.Value, _places),
            _ => w.Value,
        });

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
            or AuditVerb.ScreenKeyChanged or AuditVerb.CampaignDeleted => "mud-error-text",
        AuditVerb.TwoFactorOff or AuditVerb.RecoveryCodeUsed or AuditVerb.MemberRemoved or AuditVerb.ApiTokenRevoked
            or AuditVerb.PasswordReset => "mud-error-text",
        _ => AboutAttribute.GroupOf(verb) == AuditGroup.Views ? "quiet" : null,
    };
}
