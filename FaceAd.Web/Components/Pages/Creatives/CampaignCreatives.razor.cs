using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Experiments;
using FaceAd.Web.Creatives;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.Creatives;

/// <summary>A campaign's creatives with their versions.</summary>
public sealed partial class CampaignCreatives
{
    private List<Line> _lines = [];
    private Guid? _open;
    private Campaign? _of;
    private Experiment? _experiment;

    /// <summary>The campaign.</summary>
    [Parameter, EditorRequired]
    public Campaign Campaign { get; set; } = null!;

    /// <summary>The user.</summary>
    [Parameter, EditorRequired]
    public Viewer Viewer { get; set; }

    [Inject]
    private CreativeReview Review { get; set; } = null!;

    [Inject]
    private ExperimentService Experiments { get; set; } = null!;

    private CreativeState? Place => CreativeVersions.PlaceIn(Campaign.State);

    private bool CanAdd => Viewer.CanChange && Place is not null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (ReferenceEquals(_of, Campaign)) return; // the page around it renders every second
        _of = Campaign;
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        _experiment = Campaign.Creatives.Count > 1 ? await Experiments.DecidingAsync(Campaign.Id) : null;
        var versions = await Review.HistoryAsync(Viewer, Campaign.Id);
        _lines = [.. versions.GroupBy(c => c.LineId).Select(g => new Line([.. g]))
            .Where(l => l.Current is not null || l.Proposed is not null || l.Held is not null || l.LastRefused is not null)
            .OrderBy(l => l.All[^1].CreatedAt)];
    }

    private string Share(Creative creative) => _experiment switch
    {
        null => L["Book.Share", Display.Percent(creative.Weight / (double)Campaign.Creatives.Sum(c => c.Weight), 0)],
        { EndedAt: null } => L["Experiment.Share"],
        { WinnerId: var winner } => L["Book.Share", Display.Percent(creative.Id == winner ? 1 : 0, 0)],
    };

    private static Color Look(CreativeState state) => state switch
    {
        CreativeState.Current => Color.Success,
        CreativeState.Proposed => Color.Warning,
        CreativeState.Held => Color.Info,
        CreativeState.Refused => Color.Error,
        _ => Color.Default,
    };

    /// <summary>One creative in all its versions, newest first.</summary>
    private sealed record Line(IReadOnlyList<Creative> All)
    {
        public Creative? Current => All.FirstOrDefault(c => c.State == CreativeState.Current);

        public Creative? Proposed => All.FirstOrDefault(c => c.State == CreativeState.Proposed);

        public Creative? Held => All.FirstOrDefault(c => c.State == CreativeState.Held);

        /// <summary>The latest version, if it was rejected.</summary>
        public Creative? LastRefused => All[0].State == CreativeState.Refused ? All[0] : null;
    }
}
