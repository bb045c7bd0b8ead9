using System.Security.Claims;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts.Sessions;

/// <summary>
/// A page can stay open for days, so its sign-in is checked again when a session of its user has ended on any node, and in any case every
/// <see cref="AccountOptions.Recheck"/>. Only open pages are checked: signing a user out while a page is being prerendered would start
/// rendering it again half-way.
/// </summary>
sealed class SignedInStillValid(
    ILoggerFactory logs, IServiceScopeFactory scopes, SessionService sessions, IOptions<IdentityOptions> options,
    IOptions<AccountOptions> accounts, TimeProvider time)
    : RevalidatingServerAuthenticationStateProvider(logs)
{
    // Whoever has just signed out on this very page is on the way to the sign-in page already, and must not be sent there once more.
    private static readonly TimeSpan Leaving = TimeSpan.FromMilliseconds(300);

    private readonly ILogger _log = logs.CreateLogger<SignedInStillValid>();
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _doubting;

    /// <summary>Whether this page's session ended through inactivity, on any page.</summary>
    public bool EndedIdle { get; private set; }

    /// <summary>Whether this page's session ended in any way while it was open.</summary>
    public bool Ended { get; private set; }

    /// <summary>Whether the page is open in a browser, rather than still being prerendered.</summary>
    private bool IsOpen { get; set; }

    /// <summary>
    /// Who uses this page, asked anew, for actions that outlast a right: whoever loses one loses their sessions with it. Null for a session
    /// that has ended; its page is then sent to sign in.
    /// </summary>
    public async Task<Viewer?> ViewerAsync()
    {
        var state = await GetAuthenticationStateAsync();
        if (await IsValidAsync(state, _gone.Token)) return Viewer.Of(state.User);
        Leave();
        return null;
    }

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
        var stands = await StandsAsync(state, cancellationToken);
        Ended |= !stands;
        return stands;
    }

    private async Task<bool> StandsAsync(AuthenticationState state, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
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

    protected override void Dispose(bool disposing)
    {
        _doubting?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
        base.Dispose(disposing);
    }

    private void Open()
    {
        IsOpen = true;
        var gone = _gone.Token;
        _doubting = sessions.Doubted.Add(user => _ = LookAsync(user, gone));
    }

    private async Task LookAsync(Guid? user, CancellationToken gone)
    {
        try
        {
            var state = await GetAuthenticationStateAsync();
            if (SessionKey.Of(state.User) is not { } session || (user is not null && session.UserId != user)) return;
            await Task.Delay(Leaving, time, gone);
            if (!await ValidateAuthenticationStateAsync(state, gone)) Leave();
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The page is gone.
        }
        catch (Exception exception)
        {
            _log.LogError(exception, "Could not check an open page's session; will check again");
        }
    }

    private void Leave() => SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity()))));

    /// <summary>Marks a circuit's page as open.</summary>
    internal sealed class Opening(AuthenticationStateProvider page) : CircuitHandler
    {
        public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            ((SignedInStillValid)page).Open();
            return Task.CompletedTask;
        }
    }
}
