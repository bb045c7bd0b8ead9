using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Components.Pages.Reports;
using FaceAd.Web.Hosting;
using FaceAd.Web.Language;
using FaceAd.Web.Reports.Printing;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Localization;
using MudBlazor;
using MudBlazor.Services;

namespace FaceAd.Web.Components;

/// <summary>The pages: Blazor Server, in Korean and English.</summary>
static class DashboardSetup
{
    private static readonly string[] Languages = ["en", "ko"];

    public static void AddDashboard(this IServiceCollection services)
    {
        // A redirect by exception aborts rendering. If nothing catches the exception, the half-rendered page is written anyway: its
        // unfinished parts are taken for the page itself, endlessly, until the stack overflows and the whole server crashes
        // (dotnet/aspnetcore#69035). So redirects return normally.
        AppContext.SetSwitch("Microsoft.AspNetCore.Components.Endpoints.NavigationManager.DisableThrowNavigationException", true);
        services.AddRazorComponents()
            .AddInteractiveServerComponents(options =>
            {
                // The framework would resume an evicted page with empty fields; connection.js keeps what was typed.
                options.PersistedCircuitInMemoryMaxRetained = 0;
            })
            .AddHubOptions(options =>
            {
                // Browsers throttle timers of background tabs to once a minute, so their pings come no more often.
                options.ClientTimeoutInterval = TimeSpan.FromSeconds(100);
                options.MaximumReceiveMessageSize = 128 * 1024; // more than anyone types into a field
                options.AddFilter<PageConnections>();
            });
        services.AddSingleton<PageConnections>();
        services.AddRateLimiter(PageConnections.AddLimits);
        services.AddMudServices(options =>
        {
            options.SnackbarConfiguration.VisibleStateDuration = 8000;
            options.SnackbarConfiguration.ShowTransitionDuration = 150;
            options.SnackbarConfiguration.HideTransitionDuration = 150;
            options.SnackbarConfiguration.MaximumOpacity = 100;
        });
        services.AddTransient<MudLocalizer, LibraryTexts>();
        services.AddLocalization();
        services.AddSingleton<IStringLocalizer<Texts>, CountedTexts>();
        services.AddScoped<Display>();
        services.AddScoped<ScheduleText>();
        services.AddScoped<ChangeText>();
        services.AddScoped<ForecastText>();
        services.AddSingleton<FirstSteps.FirstStepsReader>();
        services.AddSingleton<Pages.Admin.ScreenAttention>();
        services.AddSingleton<Pages.Homes.AttentionReader>();
        services.AddScoped<Search.NameSearch>();
        services.AddSingleton<ComponentHtml>();
        services.AddSingleton<Controls.MetricTips>();
        services.AddSingleton<ReportPages>();
        services.AddSingleton<ReportHtml>(provider => provider.GetRequiredService<ReportPages>().WriteAsync);
        services.AddSingleton<Words>(provider =>
        {
            var texts = provider.GetRequiredService<IStringLocalizer<Texts>>();
            return (key, values) => texts[key, values];
        });
        services.Configure<RequestLocalizationOptions>(options =>
        {
            options.SetDefaultCulture(Languages[0]).AddSupportedCultures(Languages).AddSupportedUICultures(Languages);
            options.ApplyCurrentCultureToResponseHeaders = true;
        });
    }

    /// <exception cref="StartException">The time zone of the pages is unknown.</exception>
    public static void UseDashboard(this WebApplication app)
    {
        _ = PagesZone.Of(app.Configuration); // or every page would fail
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use(async (context, next) =>
        {
            // Programs get the bare status; only a person who opens a page or submits its form gets an error page.
            var isForm = HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType
                && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
            var isPage = (isForm || HttpMethods.IsGet(context.Request.Method)) && !context.Request.Path.StartsWithSegments("/api");
            if (!isPage && context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
            if (isPage && context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) == true)
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest; // a zero byte, which PostgreSQL cannot even search for
                return;
            }
            await next();
            // The error page of a form is rendered as a page opened by GET, not as another form post.
            if (isForm && context.Response is { HasStarted: false, StatusCode: >= 400 }) context.Request.Method = HttpMethods.Get;
        });
        app.UseRequestLocalization();
    }

    public static void MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapStaticAssets();
        endpoints.MapGet("/language", Choose).AllowAnonymous();
        endpoints.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .Add(PageConnections.Limit);
    }

    /// <summary>Stores the chosen language and returns to the previous page.</summary>
    private static IResult Choose(HttpContext context, string? to, string? returnUrl)
    {
        if (to is not null && Languages.Contains(to))
        {
            context.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(to)),
                new CookieOptions { MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, HttpOnly = true, IsEssential = true });
        }
        return Results.LocalRedirect(SignIn.Local(returnUrl));
    }
}
