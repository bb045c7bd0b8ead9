using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics.Forecasts;
using Microsoft.AspNetCore.Components.Routing;

namespace FaceAd.Web.Components.Pages.Campaigns.Form;

/// <content>Unsaved input: its summary, and how it is protected from being lost.</content>
sealed partial class CampaignForm
{
    private async Task ChangedAsync()
    {
        _dirty = true;
        await LookBackAsync();
    }

    // What was measured at the selected sites; the latest selection wins.
    private async Task LookBackAsync()
    {
        if (_draft is not { } draft || !RendererInfo.IsInteractive) return;
        var look = ++_looks;
        var sites = SiteGroups.Together(draft.SiteIds, _groups.Where(g => draft.GroupIds.Contains(g.Id)));
        var past = draft.Targets.Count == 0
            ? null : await History.ReadAsync([.. draft.Targets], sites, draft.Days, draft.Hours, Display.Today);
        if (look == _looks) _past = past;
        var before = Asks ? await ForecastAsync(CampaignDraft.Of(_campaign!), _campaign!.SiteIds) : null;
        var forecast = Entered(draft) is { } entered ? await ForecastAsync(entered, sites) : null;
        if (look == _looks) (_before, _forecast) = (before, forecast);
    }

    private async Task<Forecast?> ForecastAsync(CampaignDraft draft, IReadOnlyList<Guid> sites) =>
        Plans.Of(draft, _campaign?.Id, sites, Display.Today, _delivered) is { } plan ? (await Forecasts.ReadAsync(plan)).Make() : null;

    // The draft with what stands in the fields; null while a day is missing.
    private CampaignDraft? Entered(CampaignDraft draft)
    {
        if (Plan is not { } days) return null;
        var entered = new CampaignDraft
        {
            Targets = draft.Targets,
            SiteIds = draft.SiteIds,
            GroupIds = draft.GroupIds,
            Days = draft.Days,
            Hours = draft.Hours,
            PriceModel = draft.PriceModel,
            BudgetKrw = KrwText.Read(_budget),
            PricePerThousandKrw = KrwText.Read(_price),
            Delivery = draft.Delivery,
        };
        entered.Take(days);
        return entered;
    }

    private async Task LeavingAsync(LocationChangingContext leaving)
    {
        if (!_dirty) return;
        leaving.PreventNavigation();
        if (!await ConfirmDialog.AskAsync(
            Dialogs, L["Book.LeaveTitle"], L["Book.LeaveText"], L["Book.Leave"], L["Book.Stay"], danger: true)) return;
        _dirty = false;
        Navigation.NavigateTo(leaving.TargetLocation);
    }

    private async Task FindWhoAsync(Guid campaign)
    {
        var newest = (await Audit.ReadAsync(new AuditFilter { SubjectId = campaign })).Entries is [var entry, ..] ? entry : null;
        _conflictBy = newest is null ? null : newest.OrganisationId == _viewer.OrganisationId || _viewer.IsMediaOwner
            ? $"{newest.UserName}, {Display.Ago(newest.At)}" : $"{L["Book.MediaOwner"]}, {Display.Ago(newest.At)}";
    }

    // Reloads the form from the stored campaign.
    private async Task UseTheirVersionAsync()
    {
        (_draft, _dirty) = (null, false);
        await OnParametersSetAsync();
    }

    // Keeps the input; the next save overwrites the other user's version.
    private void KeepOwnVersion()
    {
        _draft!.Version = null;
        _problems.Remove(CampaignProblem.ChangedMeanwhile);
    }

    private int Weight(Creative creative) => _draft!.Weights.TryGetValue(creative.Id, out var weight) ? weight : creative.Weight;

    private double Share(Creative creative, Campaign campaign) => Weight(creative) / (double)Math.Max(1, campaign.Creatives.Sum(Weight));

    private void SetWeight(Creative creative, int weight)
    {
        _dirty = true;
        _draft!.Weights[creative.Id] = weight;
    }
}
