using System.Security.Claims;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// A page can stay open for days, so its sign-in is checked again every <see cref="AccountOptions.Recheck"/>. Only open pages are checked:
/// signing a user out while a page is being prerendered would start rendering it again half-way.
/// </summary>
sealed class SignedInStillValid(
    ILoggerFactory logs, IServiceScopeFactory scopes, IOptions<IdentityOptions> options, IOptions<AccountOptions> accounts)
    : RevalidatingServerAuthenticationStateProvider(logs)
{
    private readonly ILogger _log = logs.CreateLogger<SignedInStillValid>();

    /// <summary>Whether this page's session ended through inactivity, on any page.</summary>
    public bool EndedIdle { get; private set; }

    /// <summary>Whether the page is open in a browser, rather than still being prerendered.</summary>
    private bool IsOpen { get; set; }

    protected override TimeSpan RevalidationInterval =>
        accounts.Value.Recheck > TimeSpan.Zero ? accounts.Value.Recheck : TimeSpan.FromSeconds(1);

    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState state, CancellationToken cancellationToken)
    {
        if (!IsOpen) return true;
        try
        {
            return await IsValidAsync(state, cancellationToken);
        }
        catch (Exception exception) when (DatabaseBusy.Is(exception))
        {
            // Nobody is signed out because the database could not be asked. It is asked again after the interval, and the page gets nothing
            // from it meanwhile either.
            _log.LogWarning("Could not check an open page's session ({Reason}); will check again", exception.Message);
            return true;
        }
    }

    private async Task<bool> IsValidAsync(AuthenticationState state, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var sessions = scope.ServiceProvider.GetRequiredService<SessionService>();
        if (SessionKey.Of(state.User) is not { } session) return false;
        if (!await sessions.StandsAsync(session, cancellationToken))
        {
            EndedIdle = sessions.IsEndedIdle(session);
            return false;
        }
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        if (await users.GetUserAsync(state.User) is not { } user) return false;
        var stamp = state.User.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType);
        return stamp == await users.GetSecurityStampAsync(user);
    }

    /// <summary>Marks a circuit's page as open.</summary>
    internal sealed class Opening(AuthenticationStateProvider page) : CircuitHandler
    {
        public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            ((SignedInStillValid)page).IsOpen = true;
            return Task.CompletedTask;
        }
    }
}
