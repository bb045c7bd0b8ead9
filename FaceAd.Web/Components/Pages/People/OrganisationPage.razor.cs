using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace FaceAd.Web.Components.Pages.People;

/// <summary>The members and settings of an organisation, for those who manage it.</summary>
public sealed partial class OrganisationPage
{
    private Viewer _viewer;
    private Organisation? _organisation;
    private IReadOnlyList<Member> _members = [];
    private IReadOnlyList<AccountLink> _invitations = [];
    private AccountProblem? _problem;

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "done")]
    private string? Done { get; set; }

    [SupplyParameterFromQuery(Name = "error")]
    private string? Error { get; set; }

    [SupplyParameterFromForm(Name = "name")]
    private string? Name { get; set; }

    [SupplyParameterFromForm(Name = "two-factor")]
    private string? TwoFactor { get; set; }

    [SupplyParameterFromForm(Name = "email")]
    private string? Email { get; set; }

    [SupplyParameterFromForm(Name = "role")]
    private string? Role { get; set; }

    [Inject]
    private Members Members { get; set; } = null!;

    [Inject]
    private UserManager<User> Users { get; set; } = null!;

    [Inject]
    private SignInManager<User> Entry { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (Viewer.Of(Http.User) is not { } viewer) return;
        _viewer = viewer;
        _organisation = await Members.OrganisationAsync(viewer);
        _members = await Members.ListAsync(viewer);
        _invitations = await Members.InvitationsAsync(viewer);
    }

    private async Task SaveAsync()
    {
        Tell(await Members.ChangeOrganisationAsync(_viewer, Name, TwoFactor == "true"), "saved");
        if (_problem is null && await Users.GetUserAsync(Http.User) is { } me) await Entry.RefreshSignInAsync(me);
        Leave("saved");
    }

    private async Task InviteAsync() => Leave(Tell(await Members.InviteAsync(_viewer, Email, Role), "invited"));

    private async Task RevokeAsync(Guid id)
    {
        await Members.RevokeInvitationAsync(_viewer, id);
        Leave("revoked");
    }

    private async Task RoleAsync(Guid id) => Leave(Tell(await Members.ChangeRoleAsync(_viewer, id, Role), "role"));

    private async Task RemoveAsync(Guid id) => Leave(Tell(await Members.RemoveAsync(_viewer, id), "removed"));

    private string Tell(AccountProblem? problem, string done)
    {
        _problem = problem;
        return done;
    }

    // Redirect after a change, so that a reload does not repeat it.
    private void Leave(string done)
    {
        if (_problem is null) Navigation.NavigateTo($"organisation?done={done}");
    }
}
