using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Language;
using FaceAd.Web.Screens;
using Radzen;

namespace FaceAd.Web.Components.Pages.Admin.Sites;

/// <content>Consent, notice and measurement of a site.</content>
sealed partial class Screens
{
    private string Consent(Site site) => site.ConsentAt is { } at
        ? L[site.ConsentBy is null ? "Admin.Consent.Since" : "Admin.Consent.SinceBy",
            Display.Day(DateOnly.FromDateTime(Display.Local(at).DateTime)), site.ConsentReference ?? "", site.ConsentBy ?? ""]
        : L["Admin.Consent.None"];

    private async Task SwitchAsync(Site site)
    {
        // Without consent the switch first opens the consent dialog, then continues here.
        if (!site.Measures && site.ConsentAt is null)
        {
            await ConsentAsync(site);
            return;
        }
        var key = "Admin.Screens.Measurement.Turn" + (site.Measures ? "Off" : "On");
        if (!await Confirm.AskAsync(Dialogs, L[key, site.Name], L[key + ".Text"], L[key + ".Do"], danger: site.Measures)) return;
        await TellAsync(await Consents.SetMeasurementAsync(site.Id, !site.Measures, _viewer));
    }

    private async Task ConsentAsync(Site site)
    {
        if (await Dialogs.OpenAsync<ConsentDialog>(L["Admin.Consent.Title", site.Name], new() { [nameof(ConsentDialog.Site)] = site },
            Wide) is not ConsentAnswer answer) return;
        if (answer.Withdraw)
        {
            await WithdrawAsync(site);
            return;
        }
        if (answer.Notice != site.Notice && await Consents.SetNoticeAsync(site.Id, answer.Notice, _viewer) is { } refusal)
        {
            await TellAsync(refusal);
            return;
        }
        var recorded = answer.Reference.Length > 0 && answer.Reference != site.ConsentReference;
        await TellAsync(recorded ? await Consents.RecordAsync(site.Id, answer.Reference, _viewer) : null);
        if (!recorded || _sites?.Find(s => s.Id == site.Id) is not { Measures: false, Notice.Length: > 0 } now) return;
        await SwitchAsync(now);
    }

    private async Task WithdrawAsync(Site site)
    {
        if (!await Confirm.AskAsync(Dialogs, L["Admin.Consent.Withdraw.Title", site.Name], L["Admin.Consent.Withdraw.Text"],
            L["Admin.Consent.Withdraw"], danger: true)) return;
        await TellAsync(await Consents.WithdrawAsync(site.Id, _viewer));
        if (!await Confirm.AskAsync(Dialogs, L["Admin.Erase.Title", site.Name], L["Admin.Erase.Text"], L["Admin.Erase"], danger: true))
            return;
        await Audit.WriteAsync(AuditLog.Entry(_viewer, Clock.GetUtcNow(), AuditVerb.ErasureAsked, AuditSubject.Site, site.Id, site.Name));
        var count = await Erasure.EraseAsync(site.Id);
        Notes.Notify(
            new NotificationMessage
            {
                Severity = NotificationSeverity.Success,
                Summary = L["Admin.Erase.Done", Display.Count(count)],
                Duration = 6000,
            });
    }

    private async Task TellAsync(ConsentRefusal? refusal)
    {
        if (refusal is { } why)
            Notes.Notify(
                new NotificationMessage
                {
                    Severity = NotificationSeverity.Error,
                    Summary = L["Admin.Consent.Refused." + why],
                    Duration = 8000,
                });
        await LoadAsync();
    }
}
