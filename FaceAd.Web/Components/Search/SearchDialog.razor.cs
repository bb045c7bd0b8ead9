using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using FaceAd.Web.Reports;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

namespace FaceAd.Web.Components.Search;

/// <summary>Search over what the viewer may see.</summary>
public sealed partial class SearchDialog
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource _typing = new();
    private Task _search = Task.CompletedTask;
    private Viewer? _viewer;
    private string? _text;
    private List<Hit> _found = [];
    private int _active;
    private bool _searched;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Inject]
    private NameSearch Names { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private Dictionary<string, object?> Field => new()
    {
        ["role"] = "combobox",
        ["autocomplete"] = "off",
        ["aria-autocomplete"] = "list",
        ["aria-expanded"] = _found.Count > 0 ? "true" : "false",
        ["aria-controls"] = _found.Count > 0 ? "search-found" : null,
        ["aria-activedescendant"] = _found.Count > 0 ? $"search-hit-{_active}" : null,
        ["data-search"] = "",
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
        _typing.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _viewer = Viewer.Of((await SignedIn).User);

    private async Task Typed(string? text)
    {
        _text = text;
        await _typing.CancelAsync();
        _typing.Dispose();
        _typing = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        _search = SearchAsync(StorableText.Trimmed(text), _typing.Token);
        await _search;
    }

    private async Task SearchAsync(string? text, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Pause, Time, cancellation);
            List<Hit> found = [];
            if (_viewer is { } viewer && text is not null)
            {
                foreach (var kind in new[] { NameKind.Campaign, NameKind.Screen, NameKind.Site, NameKind.Person })
                {
                    var names = await Names.FindAsync(viewer, kind, text, cancellation);
                    found.AddRange(names.Select(n => new Hit(kind.ToString(), n.Name, n.Note, Href(viewer, kind, n))));
                }
                found.AddRange(Help(text));
            }
            cancellation.ThrowIfCancellationRequested();
            (_found, _active, _searched) = (found, 0, text is not null);
        }
        catch (OperationCanceledException)
        {
            // Typing went on, or the dialog was closed.
        }
    }

    // Texts in memory, by what a figure is called and by how it is explained.
    private IEnumerable<Hit> Help(string text)
    {
        return MetricDefinitions.All
            .Select(d => new Hit("Help", L["Report.Column." + d.Key], L["Report.Word." + d.Key], "help/metrics#" + d.Key))
            .Where(h => Has(h.Name) || Has(h.Note!)).OrderBy(h => !Has(h.Name)).Take(NameSearch.Most);

        bool Has(string words) => words.Contains(text, StringComparison.CurrentCultureIgnoreCase);
    }

    private async Task KeyAsync(KeyboardEventArgs key)
    {
        switch (key.Key)
        {
            case "ArrowDown" when _found.Count > 0:
                _active = (_active + 1) % _found.Count;
                break;
            case "ArrowUp" when _found.Count > 0:
                _active = (_active + _found.Count - 1) % _found.Count;
                break;
            case "Enter" when !key.IsComposing:
                await _search; // what was typed last counts, not what is still shown
                if (_found.Count > 0) Go(_found[_active]);
                break;
        }
    }

    private void Go(Hit hit)
    {
        Dialog.Close();
        Navigation.NavigateTo(hit.Href);
    }

    private static string Href(Viewer viewer, NameKind kind, FoundName found) => kind switch
    {
        NameKind.Campaign => $"campaigns/{found.Id}",
        NameKind.Screen => $"admin/screens?q={Uri.EscapeDataString(found.Note ?? "")}",
        NameKind.Site => viewer.IsMediaOwner ? $"admin/screens?q={Uri.EscapeDataString(found.Name)}" : $"campaigns?site={found.Id}",
        _ => viewer.IsMediaOwner ? $"admin/audit?who={found.Id}" : "organisation",
    };

    private sealed record Hit(string Group, string Name, string? Note, string Href);
}
