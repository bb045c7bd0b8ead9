using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Data;
using FaceAd.Web.Language;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Components.Pages.Account.Profile;

/// <summary>A user's own settings. Plain forms, because changing a password needs a new cookie.</summary>
public sealed partial class Settings
{
    private const int MostEntries = 10;

    private User? _user;
    private AccountProblem? _problem;
    private List<AuditEntry> _entries = [];

    [CascadingParameter]
    private HttpContext Http { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "done")]
    private string? Done { get; set; }

    [SupplyParameterFromQuery(Name = "error")]
    private string? Error { get; set; }

    [SupplyParameterFromForm(Name = "name")]
    private string? Name { get; set; }

    [SupplyParameterFromForm(Name = "language")]
    private string? Language { get; set; }

    [SupplyParameterFromForm(Name = "present")]
    private string? Present { get; set; }

    [SupplyParameterFromForm(Name = "password")]
    private string? Password { get; set; }

    [SupplyParameterFromForm(Name = "email")]
    private string? Email { get; set; }

    [Inject]
    private UserManager<User> Users { get; set; } = null!;

    [Inject]
    private SignInManager<User> Entry { get; set; } = null!;

    [Inject]
    private OwnAccount Own { get; set; } = null!;

    [Inject]
    private FaceAdDbContext Db { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Display Display { get; set; } = null!;

    [Inject]
    private IOptions<AccountOptions> Accounts { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _user = await Users.GetUserAsync(Http.User);
        if (_user is null) return;
        _entries = await Db.AuditEntries.AsNoTracking()
            .Where(e => e.UserId == _user.Id && (e.Verb == AuditVerb.SignedIn || e.Verb == AuditVerb.SignInFailed))
            .OrderByDescending(e => e.At).ThenByDescending(e => e.Id).Take(MostEntries).ToListAsync();
    }

    private async Task ProfileAsync()
    {
        _problem = await Own.ChangeProfileAsync(_user!, Name, Language);
        if (_problem is not null) return;
        await Entry.RefreshSignInAsync(_user!);
        SignIn.UseRecipientLanguage(Http, _user!);
        Navigation.NavigateTo("account/settings?done=profile");
    }

    private async Task PasswordAsync()
    {
        _problem = await Own.ChangePasswordAsync(_user!, Present, Password);
        if (_problem is not null) return;
        await Entry.RefreshSignInAsync(_user!); // keeps this session, all others end
        Navigation.NavigateTo("account/settings?done=password");
    }

    private async Task EmailAsync()
    {
        _problem = await Own.ChangeEmailAsync(_user!, Present, Email);
        if (_problem is null) Navigation.NavigateTo("account/settings?done=email");
    }
}
