using System.Text.Json;
using FaceAd.Core;
using FaceAd.Web.Cluster;
using FaceAd.Web.Hosting;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Plays;

static class PlaysSetup
{
    public static void AddPlays(this IServiceCollection services)
    {
        services.AddSingleton<PlayedCreatives>();
        services.AddSingleton<PlaySeals>();
        services.AddSingleton<PlayChecks>();
        services.AddSingleton<PlayStore>();
        services.AddSingleton<PlayIntake>();
        services.AddHostedService(provider => provider.GetRequiredService<PlayIntake>());
        services.AddHostedService<OfflineReasons>();
    }

    public static void MapPlays(this IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.Plays, PostPlaysAsync).ForScreens()
            .WithMetadata(new RequestSizeLimitAttribute(Routes.MaxPlaysBytes));

    private static async Task<IResult> PostPlaysAsync(
        HttpContext http, PlayIntake intake, ScreenDirectory screens, SiteOwnership ownership)
    {
        if (http.User.ScreenId() is not { } id || screens.Find(id) is not { } screen) return Results.Unauthorized();
        using var trace = Traces.Begin("plays received", id);
        PlayReport[]? reports;
        try
        {
            reports = await http.Request.ReadFromJsonAsync<PlayReport[]>(http.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            return Problem(exception.StatusCode, exception.Message); // too large, among others
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Problem(400, $"The body is not an array of play reports: {exception.Message}");
        }
        if (reports is null || reports.Contains(null)) return Problem(400, "The body is not an array of play reports.");
        if (reports.Length > PlayReport.MaxBatch) return Problem(413, $"A batch has at most {PlayReport.MaxBatch} reports.");
        trace?.SetTag("facead.plays", reports.Length);
        try
        {
            return Results.Ok(await intake.CommitAsync(
                screen, [.. reports.DistinctBy(r => r.PlayId)], http.RequestAborted, ownership.Find(screen.SiteId)));
        }
        catch (BusyException exception)
        {
            return BackPressure.Busy(http, exception);
        }
    }

    private static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status);
}
