using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.People;

/// <summary>
/// A page of those who manage an organisation. It may stay open after that right is taken away, so every action asks anew who is acting,
/// and as often as the forms of accounts at most.
/// </summary>
public abstract class ManagedPage : DashboardComponent
{
    private bool _isOver;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = null!;

    [Inject]
    private AuthenticationStateProvider Session { get; set; } = null!;

    [Inject]
    private AccountLimits Limits { get; set; } = null!;

    [Inject]
    private IServiceScopeFactory Scopes { get; set; } = null!;

    [Inject]
    private IStringLocalizer<Texts> Words { get; set; } = null!;

    [Inject]
    private protected IDialogService Dialogs { get; set; } = null!;

    [Inject]
    private protected ISnackbar Notes { get; set; } = null!;

    /// <summary>Who opened the page, to read with.</summary>
    private protected Viewer Viewer { get; private set; }

    /// <summary>Why the last action was refused, as the key of a text; null when it was not.</summary>
    private protected string? Problem { get; private set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of((await SignedIn).User) is not { Manages: true } viewer) return;
        Viewer = viewer;
        await LoadAsync();
    }

    /// <summary>Reads what the page shows.</summary>
    private protected abstract Task LoadAsync();

    /// <summary>Acts, says how it went, and reads the page again.</summary>
    /// <param name="act">Acts for whoever it is now. Returns why that was refused, as the key of a text; null when it was done.</param>
    /// <param name="done">Key of the text that says it was done; null for none.</param>
    /// <returns>Whether it was done.</returns>
    private protected async Task<bool> ActAsync(Func<Viewer, Task<string?>> act, string? done)
    {
        Problem = await TryAsync(act);
        if (_isOver) return false; // on the way to sign in, and nothing more is read
        if (Problem is null && done is not null) Notes.Add(Words[done], Severity.Success);
        await LoadAsync();
        return Problem is null;
    }

    /// <summary>Acts for whoever it is now.</summary>
    /// <returns>Why that was refused, as the key of a text; null when it was done.</returns>
    private protected async Task<string?> TryAsync(Func<Viewer, Task<string?>> act)
    {
        if (await ((SignedInStillValid)Session).ViewerAsync() is not { Manages: true } viewer)
        {
            _isOver = true;
            return KeyOf(AccountProblem.Denied);
        }
        return await Limits.MayActAsync(viewer.Address) ? await act(viewer) : KeyOf(AccountProblem.Busy);
    }

    /// <summary>Asks the members in a database context of its own: that of a circuit would live as long as the page.</summary>
    private protected async Task<T> AskAsync<T>(Func<Members, Task<T>> ask)
    {
        await using var scope = Scopes.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<Members>());
    }

    private protected static string? KeyOf(AccountProblem? problem) => problem is null ? null : $"Acc.Problem.{problem}";
}
