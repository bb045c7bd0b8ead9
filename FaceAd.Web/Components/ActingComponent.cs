using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace FaceAd.Web.Components;

/// <summary>
/// A component with which something is changed. Its page may stay open after rights are taken away, so every action asks anew who is
/// acting.
/// </summary>
public abstract class ActingComponent : DashboardComponent
{
    [Inject]
    private AuthenticationStateProvider Session { get; set; } = null!;

    [Inject]
    private IStringLocalizer<Texts> Words { get; set; } = null!;

    [Inject]
    private protected ISnackbar Notes { get; set; } = null!;

    /// <summary>Who is acting, as of now; null, and told so, when that is nobody who may.</summary>
    private protected async Task<Viewer?> ActorAsync()
    {
        if (await ((SignedInStillValid)Session).ViewerAsync() is { } viewer && May(viewer)) return viewer;
        Notes.Add(Words["Acc.Problem.Denied"], Severity.Error);
        return null;
    }

    /// <summary>Whether somebody may act here.</summary>
    private protected virtual bool May(Viewer viewer) => viewer.CanChange;
}
