using System.Globalization;
using FaceAd.Core.Decisions;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Campaigns.Booking;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace FaceAd.Web.Components.Pages.Campaigns.Browse;

/// <summary>Campaigns as bars over the weeks of a month, or as a table. The state of the view is in the address.</summary>
public sealed partial class CampaignCalendar : IDisposable
{
    private const int PageSize = 40;
    private Viewer _viewer;
    private CampaignSearch _filter = new();
    private CampaignsFound? _page;
    private bool _table;
    private bool _gone;
    private IDisposable? _news;

    /// <summary>The month, yyyy-MM; the current one if invalid.</summary>
    [SupplyParameterFromQuery(Name = "month")]
    public string? Asked { get; set; }

    /// <summary>"table" for the table view.</summary>
    [SupplyParameterFromQuery]
    public string? View { get; set; }

    /// <summary>Part of the name.</summary>
    [SupplyParameterFromQuery]
    public string? Q { get; set; }

    /// <summary>A <see cref="CampaignPhase"/>.</summary>
    [SupplyParameterFromQuery]
    public string? State { get; set; }

    /// <summary>Id of the advertiser; for administrators.</summary>
    [SupplyParameterFromQuery]
    public string? Advertiser { get; set; }

    /// <summary>Id of a building.</summary>
    [SupplyParameterFromQuery]
    public string? Site { get; set; }

    /// <summary>Where the page begins.</summary>
    [SupplyParameterFromQuery]
    public string? After { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private CampaignFinder Finder { get; set; } = null!;

    [Inject]
    private CampaignNews News { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    private DateOnly Month { get; set; }

    private DateOnly ThisMonth => new(Display.Today.Year, Display.Today.Month, 1);

    // Whole weeks, from the Monday of the first to the Sunday of the last.
    private DateOnly First => Month.AddDays(-Dayparting.Index(Month.DayOfWeek));

    private DateOnly Last
    {
        get
        {
            var last = Month.AddMonths(1).AddDays(-1);
            return last.AddDays(6 - Dayparting.Index(last.DayOfWeek));
        }
    }

    private int Days => Last.DayNumber - First.DayNumber + 1;

    private bool Filtered => _filter is not { Search: null, Phase: null, AdvertiserId: null, SiteId: null };

    private string List => Navigation.GetUriWithQueryParameters("campaigns", Filters());

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone = true;
        _news?.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnInitialized()
    {
        if (RendererInfo.IsInteractive) _news = News.Subscribe(InLanguage.Keep(() => _ = InvokeAsync(ReadAsync)));
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Viewer.Of((await Authentication).User) is not { } viewer) return;
        _viewer = viewer;
        Month = DateOnly.TryParseExact($"{Asked}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month)
            && month.Year is > 2000 and < 2200
            ? month : ThisMonth;
        _table = View == "table";
        _filter = new CampaignSearch
        {
            Search = StorableText.Trimmed(Q),
            Phase = Enum.TryParse<CampaignPhase>(State, out var phase) && Enum.IsDefined(phase) ? phase : null,
            AdvertiserId = viewer.IsMediaOwner && Guid.TryParse(Advertiser, out var advertiser) ? advertiser : null,
            SiteId = Guid.TryParse(Site, out var site) ? site : null,
            From = First,
            To = Last,
            Order = CampaignOrder.Starts,
            After = CampaignCursor.Read(After),
        };
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        var filter = _filter;
        var page = await Finder.ReadAsync(_viewer, filter, Display.Today, PageSize);
        if (_gone || filter != _filter) return;
        _page = page;
        StateHasChanged();
    }

    private int Left(Campaign c) => Math.Max(0, c.StartsOn.DayNumber - First.DayNumber);

    private int Width(Campaign c) => Math.Min(Last.DayNumber, c.EndsOn.DayNumber) - First.DayNumber + 1 - Left(c);

    // Where a bar's name stands: within it, or beside it on the side that has room.
    private string Place(Campaign c) => Width(c) * 4 >= Days ? "within" : Left(c) + Width(c) <= Days * 0.6 ? "after" : "before";

    // The visible gaps between flights, in days from the bar's left end.
    private IEnumerable<(int From, int Days)> Rests(Campaign c)
    {
        var (left, flights) = (First.AddDays(Left(c)), c.Plan.Flights);
        for (var i = 1; i < flights.Count; i++)
        {
            var (from, to) = (flights[i - 1].EndsOn.AddDays(1), flights[i].StartsOn);
            if (from < left) from = left;
            if (to > Last.AddDays(1)) to = Last.AddDays(1);
            if (from < to) yield return (from.DayNumber - left.DayNumber, to.DayNumber - from.DayNumber);
        }
    }

    private string Percent(double days) => PercentOf(days, Days);

    // A length in CSS.
    private static string PercentOf(double days, int of) => (days * 100 / of).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    private Dictionary<string, object?> Filters() => new()
    {
        ["q"] = _filter.Search,
        ["state"] = _filter.Phase?.ToString(),
        ["advertiser"] = _filter.AdvertiserId,
        ["site"] = _filter.SiteId,
    };

    private string Here(DateOnly? month, bool? table = null, CampaignCursor? after = null)
    {
        var values = Filters();
        values["month"] = month is { } m && m != ThisMonth ? Iso(m) : null;
        values["view"] = table ?? _table ? "table" : null;
        values["after"] = after?.ToString();
        return Navigation.GetUriWithQueryParameters("campaigns/calendar", values);
    }

    private static string Iso(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}
