using FaceAd.Player;
using FaceAd.Web.Accounts;
using FaceAd.Web.Accounts.Network;
using FaceAd.Web.Api;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Cluster;
using FaceAd.Web.Components;
using FaceAd.Web.Creatives;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Delivery;
using FaceAd.Web.Exposures;
using FaceAd.Web.Frames;
using FaceAd.Web.Hosting;
using FaceAd.Web.Metrics;
using FaceAd.Web.Metrics.Rollups;
using FaceAd.Web.Notifications;
using FaceAd.Web.Operations;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Privacy;
using FaceAd.Web.Reports;
using FaceAd.Web.Samples;
using FaceAd.Web.Screens;
using FaceAd.Web.Webhooks;
using Microsoft.Extensions.Options;

namespace FaceAd.Web;

/// <summary>The web app: its parts, in the order in which a request meets them.</summary>
static class WebServer
{
    /// <summary>Runs the web app, or the command that the arguments name, to its end.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var settings = NodesCommand.SettingsOf(BackupCommand.SettingsOf(RollupCommand.SettingsOf(args)));
        CommandLine.Demand(settings);
        // Settings, pages, models and PostgreSQL lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = settings,
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = typeof(WebServer).Assembly.GetName().Name, // whoever starts it: its static files are found by it
        });
        builder.WebHost.UseStaticWebAssets();
        LimitedConsole.Use(builder.Logging);
        var folder = DataFolder.Of(builder.Configuration);

        if (await RollupCommand.RunAsync(builder, folder, args) is { } exit) return exit;
        if (await BackupCommand.RunAsync(builder, folder, args) || await NodesCommand.RunAsync(builder, folder, args)) return 0;

        folder.Demand();
        await using var postgres = await builder.StartDatabaseAsync(folder);
        builder.Services.AddSingleton(TimeProvider.System);
        // Open pages come back by themselves; waiting for them would hold a restart for half a minute.
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
        builder.Services.AddSingleton(folder);
        builder.Services.AddData(builder.Configuration.GetConnectionString("FaceAd")!);
        builder.Services.AddAccounts(folder);
        builder.Services.AddNotifications();
        builder.Services.AddCluster(
            builder.Configuration.GetConnectionString("FaceAd")!, builder.Configuration.GetConnectionString("Direct"));
        builder.Services.AddScreens();
        builder.Services.AddCampaigns();
        builder.Services.AddCreatives();
        builder.Services.AddFrames(builder.Configuration);
        builder.Services.AddAudiences();
        builder.Services.AddPrivacy();
        builder.Services.AddDecisions();
        builder.Services.AddPlayers();
        builder.Services.AddPlays();
        builder.Services.AddExposures();
        builder.Services.AddCampaignMetrics();
        builder.Services.AddDelivery();
        builder.Services.AddReports();
        builder.Services.AddWebhooks(builder.Configuration);
        builder.Services.AddSamples();
        builder.Services.AddApi();
        builder.Services.AddDashboard();
        builder.Services.AddOperations(builder.Configuration, folder, postgres);

        await using var app = builder.Build();
        app.UseTrustedProxies();
        app.UseSecurityHeaders();
        app.UsePublicAddress();
        app.UseMetricsPage();
        app.UseDashboard();
        app.UseApiProblems();
        app.UseUtf8Bodies();
        app.UseAuthentication();
        app.UseAccountGates();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseScreenForwarding();
        app.UsePlayerSeats();
        app.UseFormTokens();
        app.UseApiBodies();
        app.MapHealth();
        app.MapAccounts();
        app.MapCreatives();
        app.MapFrames();
        app.MapAudiences();
        app.MapPlayers();
        app.MapPlays();
        app.MapDelivery();
        app.MapReports();
        app.MapNotifications();
        app.MapApi();
        app.MapDashboard();

        // What cannot work is refused before the database is touched. Workers read their settings when they are made.
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        app.Services.GetRequiredService<StorageCheck>().Demand();
        _ = app.Services.GetServices<IHostedService>();
        ListenAddresses.Demand(app.Configuration["urls"]);
        await app.Services.MigrateAsync();
        await app.Services.EnsureFirstAdminAsync();
        await app.RunAsync();
        return 0;
    }
}
