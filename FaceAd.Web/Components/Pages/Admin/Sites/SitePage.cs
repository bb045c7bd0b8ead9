using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <summary>A page on which buildings are registered, measured, and consent to it.</summary>
public abstract class SitePage : OwnerComponent
{
    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [Inject]
    private IStringLocalizer<Texts> Words { get; set; } = null!;

    [Inject]
    private SiteConsents Consents { get; set; } = null!;

    [Inject]
    private SiteErasure Erasure { get; set; } = null!;

    [Inject]
    private AuditLog Audit { get; set; } = null!;

    [Inject]
    private protected IDbContextFactory<FaceAdDbContext> Contexts { get; set; } = null!;

    [Inject]
    private protected IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private protected TimeProvider Clock { get; set; } = null!;

    [Inject]
    private protected Display Display { get; set; } = null!;

    /// <summary>Who reads the page.</summary>
    private protected Viewer Reader { get; private set; }

    /// <summary>Whether the user may change anything.</summary>
    private protected bool CanChange { get; private set; }

    /// <summary>The building whose switch was pressed and is being asked about; null for none.</summary>
    private protected Guid? Asked { get; private set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of((await SignedIn).User) is { } reader) (Reader, CanChange) = (reader, reader.CanChange);
    }

    /// <summary>Reads the page again after a change.</summary>
    private protected abstract Task LoadAsync();

    private protected string Consent(Site site) => site.ConsentAt is { } at
        ? Words[site.ConsentBy is null ? "Admin.Consent.Since" : "Admin.Consent.SinceBy",
            Display.Day(DateOnly.FromDateTime(Display.Local(at).DateTime)), site.ConsentReference ?? "", site.ConsentBy ?? ""]
        : Words["Admin.Consent.None"];

    /// <summary>Whether a building's switch shows that it is measured: as asked for, while that is asked about.</summary>
    private protected bool ShowsMeasured(Site site) => site.Measures != (Asked == site.Id);

    private protected async Task SwitchAsync(Site site)
    {
        Asked = site.Id;
        try
        {
            // Without consent the switch first opens the consent dialog, then continues there.
            if (!site.Measures && site.ConsentAt is null) await ConsentAsync(site);
            else await MeasureAsync(site);
        }
        finally
        {
            Asked = null;
        }
    }

    private protected async Task ConsentAsync(Site site)
    {
        var dialog = await Dialogs.ShowAsync<ConsentDialog>(
            Words["Admin.Consent.Title", site.Name], new DialogParameters<ConsentDialog> { { d => d.Site, site } });
        if (await dialog.GetReturnValueAsync<ConsentAnswer>() is not { } answer) return;
        if (answer.Withdraw)
        {
            await WithdrawAsync(site);
            return;
        }
        if (await ActorAsync() is not { } viewer) return;
        if (answer.Notice != site.Notice && await Consents.SetNoticeAsync(site.Id, answer.Notice, viewer) is { } refusal)
        {
            await TellAsync(refusal);
            return;
        }
        var recorded = answer.Reference.Length > 0 && answer.Reference != site.ConsentReference;
        await TellAsync(recorded ? await Consents.RecordAsync(site.Id, answer.Reference, viewer) : null);
        if (recorded && await FindAsync(site.Id) is { Measures: false, Notice.Length: > 0 } now) await MeasureAsync(now);
    }

    private async Task<Site?> FindAsync(Guid id)
    {
        await using var db = await Contexts.CreateDbContextAsync();
        return await db.Sites.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id);
    }

    private async Task MeasureAsync(Site site)
    {
        var key = "Admin.Screens.Measurement.Turn" + (site.Measures ? "Off" : "On");
        if (!await ConfirmDialog.AskAsync(Dialogs, Words[key, site.Name], Words[key + ".Text"], Words[key + ".Do"], danger: site.Measures))
            return;
        if (await ActorAsync() is { } viewer) await TellAsync(await Consents.SetMeasurementAsync(site.Id, !site.Measures, viewer));
    }

    private async Task WithdrawAsync(Site site)
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, Words["Admin.Consent.Withdraw.Title", site.Name], Words["Admin.Consent.Withdraw.Text"],
            Words["Admin.Consent.Withdraw"], danger: true) || await ActorAsync() is not { } viewer) return;
        await TellAsync(await Consents.WithdrawAsync(site.Id, viewer));
        if (!await ConfirmDialog.AskAsync(Dialogs, Words["Admin.Erase.Title", site.Name], Words["Admin.Erase.Text"],
            Words["Admin.Erase"], danger: true) || await ActorAsync() is not { } eraser) return;
        await Audit.WriteAsync(AuditLog.Entry(eraser, Clock.GetUtcNow(), AuditVerb.ErasureAsked, AuditSubject.Site, site.Id, site.Name));
        var count = await Erasure.EraseAsync(site.Id);
        Notes.Add(Words["Admin.Erase.Done", Display.Count(count)], Severity.Success);
    }

    private async Task TellAsync(ConsentRefusal? refusal)
    {
        if (refusal is { } why) Notes.Add(Words["Admin.Consent.Refused." + why], Severity.Error);
        await LoadAsync();
    }
}
