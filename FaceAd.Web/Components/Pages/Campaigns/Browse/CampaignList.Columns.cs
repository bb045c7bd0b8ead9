using FaceAd.Core;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Language;
using FaceAd.Web.Metrics;
using Microsoft.AspNetCore.Components;

namespace FaceAd.Web.Components.Pages.Campaigns.Browse;

// The columns: what they show, and by what each is sorted.
public sealed partial class CampaignList
{
    private delegate string? Cell(Campaign campaign);

    private IReadOnlyList<(CampaignSort Sort, string Key, Cell Write, Cell Why)> Figures =>
    [
        (CampaignSort.Reach, "reach", c => People(c, p => p.Reach, v => Display.Percent(v)), WhyNoPeople),
        (CampaignSort.Frequency, "frequency", c => People(c, p => p.Frequency, v => Display.Ratio(v, 1)), WhyNoPeople),
        (CampaignSort.Cpm, "cpm", c => Display.Krw(Cpm(c)), c =>
            Cpm(c) is { Value: null, Why: NoFigure.TooEarly } ? L["Campaign.TooEarly", CostFigures.Least].Value : null),
        (CampaignSort.Impressions, "impressions", c => Of(c) is { } f ? Display.Count(f.Impressions) : Display.Dash, _ => null),
        (CampaignSort.Budget, "budget", c => Display.Krw(c.BudgetKrw), _ => null),
    ];

    private IReadOnlyList<(string Key, string Title)> Columns =>
    [
        .. _viewer.IsMediaOwner ? [("advertiser", TitleOf(CampaignSort.Advertiser))] : Array.Empty<(string, string)>(),
        ("dates", TitleOf(CampaignSort.Starts)),
        .. Figures.Select(f => (f.Key, TitleOf(f.Sort))),
    ];

    private IEnumerable<CampaignSort> Sorts =>
        Enum.GetValues<CampaignSort>().Where(s => _viewer.IsMediaOwner || s != CampaignSort.Advertiser);

    private string TitleOf(CampaignSort sort) => L[sort switch
    {
        CampaignSort.Name => "Book.Bulk.Campaign",
        CampaignSort.Advertiser => "Book.Advertiser",
        CampaignSort.Starts => "Book.Runs",
        CampaignSort.Budget => "Form.Budget",
        CampaignSort.Impressions => "Campaign.Impressions",
        CampaignSort.Reach => "Campaign.Reach",
        CampaignSort.Frequency => "Campaign.Frequency",
        CampaignSort.Cpm => "Campaign.Cpm",
        _ => "Book.Order.Newest",
    }];

    // Texts from A on, figures and days from the largest and the latest on.
    private static bool IsText(CampaignSort sort) => sort is CampaignSort.Name or CampaignSort.Advertiser;

    private string SortedBy(CampaignSort sort, string? order = null) =>
        Here(("sort", sort == default ? null : sort.ToString()), ("order", order));

    private RenderFragment Header(CampaignSort sort) => builder =>
    {
        var isSorted = _sort == sort;
        // The other direction next; then from the beginning again.
        var other = !isSorted || _ascending != IsText(sort) ? null : _ascending ? "desc" : "asc";
        builder.OpenElement(0, "a");
        builder.AddAttribute(1, "class", isSorted ? "sort sorted" : "sort");
        builder.AddAttribute(2, "href", SortedBy(sort, other));
        builder.AddAttribute(3, "data-sort", sort.ToString());
        builder.AddContent(4, TitleOf(sort));
        if (isSorted)
        {
            builder.OpenElement(5, "span");
            builder.AddAttribute(6, "aria-hidden", "true");
            builder.AddContent(7, _ascending ? " ↑" : " ↓");
            builder.CloseElement();
            builder.OpenElement(8, "span");
            builder.AddAttribute(9, "class", "visually-hidden");
            builder.AddContent(10, L[_ascending ? "List.Ascending" : "List.Descending"].Value);
            builder.CloseElement();
        }
        builder.CloseElement();
    };

    private CampaignSummary? Of(Campaign campaign) => _summaries.GetValueOrDefault(campaign.Id);

    private ShownFigure Cpm(Campaign campaign) => Of(campaign) is { } figures ? CostFigures.Cpm(figures) : default;

    private string People(Campaign campaign, Func<SegmentPersons, ShownFigure> figure, Func<double, string> write)
    {
        if (Of(campaign) is not { } figures) return Display.Dash;
        var shown = figure(SmallCounts.Of(figures, campaign.Targets, _viewer.IsMediaOwner));
        return shown.Few ? L["List.Few", SmallCounts.Step] : Display.Of(shown, write);
    }

    private string? WhyNoPeople(Campaign campaign) =>
        campaign.Targets is [Segment.Kids] ? L["Campaign.ReachKids"].Value
        : Of(campaign) is { PeriodTargetImpressions: 0 } ? L["Campaign.FrequencyNone"].Value
        : !_viewer.IsMediaOwner && Of(campaign) is { Reached: < SmallCounts.Step } ? L["Campaign.SmallCounts", SmallCounts.Step].Value
        : null;

    private string Targets(Campaign campaign) => string.Join(", ", campaign.Targets.Select(Display.Segment));
}
