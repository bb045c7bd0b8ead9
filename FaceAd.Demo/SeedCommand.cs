using System.CommandLine;
using System.Data.Common;
using FaceAd.Demo.History;
using FaceAd.Demo.History.Bookings;
using FaceAd.Web.Accounts;
using FaceAd.Web.Audiences;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Cluster;
using FaceAd.Web.Creatives;
using FaceAd.Web.Data;
using FaceAd.Web.Decisions;
using FaceAd.Web.Exposures;
using FaceAd.Web.Frames;
using FaceAd.Web.Hosting;
using FaceAd.Web.Metrics;
using FaceAd.Web.Notifications;
using FaceAd.Web.Players;
using FaceAd.Web.Plays;
using FaceAd.Web.Privacy;
using FaceAd.Web.Samples;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceAd.Demo;

/// <summary><c>seed</c>: fills an empty installation with the sample network, before the web app starts on it.</summary>
static class SeedCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The installation's data folder.", Required = true };
        var media = new Option<DirectoryInfo>("--media")
        {
            Description = "Folder that media made; receives the screens' tokens and the accounts.",
            Required = true,
        };
        var postgres =
            new Option<DirectoryInfo>("--postgres") { Description = "Folder of PostgreSQL's bin, lib and share.", Required = true };
        var command =
            new Command("seed", "Fill an empty installation with the sample network; leaves any other alone.") { data, media, postgres };
        command.SetAction(async (parsed, cancel) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            try
            {
                string[] settings = [$"--Data:Folder={parsed.GetRequiredValue(data).FullName}",
                    $"--Postgres:Folder={parsed.GetRequiredValue(postgres).FullName}"];
                var options = new HistoryOptions(TimeProvider.System.GetUtcNow());
                var made = await RunAsync(settings, parsed.GetRequiredValue(media).FullName, options, output);
                await output.WriteLineAsync(made ? "made" : "was there");
                return 0;
            }
            catch (Exception e)
                when (e is StartException or AccountException or InvalidOperationException or DbException or IOException
                    or UnauthorizedAccessException)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("error: " + e.Message);
                return 1;
            }
        });
        return command;
    }

    /// <summary>
    /// Seeds with the web app's own services, on a clock of the history's. They are built but not started: no port is opened, and no worker
    /// runs but those that the history hands its reports to.
    /// </summary>
    /// <param name="settings">Configuration of the web app, as on its command line; the environment counts too.</param>
    /// <param name="media">See <see cref="DemonstrationSeed.EnsureAsync"/>.</param>
    /// <param name="options">How much history.</param>
    /// <param name="progress">Receives lines that say how far it is.</param>
    /// <returns>Whether there was anything to do.</returns>
    internal static async Task<bool> RunAsync(string[] settings, string media, HistoryOptions options, TextWriter progress)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = settings,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production, // development would miss the services that are left out below
        });
        builder.Logging.ClearProviders(); // what goes wrong is thrown
        var folder = DataFolder.Of(builder.Configuration);
        folder.Demand();
        await using var postgres = await builder.JoinDatabaseAsync(folder, makes: true);
        AddStages(builder, folder);
        AddHistory(builder.Services, options);
        await using var app = builder.Build();
        await app.Services.MigrateAsync();
        await using var scope = app.Services.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<DemonstrationSeed>(scope.ServiceProvider).EnsureAsync(media, progress);
    }

    static void AddStages(WebApplicationBuilder builder, DataFolder folder)
    {
        var (services, connectionString) = (builder.Services, builder.Configuration["ConnectionStrings:FaceAd"]!);
        services.AddSingleton(folder);
        services.AddData(connectionString);
        services.AddCluster(connectionString, null);
        services.RemoveAll<SiteOwnership>(); // no node runs yet, so sites have no owners
        services.AddAccounts(folder);
        services.AddNotifications();
        services.AddScreens();
        services.AddCampaigns();
        services.AddCreatives();
        services.AddSingleton<AnalysisGaps>(); // of Frames, without its models
        services.AddSingleton<ReportQueue>();
        services.AddAudiences();
        services.AddPrivacy();
        services.AddDecisions();
        services.AddSingleton<ConnectedTimes>(); // of Players: nobody is connected
        services.AddPlays();
        services.AddExposures();
        services.AddCampaignMetrics();
        services.AddSamples();
    }

    static void AddHistory(IServiceCollection services, HistoryOptions options)
    {
        var clock = new HistoryClock(options.Now);
        services.AddSingleton(clock);
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(options);
        services.AddSingleton(new Chance(PastSeed.Seed));
        services.AddSingleton<BookedVideos>();
        services.AddSingleton<CampaignBook>();
        services.AddSingleton<Recorder>();
        services.AddSingleton<PastSeed>();
    }
}
