using FaceAd.Core.Decisions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Campaigns.Requests;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Campaigns.Form;

/// <content>Asking the media owner for a change of a booked campaign.</content>
sealed partial class CampaignForm
{
    private Dictionary<Guid, int> _plays = [];
    private IReadOnlyList<Creative> _known = [];
    private Guid? _replaces;
    private string _message = "";
    private decimal _accrued;
    private long _delivered;

    /// <summary>Whether it asks for a change, rather than making one.</summary>
    [Parameter]
    public bool Asks { get; set; }

    [Inject]
    private ChangeRequests Requests { get; set; } = null!;

    private string? MessageProblem => L.TooLong(_message, ChangeRequest.MaxText);

    // A day that has begun stays on air, or off it.
    private bool IsBegun(DateOnly? day) => Asks && _campaign!.StartsOn <= Display.Today && day <= Display.Today;

    // The campaign's flight that a row shows, if it has begun.
    private Flight? Begun(FlightRow row) => !Asks ? null
        : _campaign!.Plan.Flights.Where(f => f.StartsOn == row.Starts && f.StartsOn <= Display.Today).Select(f => (Flight?)f)
            .FirstOrDefault();

    // Fills the form: with the open request, if there is one. False when nothing can be asked.
    private async Task<bool> OpenRequestAsync(Campaign campaign)
    {
        if (_viewer.IsMediaOwner || !CampaignSteps.IsBooked(campaign.State)
            || CampaignPhases.Of(campaign, Display.Today) == CampaignPhase.Ended) return false;
        var open = await Requests.ListAsync(_viewer, campaign.Id, 1) is [{ State: ChangeRequestState.Open } newest]
            ? await Requests.FindAsync(_viewer, newest.Id, Display.Today) : null;
        var asked = open?.Request.Asked ?? RequestedTerms.Of(campaign);
        // Before the draft: the form is drawn as soon as there is one.
        _accrued = await Requests.AccruedAsync(campaign.Id);
        await using (var db = await Contexts.CreateDbContextAsync())
        {
            _delivered = await db.CampaignTotals.Where(t => t.CampaignId == campaign.Id).Select(t => t.TargetImpressions)
                .SingleOrDefaultAsync();
        }
        (_campaign, _draft) = (campaign, asked.ToDraft(campaign));
        (_replaces, _message) = (open?.Request.Id, open?.Request.Message ?? "");
        // What an earlier request named and was rejected is not offered again.
        _known = [.. campaign.Creatives
            .Concat(open?.Creatives.Values.Where(c => c.State is CreativeState.Held or CreativeState.Proposed) ?? [])
            .DistinctBy(c => c.LineId)];
        _plays = asked.Creatives.Where(c => _known.Any(k => k.LineId == c.Key)).ToDictionary();
        return true;
    }

    private async Task SendRequestAsync()
    {
        if (_busy || _draft is not { } draft || MessageProblem is not null) return;
        _busy = true;
        try
        {
            if (await ActorAsync() is null || !TakeInput(draft)) return;
            // Before the upload, which is not to be made in vain. The request is checked again when it is sent.
            _problems.UnionWith(draft.Problems(Display.Today, [.. _sites.Select(s => s.Id)], [.. _groups.Select(g => g.Id)]));
            if (_problems.Count == 0)
                _problems.UnionWith(BookedRules.Problems(_campaign!.Plan, draft.Plan, draft.BudgetKrw, _accrued, Display.Today));
            if (_problems.Count > 0) return;
            if (_upload is { HasCreative: true })
            {
                _refusal = await _upload.SendAsync(_campaign!.Id);
                if (_refusal is not null) return;
                _plays[_upload.Sent!.Value] = 1;
            }
            // Asked again: an upload takes its time.
            if (await ActorAsync() is not { } actor) return;
            var outcome = await Requests.AskAsync(actor, _campaign!.Id, draft, _plays, _message, _replaces, Display.Today);
            if (outcome.Refusal is RequestRefusal.Terms)
            {
                _problems.UnionWith(outcome.Problems);
                return;
            }
            if (outcome.Refusal is RequestRefusal.ChangedMeanwhile)
            {
                _problems.Add(CampaignProblem.ChangedMeanwhile);
                await FindWhoAsync(_campaign.Id);
                return;
            }
            if (outcome.Refusal is { } refusal) Notes.Add(L["Change.Refused." + refusal], Severity.Warning);
            else Notes.Add(L["Change.Done.Sent"], Severity.Success);
            if (outcome.Refusal is RequestRefusal.Same) return;
            _dirty = false;
            Navigation.NavigateTo($"campaigns/{_campaign.Id}");
        }
        finally
        {
            _busy = false;
        }
    }
}
