using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Language;
using FaceAd.Web.Webhooks;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.People;

/// <summary>A webhook and its deliveries of the last 30 days.</summary>
public sealed partial class WebhookPage
{
    private const int PageSize = 25;

    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private MudDataGrid<WebhookDelivery>? _grid;
    private Webhook? _hook;
    private bool _looked, _isRead;
    private DeliveryOutcome? _outcome;
    private HashSet<WebhookDelivery> _chosen = [];
    private Guid? _open;
    private IReadOnlySet<string> _hidden = new HashSet<string>();
    private Dictionary<string, object?> _attributes = [];

    /// <summary>The webhook.</summary>
    [Parameter]
    public Guid Id { get; set; }

    // Null on a circuit.
    [CascadingParameter]
    private HttpContext? Http { get; set; }

    [Inject]
    private WebhookService Service { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    private IReadOnlyList<(string Key, string Title)> Columns => [("tries", L["Hook.Tries"]), ("answer", L["Hook.Answer"])];

    private protected override async Task LoadAsync()
    {
        _attributes = new() { ["aria-label"] = L["Hook.Deliveries"].Value };
        (_hook, _looked, _chosen) = (await Service.FindAsync(Viewer, Id), true, []);
        if (_hook is null && Http is { } http) http.Response.StatusCode = StatusCodes.Status404NotFound;
        if (_grid is not null) await _grid.ReloadServerData();
    }

    private async Task<GridData<WebhookDelivery>> ReadAsync(GridState<WebhookDelivery> state, CancellationToken cancellation)
    {
        var oldestFirst = state.SortDefinitions.FirstOrDefault() is { Descending: false };
        var (deliveries, total) = await Service.PageAsync(
            Viewer, Id, _outcome, oldestFirst, state.Page * state.PageSize, state.PageSize, cancellation);
        _isRead = true;
        return new GridData<WebhookDelivery> { Items = deliveries, TotalItems = total };
    }

    private async Task OnlyAsync(DeliveryOutcome? outcome)
    {
        (_outcome, _chosen) = (outcome, []);
        if (_grid is { CurrentPage: > 0 }) _grid.NavigateTo(Page.First);
        else if (_grid is not null) await _grid.ReloadServerData();
    }

    private Task<bool> TestAsync() => ActAsync(async viewer => KeyOf((await Service.TestAsync(viewer, Id)).Problem), "Hook.Done.test");

    private Task<bool> PauseAsync()
    {
        var pause = _hook?.PausedAt is null;
        return ActAsync(
            async viewer => KeyOf(await Service.SetPausedAsync(viewer, Id, pause)), pause ? "Hook.Done.paused" : "Hook.Done.resumed");
    }

    private async Task RotateAsync()
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Hook.Rotate"], L["Hook.Rotate.Ask"], L["Hook.Rotate"], danger: true)) return;
        string? secret = null;
        var done = await ActAsync(
            async viewer => (secret = await Service.RotateAsync(viewer, Id)) is null ? KeyOf(WebhookProblem.Gone) : null, null);
        if (done) await SecretDialog.ShowAsync(Dialogs, L["Hook.Made"], secret!, L["Hook.Once"]);
    }

    private Task<bool> AgainAsync(IReadOnlyList<WebhookDelivery> deliveries) => ActAsync(async viewer =>
    {
        string? problem = null;
        foreach (var delivery in deliveries.DistinctBy(d => d.Id)) problem ??= KeyOf(await Service.SendAgainAsync(viewer, Id, delivery.Id));
        return problem;
    }, "Hook.Done.again");

    private async Task DeleteAsync()
    {
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Hook.Delete.Title"], L["Hook.Delete.Ask"], L["Hook.Delete"], danger: true)) return;
        var done = await ActAsync(
            async viewer => await Service.DeleteAsync(viewer, Id) ? null : KeyOf(WebhookProblem.Gone), "Hook.Done.deleted");
        if (done) Navigation.NavigateTo("organisation/webhooks");
    }

    private void Toggle(Guid delivery) => _open = _open == delivery ? null : delivery;

    private string TextOf(DeliveryOutcome? outcome) => L[outcome switch
    {
        null => "Hook.Outcome.All",
        DeliveryOutcome.Arrived => "Hook.Arrived",
        DeliveryOutcome.Waiting => "Hook.Queued",
        _ => "Hook.GivenUp",
    }];

    private string NameOf(WebhookDelivery delivery) => $"{delivery.Event}, {Display.Moment(delivery.CreatedAt)}";

    private string Answer(WebhookDelivery delivery) => delivery.LastStatus?.ToString(CultureInfo.InvariantCulture)
        ?? (delivery.Tries == 0 ? Display.Dash : L["Hook.NoAnswer"].Value);

    private static string Indented(string payload)
    {
        using var document = JsonDocument.Parse(payload);
        return JsonSerializer.Serialize(document, Readable);
    }

    private static string? KeyOf(WebhookProblem? problem) => problem is null ? null : $"Hook.Problem.{problem}";
}
