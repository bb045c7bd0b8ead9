using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Components.Pages.Campaigns.Planning;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Forecasts;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Campaigns.Form;

/// <summary>Creates a campaign or changes a draft: first its terms, then its creative, then it is submitted.</summary>
public sealed partial class CampaignForm
{
    private static readonly CampaignProblem[] NameProblems = [CampaignProblem.NameMissing, CampaignProblem.NameTooLong];
    private static readonly CampaignProblem[] BudgetProblems = [CampaignProblem.BudgetOutOfRange, CampaignProblem.BudgetSpent];
    private static readonly CampaignProblem[] PriceProblems = [CampaignProblem.PriceMissing];

    private static readonly CampaignProblem[] PeriodProblems =
    [
        CampaignProblem.EndsBeforeStart, CampaignProblem.PeriodTooLong, CampaignProblem.PeriodOver, CampaignProblem.TooFarAhead,
        CampaignProblem.FlightsOverlap, CampaignProblem.TooManyFlights, CampaignProblem.DaysBegun,
    ];

    private readonly HashSet<CampaignProblem> _problems = [];
    private Viewer _viewer;
    private Campaign? _campaign;
    private CampaignDraft? _draft;
    private List<Site> _sites = [];
    private CreativePicker? _upload;
    private string? _refusal;
    private bool _busy;
    private int? _percent;
    private List<FlightRow> _rows = [];
    private string _budget = "";
    private string _price = "";
    private IReadOnlyList<SiteGroup> _groups = [];
    private PastAudience? _past;
    private Forecast? _before; // of a booked campaign as it is
    private Forecast? _forecast;
    private string? _conflictBy;
    private bool _dirty;
    private int _looks;

    /// <summary>The draft; null to create a new one.</summary>
    [Parameter]
    public Guid? Id { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private CampaignService Service { get; set; } = null!;

    [Inject]
    private SiteGroups Groups { get; set; } = null!;

    [Inject]
    private AudienceHistory History { get; set; } = null!;

    [Inject]
    private ForecastReader Forecasts { get; set; } = null!;

    [Inject]
    private AuditReader Audit { get; set; } = null!;

    [Inject]
    private ScheduleText Words { get; set; } = null!;

    [Inject]
    private IDbContextFactory<FaceAdDbContext> Contexts { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        // A draft just created here keeps this page, with the creative selected in it.
        if (_draft is not null && Id == _campaign?.Id) return;
        if (Viewer.Of((await Authentication).User) is not { } viewer) return;
        _viewer = viewer;
        await using (var db = await Contexts.CreateDbContextAsync())
            _sites = await db.Sites.AsNoTracking().OrderBy(s => s.Name).ToListAsync();
        _groups = await Groups.ListAsync();
        if (Id is { } id)
        {
            if (await Service.FindAsync(viewer, id) is not { } campaign)
            {
                Navigation.NotFound();
                return;
            }
            if (Asks)
            {
                if (!await OpenRequestAsync(campaign))
                {
                    Navigation.NavigateTo($"campaigns/{id}");
                    return;
                }
            }
            else if (CampaignSteps.Editable(campaign.State))
            {
                (_campaign, _draft) = (campaign, CampaignDraft.Of(campaign));
            }
            else
            {
                // What is approved is asked for.
                var asks = CampaignSteps.IsBooked(campaign.State) && !viewer.IsMediaOwner;
                Navigation.NavigateTo(asks ? $"campaigns/{id}/request" : $"campaigns/{id}");
                return;
            }
        }
        else
        {
            (_campaign, _draft) = (null, PlanQuery.Read(Navigation.Uri, Display.Today));
            PlanQuery.Keep(_draft, _sites, _groups);
        }
        _rows = _draft!.Flights.Count > 0 ? [.. _draft.Flights.Select(FlightRow.Of)]
            : [FlightRow.Of(new Flight(_draft.StartsOn, _draft.EndsOn))];
        _budget = KrwText.Write(_draft.BudgetKrw);
        _price = KrwText.Write(_draft.PricePerThousandKrw ?? 0);
        _problems.Clear();
        _dirty = false;
        await LookBackAsync();
    }

    private async Task SaveAsync(bool submit)
    {
        if (_busy || _draft is null) return;
        _busy = true;
        try
        {
            if (await ActorAsync() is not { } actor || !await SaveTermsAsync(actor, _draft)) return;
            var campaign = _campaign!;
            if (_upload is { HasCreative: true })
            {
                _refusal = await _upload.SendAsync(campaign.Id);
                _campaign = await Service.FindAsync(actor, campaign.Id) ?? campaign;
                if (_refusal is not null) return;
            }
            // All is saved: changes reported by the upload are not unsaved input.
            _dirty = false;
            if (!submit)
            {
                Notes.Add(L["Form.Saved"], Severity.Success);
                Navigation.NavigateTo($"campaigns/{campaign.Id}");
                return;
            }
            if (_campaign!.Creatives.Count == 0)
            {
                _problems.Add(CampaignProblem.CreativeMissing);
                return;
            }
            // Asked again: an upload takes its time.
            if (await ActorAsync() is not { } submitter) return;
            if (await Service.StepAsync(submitter, campaign.Id, CampaignAction.Submit) is { Happened: true })
                Notes.Add(L["Campaign.Done.Submit"], Severity.Success);
            else Notes.Add(L["Campaign.TooLate"], Severity.Warning);
            Navigation.NavigateTo($"campaigns/{campaign.Id}");
        }
        finally
        {
            _busy = false;
        }
    }

    // The fields into the draft; false when a date is missing.
    private bool TakeInput(CampaignDraft draft)
    {
        _problems.Clear();
        _refusal = null;
        draft.StartsOn = _rows[0].Starts ?? default;
        draft.EndsOn = _rows[0].Ends ?? default;
        draft.Flights.Clear();
        if (_rows.Count > 1)
        {
            foreach (var row in _rows) draft.Flights.Add(new Flight(row.Starts ?? default, row.Ends ?? default));
        }
        draft.BudgetKrw = KrwText.Read(_budget);
        draft.PricePerThousandKrw = draft.PriceModel == PriceModel.PerThousand ? KrwText.Read(_price) : null;
        // Not with other days than those that were meant: who sends once more has seen them.
        if (_rows.Any(r => r.IsMistyped || r.Starts is null || r.Ends is null)) _problems.Add(CampaignProblem.EndsBeforeStart);
        foreach (var row in _rows) row.IsMistyped = false;
        return _problems.Count == 0;
    }

    private async Task<bool> SaveTermsAsync(Viewer actor, CampaignDraft draft)
    {
        if (!TakeInput(draft)) return false;
        var fresh = _campaign is null;
        var (campaign, problems) = fresh
            ? await Service.CreateAsync(actor, draft, Display.Today)
            : await Service.ChangeAsync(actor, _campaign!.Id, draft, Display.Today);
        _problems.UnionWith(problems);
        if (problems.Contains(CampaignProblem.ChangedMeanwhile)) await FindWhoAsync(campaign!.Id);
        if (problems.Count > 0) return false;
        _dirty = false;
        if (campaign is null)
        {
            Notes.Add(L["Campaign.TooLate"], Severity.Warning);
            Navigation.NavigateTo($"campaigns/{_campaign!.Id}");
            return false;
        }
        _campaign = await Service.FindAsync(actor, campaign.Id) ?? campaign;
        draft.Version = _campaign.Version;
        // From now on a reload finds the draft instead of creating another.
        if (fresh) Navigation.NavigateTo($"campaigns/{campaign.Id}/edit", replace: true);
        return true;
    }

    private async Task RemoveAsync(Creative creative)
    {
        if (await ActorAsync() is not { } actor) return;
        if (!await Service.RemoveCreativeAsync(actor, _campaign!.Id, creative.Id))
            Notes.Add(L["Campaign.TooLate"], Severity.Warning);
        _campaign = await Service.FindAsync(actor, _campaign.Id) ?? _campaign;
        _draft!.Version = _campaign.Version;
    }

    private async Task DeleteAsync()
    {
        if (!await ConfirmDialog.AskAsync(
            Dialogs, L["Campaign.DeleteTitle"], L["Campaign.DeleteAsk", _campaign!.Name],
            L["Campaign.Delete"], L["Campaign.Keep"], danger: true)) return;
        if (await ActorAsync() is not { } actor) return;
        _dirty = false;
        if (await Service.DeleteAsync(actor, _campaign.Id, Display.Today)) Navigation.NavigateTo($"campaigns?deleted={_campaign.Id}");
        else Notes.Add(L["Campaign.TooLate"], Severity.Warning);
    }

    /// <summary>The dates entered so far; null while any is missing or in the wrong order.</summary>
    private FlightPlan? Plan =>
        _rows.All(r => r.IsWhole) ? FlightPlan.Of(_rows.Select(r => new Flight(r.Starts!.Value, r.Ends!.Value))) : null;

    private bool Wrong(CampaignProblem[] which) => _problems.Overlaps(which);

    private string ProblemText(CampaignProblem[] which) =>
        string.Join(" ", which.Where(_problems.Contains).Select(problem => L["Form.Problem." + problem].Value));
}
