using FaceAd.Web.Accounts;
using FaceAd.Web.Components.Controls;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace FaceAd.Web.Components.Pages.People;

/// <summary>The members and settings of an organisation, for those who manage it.</summary>
public sealed partial class OrganisationPage
{
    private const int PageSize = 25;
    private MudDataGrid<Member>? _grid;
    private Organisation? _organisation;
    private IReadOnlyList<AccountLink> _invitations = [];
    private HashSet<Member> _chosen = [];
    private IReadOnlySet<string> _hidden = new HashSet<string>();
    private Dictionary<string, object?> _attributes = [];
    private string? _text, _role;
    private string _name = "";
    private bool _requiresTwoFactor, _isRead;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private TimeProvider Clock { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    private IReadOnlyList<(string Key, string Title)> Columns =>
        [("email", L["Login.Email"]), ("two-factor", L["Acc.TwoFactor"]), ("seen", L["Org.LastSeen"])];

    private protected override async Task LoadAsync()
    {
        var isFirst = _organisation is null;
        (_organisation, _invitations) = (await AskAsync(m => m.OrganisationAsync(Viewer)), await AskAsync(m => m.InvitationsAsync(Viewer)));
        _attributes = new() { ["aria-label"] = L["Org.Members"].Value };
        if (isFirst) (_name, _requiresTwoFactor) = (_organisation?.Name ?? "", _organisation?.RequiresTwoFactor == true);
        _chosen = [];
        if (_grid is not null) await _grid.ReloadServerData();
    }

    private async Task<GridData<Member>> ReadAsync(GridState<Member> state, CancellationToken cancellation)
    {
        var sort = state.SortDefinitions.FirstOrDefault();
        var (members, total) = await AskAsync(m => m.PageAsync(Viewer, new MemberQuery
        {
            Text = _text,
            Role = _role,
            Order = Enum.TryParse<MemberOrder>(sort?.SortBy, out var order) ? order : MemberOrder.Name,
            Descending = sort?.Descending == true,
            Skip = state.Page * state.PageSize,
            Take = state.PageSize,
        }, cancellation));
        _isRead = true;
        return new GridData<Member> { Items = members, TotalItems = total };
    }

    private Task FindAsync(string? text)
    {
        _text = text;
        return FirstPageAsync();
    }

    private Task OnlyAsync(string? role)
    {
        _role = role;
        return FirstPageAsync();
    }

    // To the first page, unless it is the one that is shown: then that is read again.
    private async Task FirstPageAsync()
    {
        if (_grid is { CurrentPage: > 0 }) _grid.NavigateTo(Page.First);
        else if (_grid is not null) await _grid.ReloadServerData();
    }

    private async Task InviteAsync()
    {
        var parameters = new DialogParameters<InviteDialog>
        {
            { d => d.Kind, _organisation!.Kind },
            { d => d.Invite, (email, role) => TryAsync(viewer => AskAsync(async m => KeyOf(await m.InviteAsync(viewer, email, role)))) },
        };
        var dialog = await Dialogs.ShowAsync<InviteDialog>(L["Org.Invite"], parameters);
        if (await dialog.GetReturnValueAsync<bool?>() is not true) return;
        Notes.Add(L["Org.Done.invited"], Severity.Success);
        await LoadAsync();
    }

    private Task<bool> RevokeAsync(AccountLink link) => ActAsync(
        viewer => AskAsync(async m =>
        {
            await m.RevokeInvitationAsync(viewer, link.Id);
            return (string?)null;
        }), "Org.Done.revoked");

    private async Task ChangeRoleAsync(Member member)
    {
        var parameters = new DialogParameters<RoleDialog>
        {
            { d => d.Kind, _organisation!.Kind }, { d => d.Name, member.Name }, { d => d.Role, member.Role },
        };
        var dialog = await Dialogs.ShowAsync<RoleDialog>(L["Org.RoleOf", member.Name], parameters);
        if (await dialog.GetReturnValueAsync<string>() is not { } role || !await SetRoleAsync(member, role, null)) return;
        Notes.Add(L["Org.RoleIs", member.Name, L["Role." + role]], Severity.Success, options =>
        {
            options.Action = L["Book.Undo"];
            // As any other click on this page: a busy database leaves it as it is.
            var undo = EventCallback.Factory.Create(this, () => SetRoleAsync(member, member.Role, "Org.Done.role"));
            options.OnClick = _ => undo.InvokeAsync();
        });
    }

    private Task<bool> SetRoleAsync(Member member, string role, string? done) =>
        ActAsync(viewer => AskAsync(async m => KeyOf(await m.ChangeRoleAsync(viewer, member.Id, role))), done);

    private async Task RemoveAsync(IReadOnlyList<Member> members)
    {
        var (title, text) = members is [var one]
            ? (L["Org.Remove.Title", one.Name], L["Org.Remove.Ask", one.Name])
            : (L["Org.Remove.Many", members.Count], L["Org.Remove.Many.Ask", string.Join(", ", members.Select(m => m.Name))]);
        if (!await ConfirmDialog.AskAsync(Dialogs, title, text, L["Org.Remove.Sure"], danger: true)) return;
        // One after the other: the first that may not go is named, and those before it are gone.
        foreach (var member in members)
        {
            if (!await ActAsync(viewer => AskAsync(async m => KeyOf(await m.RemoveAsync(viewer, member.Id))), null)) return;
        }
        Notes.Add(members.Count == 1 ? L["Org.Done.removed"] : L["Org.Done.removedMany", members.Count], Severity.Success);
    }

    private async Task SaveAsync()
    {
        var done = await ActAsync(
            viewer => AskAsync(async m => KeyOf(await m.ChangeOrganisationAsync(viewer, _name, _requiresTwoFactor))), "Org.Done.saved");
        // Whoever demands it without having it goes first.
        if (done && _requiresTwoFactor && !await AskAsync(m => m.HasTwoFactorAsync(Viewer)))
            Navigation.NavigateTo("account/settings/two-factor?required=true", forceLoad: true);
    }
}
