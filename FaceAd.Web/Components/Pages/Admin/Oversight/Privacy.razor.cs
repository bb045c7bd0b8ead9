using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Language;
using FaceAd.Web.Privacy;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Admin.Oversight;

/// <summary>What is stored about people, since when and until when. Viewing it is audited.</summary>
public sealed partial class Privacy
{
    private PrivacyFacts? _facts;
    private Viewer? _viewer;

    /// <summary>Name of the site after which the list begins.</summary>
    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [Inject]
    private SiteErasure Erasure { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        _viewer = Viewer.Of((await SignedIn).User);
        if (_viewer is { } viewer) await Audit.LookedAsync(viewer, AuditVerb.PrivacyViewed, AuditSubject.Page, null, "/admin/privacy");
        _facts = await Reader.ReadAsync(After);
    }

    private async Task EraseAsync(Site site)
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Admin.Erase.Title", site.Name], L["Admin.Erase.Text"],
            L["Admin.Erase"], danger: true) || await ActorAsync() is not { } actor) return;
        await Audit.WriteAsync(AuditLog.Entry(actor, Clock.GetUtcNow(), AuditVerb.ErasureAsked, AuditSubject.Site, site.Id, site.Name));
        var count = await Erasure.EraseAsync(site.Id);
        Notes.Add(L["Admin.Erase.Done", Display.Count(count)], Severity.Success);
        _facts = await Reader.ReadAsync(After);
    }

    private IEnumerable<EpochRow> Epochs(SitePrivacy people) =>
    [
        .. people.Stored.Select(e => new EpochRow(
            Display.Days(e.FirstDay, e.LastDay), Rows(e.Persons), L["Admin.Privacy.Templates"], Display.Moment(e.Since),
            Display.Day(e.DeleteOn), e.Overdue ? "Overdue" : e.Running ? "Running" : "Grace",
            e.Overdue ? Color.Error : e.Running ? Color.Success : Color.Warning)),
        .. people.Ended.Select(e => new EpochRow(
            Display.Days(e.FirstDay, e.LastDay), Display.Count(0), L["Admin.Privacy.Were", Display.Count(e.Persons)], Display.Dash,
            Display.Moment(e.EndedAt), "Ended", Color.Default)),
    ];

    private string Rows(RowCount count) =>
        count.Rows is not { } rows ? L["Admin.Privacy.ManyRows", Display.Count(PrivacyReader.MostCounted)]
        : count.Estimated ? L["Admin.Privacy.About", Display.Count(rows)] : Display.Count(rows);

    private string Day(DateOnly? day) => day is { } d ? Display.Day(d) : Display.Dash;

    private string Length(TimeSpan grace) => grace.TotalHours % 24 == 0
        ? L["Admin.Privacy.Length.Days", (int)grace.TotalDays] : L["Admin.Privacy.Length.Hours", (int)grace.TotalHours];

    private sealed record EpochRow(string Days, string Persons, string Note, string Since, string Until, string State, Color Colour);
}
