using FaceAd.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace FaceAd.Web.Accounts;

/// <summary>Who may come in: accounts, the sign-in cookie, the key ring and the headers that guard the pages.</summary>
static class AccountsSetup
{
    public static void AddAccounts(this IServiceCollection services, DataFolder folder)
    {
        Directory.CreateDirectory(folder.Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        services.AddDataProtection().SetApplicationName("FaceAd").PersistKeysToFileSystem(new DirectoryInfo(folder.Keys));
        services
            .AddIdentity<User, IdentityRole<Guid>>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.Password.RequiredLength = 10;
                options.Password.RequireNonAlphanumeric = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireDigit = false;
                options.Lockout.MaxFailedAccessAttempts = 5;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(5);
            })
            .AddEntityFrameworkStores<FaceAdDbContext>()
            .AddClaimsPrincipalFactory<UserClaims>()
            .AddDefaultTokenProviders();
        services.ConfigureApplicationCookie(Configure);
        services.AddAuthorization();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "facead.antiforgery";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.HeaderName = "X-CSRF-TOKEN";
        });
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SignedInStillValid>();
        services.AddHttpContextAccessor();
        services.AddTransient<IClaimsTransformation, ClientAddress>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<SignInAudit>();
        services.AddSingleton<AuditRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditRetention>());
        services.AddScoped<AccountSetup>();
        services.AddScoped<FirstAdmin>();
    }

    public static void MapAccounts(this IEndpointRouteBuilder endpoints) => SignIn.Map(endpoints);

    /// <summary>Makes the first administrator of an installation that has nobody.</summary>
    public static async Task EnsureFirstAdminAsync(this IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<FirstAdmin>().EnsureAsync();
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "facead.session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax; // Strict would ask for a sign-in after a link from a mail
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest; // a first start has no certificate
        options.ExpireTimeSpan = TimeSpan.FromHours(8);
        options.SlidingExpiration = true;
        options.LoginPath = SignIn.Path;
        options.AccessDeniedPath = "/account/denied";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>A program gets a status; a person gets the page.</summary>
    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/media"))
            context.Response.StatusCode = status;
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
