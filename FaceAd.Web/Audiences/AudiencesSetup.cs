using System.Net;
using System.Text.Json;
using FaceAd.Core;
using FaceAd.Web.Audiences.Persons;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Audiences;

static class AudiencesSetup
{
    public static void AddAudiences(this IServiceCollection services)
    {
        services.AddSingleton<LiveAudiences>();
        services.AddSingleton(provider => PrivacyTerms.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<EpochKeys>();
        services.AddSingleton<PersonRecogniser>();
        services.AddSingleton<AudienceStore>();
        services.AddSingleton<AudienceIntake>();
        services.AddHostedService(provider => provider.GetRequiredService<AudienceIntake>());
        services.AddHostedService<AudienceSweep>();
    }

    public static void MapAudiences(this IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.Audiences, PostReportAsync).ForScreens()
            .WithMetadata(new RequestSizeLimitAttribute(Routes.MaxReportBytes));

    private static async Task<IResult> PostReportAsync(
        HttpContext http, AudienceIntake intake, ScreenDirectory screens, TimeProvider time)
    {
        if (http.User.ScreenId() is not { } id || screens.Find(id) is not { } screen) return Results.Unauthorized();
        if (!screen.Measurement) return Problem(409, "Measurement is switched off at this site.");
        AudienceReport? report;
        try
        {
            report = await http.Request.ReadFromJsonAsync<AudienceReport>(http.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            return Problem(exception.StatusCode, exception.Message); // too large, among others
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Problem(400, $"The body is not an audience report: {exception.Message}");
        }
        if (report is null) return Problem(400, "The body is empty.");
        if (AudienceReportRules.FindFault(report, time.GetUtcNow()) is { } fault) return Problem(400, fault);
        // What was seen before the screen's frames came to the server is taken, however late it arrives.
        if (!screen.Takes(InferenceMode.Device, report.OpenedAt))
            return Problem(409, "This screen's frames are analysed by the server; send frames.");
        if (report.Presences.Any(p => p.Views.Count > 0) && !IsPrivate(http)) return Problem(400, "Views are accepted over TLS only.");

        try
        {
            await intake.CommitAsync(screen, report, http.RequestAborted);
        }
        catch (BusyException exception)
        {
            return BackPressure.Busy(http, exception);
        }
        return Results.Ok();
    }

    /// <summary>Whether nobody on a network could read the request: it came over TLS, or without leaving this machine.</summary>
    internal static bool IsPrivate(HttpContext http) =>
        http.Request.IsHttps || (http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address));

    private static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status);
}
