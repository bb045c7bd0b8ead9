using FaceAd.Web.Accounts.Audit;
using FaceAd.Web.Accounts.Limits;
using FaceAd.Web.Accounts.Mail;
using FaceAd.Web.Accounts.Sessions;
using FaceAd.Web.Accounts.Tokens;
using FaceAd.Web.Accounts.Views;
using FaceAd.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace FaceAd.Web.Accounts;

/// <summary>Wires up accounts, the sign-in cookie, the key ring and the security headers.</summary>
static class AccountsSetup
{
    /// <summary>Where a page posts while its user is active.</summary>
    public const string AlivePath = "/account/alive";

    // Pages post at most once a minute, so the cookie must outlive the page's own idle timer.
    internal static readonly TimeSpan IdleSlack = TimeSpan.FromMinutes(2);

    public static void AddAccounts(this IServiceCollection services, DataFolder folder)
    {
        services.AddOptions<AccountOptions>().BindConfiguration("Accounts")
            .Validate(o =>
                o.IdleWarning > TimeSpan.Zero && o.Idle > o.IdleWarning, "Accounts:Idle must be longer than Accounts:IdleWarning.")
            .Validate(o => o is { PostsPerMinute: > 0, TriesPerMinute: > 0, MailsPerHour: > 0 },
                "Accounts:PostsPerMinute, TriesPerMinute and MailsPerHour must be at least 1.")
            .ValidateOnStart();
        services.AddOptions<MailOptions>().BindConfiguration("Mail")
            .Validate(o => string.IsNullOrWhiteSpace(o.Smtp.Host) || o.SiteAddress is { IsAbsoluteUri: true },
                "Mail:Smtp:Host needs Mail:SiteAddress, what links in mails start with, such as https://ads.example.com/.")
            .Validate(o => o.SiteAddress is null || (o.SiteAddress.IsAbsoluteUri && o.SiteAddress.Scheme is "http" or "https"),
                "Mail:SiteAddress must be an http or https address, such as https://ads.example.com/.")
            .Validate(o => MimeKit.MailboxAddress.TryParse(o.From, out _), "Mail:From is not a valid e-mail address.")
            .ValidateOnStart();
        services.AddHsts(options => options.MaxAge = TimeSpan.FromDays(365));
        Directory.CreateDirectory(folder.Keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        services.AddDataProtection().SetApplicationName("FaceAd").PersistKeysToFileSystem(new DirectoryInfo(folder.Keys));
        services
            .AddIdentity<User, IdentityRole<Guid>>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.User.AllowedUserNameCharacters = ""; // a sign-in name is an address, which AccountRules checks
                options.Tokens.AuthenticatorTokenProvider = AuthenticatorCodes.Name;
                options.Password.RequiredLength = AccountRules.MinPassword;
                options.Password.RequireNonAlphanumeric = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireDigit = false;
            })
            .AddEntityFrameworkStores<FaceAdDbContext>()
            .AddUserManager<Users>()
            .AddClaimsPrincipalFactory<UserClaims>()
            .AddSignInManager<SessionSignIn>()
            .AddPasswordValidator<PasswordRules>()
            .AddTokenProvider<AuthenticatorCodes>(AuthenticatorCodes.Name);
        services.AddScoped<IUserStore<User>, ProtectedUserStore>();
        services.ConfigureApplicationCookie(Configure);
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme).Configure<IOptions<AccountOptions>>(
            (cookie, accounts) =>
            cookie.ExpireTimeSpan = accounts.Value.Idle + IdleSlack);
        services.AddOptions<SecurityStampValidatorOptions>().Configure<IOptions<AccountOptions>>((stamp, accounts) =>
        {
            stamp.ValidationInterval = accounts.Value.Recheck;
            stamp.OnRefreshingPrincipal = SessionCookie.KeepAsync;
        });
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, ApiTokenAuthentication>(ApiTokenAuthentication.SchemeName, null);
        Policies.Add(services.AddAuthorizationBuilder());
        services.AddRateLimiter(options =>
        {
            AccountLimits.Add(options);
            ApiTokenEndpoints.AddLimit(options);
        });
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "facead.antiforgery";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.HeaderName = "X-CSRF-TOKEN";
        });
        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, SignedInStillValid>();
        services.AddScoped<CircuitHandler, SignedInStillValid.Opening>();
        services.AddHttpContextAccessor();
        services.AddTransient<IClaimsTransformation, ClientAddress>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<SignInAudit>();
        services.AddSingleton<AuditRetention>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditRetention>());
        services.AddSingleton<Mailbox>();
        services.AddSingleton<SiteLinks>();
        services.AddSingleton<MailboxAccess>();
        services.AddHostedService<MailSender>();
        services.AddSingleton<AccountMails>();
        services.AddSingleton<SharedLimits>();
        services.AddHostedService(provider => provider.GetRequiredService<SharedLimits>());
        services.AddSingleton<AccountLimits>();
        services.AddSingleton<SignInGuard>();
        services.AddSingleton<KnownBrowser>();
        services.AddSingleton<MinimumResponseTime>();
        services.AddSingleton<ApiTokenService>();
        services.AddSingleton<SavedViews>();
        services.AddSingleton<SessionService>();
        services.AddScoped<AccountLinks>();
        services.AddScoped<SignUps>();
        services.AddScoped<OwnAccount>();
        services.AddScoped<TwoFactor>();
        services.AddScoped<Members>();
        services.AddScoped<AccountSetup>();
        services.AddScoped<FirstAdmin>();
    }

    public static void MapAccounts(this IEndpointRouteBuilder endpoints)
    {
        SignIn.Map(endpoints);
        ApiTokenEndpoints.Map(endpoints);
        // Whom the mailbox does not admit, AccountGates turns away from all below it.
        endpoints.MapGet(MailboxAccess.Path + "/{mail:guid}/file", async (Guid mail, Mailbox mailbox) =>
            await mailbox.FileAsync(mail) is { } file ? Results.File(file.Content, file.MediaType, file.Name) : Results.NotFound())
            .AllowAnonymous();
        // Renews the cookie of an active user; other requests renew it only late in its life.
        endpoints.MapPost(AlivePath, () => Results.NoContent()).RequireAuthorization();
    }

    /// <summary>Creates the first administrator of an empty installation.</summary>
    public static async Task EnsureFirstAdminAsync(this IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<FirstAdmin>().EnsureAsync();
    }

    private static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "facead.session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax; // Strict would require a sign-in after following a link in a mail
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest; // a first start has no certificate
        options.SlidingExpiration = true;
        SessionCookie.Configure(options);
        options.LoginPath = SignIn.Path;
        options.AccessDeniedPath = "/account/denied";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>Programs get a status code, people get the page.</summary>
    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/media")
            || context.Request.Path == AlivePath)
            context.Response.StatusCode = status;
        else
            context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
