using System.Net;
using System.Text.Json;
using FaceAd.Contracts;
using FaceAd.Web.Screens;
using Microsoft.AspNetCore.Mvc;

namespace FaceAd.Web.Audiences;

static class AudiencesSetup
{
    public static void AddAudiences(this IServiceCollection services)
    {
        services.AddSingleton<LiveAudiences>();
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
        if (screen.Mode != InferenceMode.Device) return Problem(409, "This screen's frames are analysed by the server; send frames.");
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
        if (report.Presences.Any(p => p.Views.Count > 0) && !http.Request.IsHttps && !IsLoopback(http.Connection.RemoteIpAddress))
            return Problem(400, "Views travel over TLS only.");

        await intake.CommitAsync(screen, report, http.RequestAborted);
        return Results.Ok();
    }

    private static bool IsLoopback(IPAddress? address) => address is not null && IPAddress.IsLoopback(address);

    private static IResult Problem(int status, string detail) => Results.Problem(detail, statusCode: status);
}
