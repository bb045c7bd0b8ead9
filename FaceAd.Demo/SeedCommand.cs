using System.CommandLine;
using System.Data.Common;
using FaceAd.Web.Accounts;
using FaceAd.Web.Campaigns;
using FaceAd.Web.Creatives;
using FaceAd.Web.Data;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceAd.Demo;

/// <summary><c>seed</c>: fills an empty installation with the sample building, before the web app starts on it.</summary>
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
            new Command("seed", "Fill an empty installation with the sample building; leaves any other alone.") { data, media, postgres };
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                string[] settings = [$"--Data:Folder={parsed.GetRequiredValue(data).FullName}",
                    $"--Postgres:Folder={parsed.GetRequiredValue(postgres).FullName}"];
                var made = await RunAsync(settings, parsed.GetRequiredValue(media).FullName);
                await parsed.InvocationConfiguration.Output.WriteLineAsync(made ? "made" : "was there");
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

    /// <summary>Seeds with the web app's own services. They are built but not started: no port is opened, no worker runs.</summary>
    /// <param name="settings">Configuration of the web app, as on its command line; the environment counts too.</param>
    /// <param name="media">See <see cref="DemonstrationSeed.EnsureAsync"/>.</param>
    /// <returns>Whether there was anything to do.</returns>
    internal static async Task<bool> RunAsync(string[] settings, string media)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = settings,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production, // development would miss the services that are left out below
        });
        builder.Logging.ClearProviders(); // what goes wrong is thrown
        var folder = DataFolder.Open(builder.Configuration);
        await using var postgres = await builder.JoinDatabaseAsync(folder);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(folder);
        builder.Services.AddData(builder.Configuration["ConnectionStrings:FaceAd"]!);
        builder.Services.AddAccounts(folder);
        builder.Services.AddScreens();
        builder.Services.AddCampaigns();
        builder.Services.AddCreatives();
        await using var app = builder.Build();
        await app.Services.MigrateAsync();
        await using var scope = app.Services.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<DemonstrationSeed>(scope.ServiceProvider).EnsureAsync(media);
    }
}
