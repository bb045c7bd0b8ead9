using System.Security.Claims;
using Bunit;
using FaceAd.Tests.Support;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Components.Controls;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Server.ProtectedBrowserStorage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using MudBlazor;
using MudBlazor.Services;

namespace FaceAd.Tests.Components.People;

/// <summary>A page of the real app as on a circuit: with its services, a session and dialogs, but without a browser.</summary>
internal sealed class CircuitPage : IAsyncDisposable
{
    private readonly BunitContext _context = new();
    private readonly AsyncServiceScope _scope;
    private readonly List<AsyncServiceScope> _inner = [];
    private readonly List<Task> _actions = [];

    private CircuitPage(AsyncServiceScope scope) => _scope = scope;

    /// <summary>What is shown, dialogs and messages included.</summary>
    public IRenderedComponent<Frame> View { get; private set; } = null!;

    /// <summary>Whether the page's session is open, as far as the page knows.</summary>
    public async Task<bool> IsSignedInAsync() =>
        (await _scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>().GetAuthenticationStateAsync())
            .User.Identity?.IsAuthenticated == true;

    /// <summary>Where the page is, or was sent to.</summary>
    public string Address => _context.Services.GetRequiredService<NavigationManager>().Uri;

    /// <summary>Opens a page as somebody who has just signed in.</summary>
    public static async Task<CircuitPage> OpenAsync<TPage>(AppFixture app, string email, params (string Name, object Value)[] parameters)
        where TPage : IComponent
    {
        var page = new CircuitPage(app.Services.CreateAsyncScope());
        var services = page._scope.ServiceProvider;
        var provider = await SignInAsync(services, email);
        var context = page._context;
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.Services.AddMudServices();
        context.Services.AddSingleton(provider);
        // The context's own ones only say that they are missing.
        context.Services.AddSingleton(services.GetRequiredService<IAuthorizationService>());
        context.Services.AddSingleton(services.GetRequiredService<IAuthorizationPolicyProvider>());
        context.Services.AddScoped(p => new ProtectedLocalStorage(
            p.GetRequiredService<IJSRuntime>(), app.Services.GetRequiredService<IDataProtectionProvider>()));
        context.Services.AddScoped(_ => page.Inner().GetRequiredService<Members>());
        context.Services.AddFallbackServiceProvider(services);
        context.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        page.View = context.Render<Frame>(frame => frame.Add(f => f.Page, typeof(TPage))
            .Add(f => f.Parameters, parameters.ToDictionary(p => p.Name, p => p.Value)));
        return page;
    }

    /// <summary>Signs somebody in, for the services of one circuit.</summary>
    public static async Task<AuthenticationStateProvider> SignInAsync(IServiceProvider services, string email)
    {
        var user = (await services.GetRequiredService<UserManager<User>>().FindByEmailAsync(email))!;
        var principal = await services.GetRequiredService<IUserClaimsPrincipalFactory<User>>().CreateAsync(user);
        var session = await services.GetRequiredService<SessionService>().StartAsync(user.Id, null);
        principal.Identities.First().AddClaim(new Claim(FaceAdClaims.Session, $"{session.Id}"));
        var provider = services.GetRequiredService<AuthenticationStateProvider>();
        ((IHostEnvironmentAuthenticationStateProvider)provider).SetAuthenticationState(Task.FromResult(new AuthenticationState(principal)));
        return provider;
    }

    /// <summary>Presses a button as soon as it can be. What it starts may wait for a dialog, so it is not awaited.</summary>
    public async Task PressAsync(string button)
    {
        var ready = $"{button}:not([disabled])";
        await View.WaitForElementAsync(ready, Wait.Limit);
        _actions.Add(View.InvokeAsync(() => View.Find(ready).ClickAsync(new())));
    }

    /// <summary>Goes to another address, as a link does.</summary>
    public Task GoToAsync(string path) =>
        View.InvokeAsync(() => _context.Services.GetRequiredService<NavigationManager>().NavigateTo(path));

    /// <summary>Opens a dialog, as a button of the page does.</summary>
    public Task ShowAsync<TDialog>(params (string Name, object Value)[] parameters)
        where TDialog : IComponent => View.InvokeAsync(() =>
    {
        var given = new DialogParameters();
        foreach (var (name, value) in parameters) given.Add(name, value);
        return _context.Services.GetRequiredService<IDialogService>().ShowAsync<TDialog>("", given);
    });

    /// <summary>Types into a field.</summary>
    public Task TypeAsync(string field, string text) => View.InvokeAsync(() => View.Find(field).Change(text));

    /// <summary>Confirms a dialog's form.</summary>
    public async Task SubmitAsync()
    {
        await View.WaitForElementAsync(".mud-dialog form", Wait.Limit);
        _actions.Add(View.InvokeAsync(() => View.Find(".mud-dialog form").SubmitAsync()));
    }

    /// <summary>Waits until something is shown.</summary>
    public Task SeesAsync(string css) => View.WaitForElementAsync(css, Wait.Limit);

    /// <summary>Waits until something is shown no more.</summary>
    public Task MissesAsync(string css) => View.WaitForAssertionAsync(() => Assert.Empty(View.FindAll(css)), Wait.Limit);

    /// <summary>Ends the circuit, once nothing of it uses the database any more. What waits for an open dialog never ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (View.FindAll(".mud-dialog").Count == 0) await Task.WhenAll(_actions).WaitAsync(Wait.Limit);
        await _context.DisposeAsync();
        foreach (var scope in _inner) await scope.DisposeAsync();
        await _scope.DisposeAsync();
    }

    // The context's own scopes know nothing of the app's.
    private IServiceProvider Inner()
    {
        _inner.Add(_scope.ServiceProvider.CreateAsyncScope());
        return _inner[^1].ServiceProvider;
    }

    /// <summary>The page with what the layout and the routes have around it.</summary>
    internal sealed class Frame : ComponentBase
    {
        /// <summary>The page.</summary>
        [Parameter] public Type Page { get; set; } = null!;

        /// <summary>Its parameters.</summary>
        [Parameter] public Dictionary<string, object> Parameters { get; set; } = [];

        /// <inheritdoc/>
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            foreach (var provider in new[] { typeof(MudPopoverProvider), typeof(MudDialogProvider), typeof(MudSnackbarProvider) })
            {
                builder.OpenComponent(0, provider);
                builder.CloseComponent();
            }
            builder.OpenComponent<CascadingAuthenticationState>(1);
            builder.AddComponentParameter(2, nameof(CascadingAuthenticationState.ChildContent), (RenderFragment)Guarded);
            builder.CloseComponent();
        }

        private void Guarded(RenderTreeBuilder builder)
        {
            builder.OpenComponent<AuthorizeView>(0);
            builder.AddComponentParameter(1, nameof(AuthorizeView.Authorized), (RenderFragment<AuthenticationState>)(_ => Shown));
            builder.AddComponentParameter(2, nameof(AuthorizeView.NotAuthorized), (RenderFragment<AuthenticationState>)(_ => SentAway));
            builder.CloseComponent();
        }

        private void Shown(RenderTreeBuilder builder)
        {
            builder.OpenComponent<DynamicComponent>(0);
            builder.AddComponentParameter(1, nameof(DynamicComponent.Type), Page);
            builder.AddComponentParameter(2, nameof(DynamicComponent.Parameters), Parameters);
            builder.CloseComponent();
        }

        private static void SentAway(RenderTreeBuilder builder)
        {
            builder.OpenComponent<ToSignIn>(0);
            builder.CloseComponent();
        }
    }
}
